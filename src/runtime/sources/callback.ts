import { timingSafeEqual } from 'node:crypto'
import { describeIssue, MessageCallback } from '../../protocol/index.ts'
import { type Answer, type Answering, refuse } from './answer.ts'
import { type Bodies, notUtf8, textOf } from './bodies.ts'
import type { Inbound } from './inbound.ts'

export interface CallbackOptions {
  readonly apps: readonly CallbackApp[]
  readonly bodies: Bodies
}

/** An app whose messages come by callback. */
export interface CallbackApp {
  readonly appKey: string
  readonly masterSecret: string
  readonly inbound: Inbound
}

/** A callback holds up to 100 messages of 4 KiB, and their envelopes. */
const CALLBACK_BYTES = 4 * 1024 * 1024
/** Longer ones are of no app. */
const LONGEST_AUTHORIZATION = 500

/**
 * Answers JMessage's message callback (Real-time Message Routing): 200 once every message is on disk. JMessage sends a
 * callback again until then; repeated messages are known by their msgid. Whose app it is of, its authorization tells.
 * Beadle's own server also brings events of groups and users.
 */
export function callbackHandler({ apps, bodies }: CallbackOptions): Answering {
  const known = new Map(
    apps.map(({ appKey, masterSecret, inbound }) => [
      appKey,
      { appKey, inbound, expected: Buffer.from(basic(`${appKey}:${masterSecret}`)) },
    ]),
  )
  return async asked => {
    const given = asked.header('authorization') ?? ''
    const app = known.get(appKeyIn(given))
    if (!app || !isSame(Buffer.from(given), app.expected)) {
      return refuse(401, 'callback.unauthorized', 'the Authorization header is not that of this app')
    }
    return bodies.take(asked, { kind: 'callback', maxBytes: CALLBACK_BYTES, owner: app.appKey }, bytes =>
      take(app.inbound, bytes, asked.header('content-type')),
    )
  }
}

async function take(inbound: Inbound, bytes: Buffer, contentType: string | undefined): Promise<Answer> {
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

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`

/** Whose secret it claims to have: no secret, so that it may be looked up in any time. */
function appKeyIn(authorization: string): string {
  if (!authorization.startsWith('Basic ') || authorization.length > LONGEST_AUTHORIZATION) return ''
  return Buffer.from(authorization.slice(6), 'base64').toString().split(':', 1)[0]!
}

/** Takes as long wherever the two differ. */
const isSame = (given: Buffer, expected: Buffer): boolean =>
  given.length === expected.length && timingSafeEqual(given, expected)
