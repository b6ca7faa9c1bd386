import { timingSafeEqual } from 'node:crypto'
import { describeIssue, MessageCallback } from '../../protocol/index.ts'
import { type Answer, type Answering, refuse } from './answer.ts'
import { type Bodies, notUtf8, textOf } from './bodies.ts'
import type { Inbound } from './inbound.ts'

export interface CallbackOptions {
  readonly appKey: string
  readonly masterSecret: string
  readonly inbound: Inbound
  readonly bodies: Bodies
}

/** A callback holds up to 100 messages of 4 KiB, and their envelopes. */
const CALLBACK_BYTES = 4 * 1024 * 1024

/**
 * Answers JMessage's message callback (Real-time Message Routing): 200 once every message is on disk. JMessage sends a
 * callback again until then; repeated messages are known by their msgid. Beadle's own server also brings events of
 * groups and users.
 */
export function callbackHandler(options: CallbackOptions): Answering {
  const { appKey, masterSecret, inbound, bodies } = options
  const expected = Buffer.from(`Basic ${Buffer.from(`${appKey}:${masterSecret}`).toString('base64')}`)
  return async asked => {
    const given = Buffer.from(asked.header('authorization') ?? '')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      return refuse(401, 'callback.unauthorized', 'the Authorization header is not that of this app')
    }
    return bodies.take(asked, { kind: 'callback', maxBytes: CALLBACK_BYTES }, bytes =>
      take(bytes, asked.header('content-type')),
    )
  }

  async function take(bytes: Buffer, contentType: string | undefined): Promise<Answer> {
    const text = textOf(bytes)
    if (text === undefined) {
      return refuse(400, 'callback.invalid', notUtf8(contentType))
    }
    let body: unknown
    try {
      body = JSON.parse(text)
    } catch {
      return refuse(400, 'callback.invalid', 'the body is not JSON')
    }
    const parsed = MessageCallback.safeParse(body)
    if (!parsed.success) return refuse(400, 'callback.invalid', describeIssue(parsed.error))
    const { messages, events } = parsed.data
    await inbound.accept(messages, { events })
    return { status: 200, body: {} }
  }
}
