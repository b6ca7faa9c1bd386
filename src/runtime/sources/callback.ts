import { timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { describeIssue, MessageCallback } from '../../protocol/index.ts'
import type { Inbound } from './inbound.ts'
import { readBody } from './read-body.ts'
import { refuse } from './refuse.ts'

export interface CallbackOptions {
  readonly appKey: string
  readonly masterSecret: string
  readonly inbound: Inbound
}

/** A callback holds up to 100 messages of 4 KiB, and their envelopes. */
const CALLBACK_BYTES = 4 * 1024 * 1024

/**
 * Answers JMessage's message callback (Real-time Message Routing): 200 once every message is on disk. JMessage sends a
 * callback again until then; repeated messages are known by their msgid. Beadle's own server also brings events of
 * groups and users.
 */
export function callbackHandler(options: CallbackOptions): (c: Context) => Promise<Response> {
  const { appKey, masterSecret, inbound } = options
  const expected = Buffer.from(`Basic ${Buffer.from(`${appKey}:${masterSecret}`).toString('base64')}`)
  return async c => {
    const given = Buffer.from(c.req.header('authorization') ?? '')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      return refuse(c, 401, 'callback.unauthorized', 'the Authorization header is not that of this app')
    }
    const raw = await readBody(c, CALLBACK_BYTES)
    if (raw === undefined) {
      return refuse(c, 413, 'callback.too-large', `the body is over ${CALLBACK_BYTES} bytes`)
    }
    let body: unknown
    try {
      body = JSON.parse(raw)
    } catch {
      return refuse(c, 400, 'callback.invalid', 'the body is not JSON')
    }
    const parsed = MessageCallback.safeParse(body)
    if (!parsed.success) return refuse(c, 400, 'callback.invalid', describeIssue(parsed.error))
    const { messages, events } = parsed.data
    await inbound.accept(messages, { events })
    return c.json({})
  }
}
