import { timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { describeIssue, MessageCallback } from '../../protocol/index.ts'
import type { Inbound } from './inbound.ts'
import { refuse } from './refuse.ts'

export interface CallbackOptions {
  readonly appKey: string
  readonly masterSecret: string
  readonly inbound: Inbound
}

/**
 * Answers JMessage's message callback (Real-time Message Routing): 200 once every message is on disk. JMessage sends a
 * callback again until then; repeated messages are known by their msgid.
 */
export function callbackHandler(options: CallbackOptions): (c: Context) => Promise<Response> {
  const { appKey, masterSecret, inbound } = options
  const expected = Buffer.from(`Basic ${Buffer.from(`${appKey}:${masterSecret}`).toString('base64')}`)
  return async c => {
    const given = Buffer.from(c.req.header('authorization') ?? '')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      return refuse(c, 401, 'callback.unauthorized', 'the Authorization header is not that of this app')
    }
    let body: unknown
    try {
      body = JSON.parse(await c.req.text())
    } catch {
      return refuse(c, 400, 'callback.invalid', 'the body is not JSON')
    }
    const parsed = MessageCallback.safeParse(body)
    if (!parsed.success) return refuse(c, 400, 'callback.invalid', describeIssue(parsed.error))
    await inbound.accept(parsed.data.messages)
    return c.json({})
  }
}
