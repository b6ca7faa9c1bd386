import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { hasHalves } from '../../../base/half-characters.ts'
import { lengthOfTime } from '../length-of-time.ts'
import { HeaderName, type WebhookAuth } from './webhook-auth.ts'

const DEFAULT_WINDOW_MS = 10_000
const LONGEST_WINDOW_MS = 3_600_000

/** How a call of a webhook that comes again is recognized. */
export const WebhookDedupe = z
  .union(
    [
      z.literal('off'),
      z.strictObject({
        window: lengthOfTime(0, LONGEST_WINDOW_MS)
          .optional()
          .describe(
            'So long is a call with the same body the same call, where none has an id; default 10s; 0s: never',
          ),
        header: HeaderName.optional().describe(
          'The header with the id of a call, in place of those that are known',
        ),
      }),
    ],
    'must be off, or an object with window (0s to 1h) and header (the name of a header)',
  )
  .describe('How a call that comes again is recognized; off: each call is a new one')
export type WebhookDedupe = z.output<typeof WebhookDedupe>
/** As it is written in a config. */
export type WebhookDedupeInput = z.input<typeof WebhookDedupe>

/** A key that the caller made for this call: the same key with another body is a mistake of the caller. */
export const IDEMPOTENCY_KEY = 'idempotency-key'

/**
 * Headers in which senders give a delivery an id that stays when they send it again. Only such belong here:
 * `x-request-id` names an attempt, and proxies set it; `x-gitlab-event-uuid` is shared by events that follow from each
 * other (GitLab sends an Idempotency-Key besides).
 */
const DELIVERY_IDS = [
  // GitHub; stays in a redelivery, too.
  'x-github-delivery',
  'x-gitea-delivery',
  'x-forgejo-delivery',
  'x-gogs-delivery',
  // Standard Webhooks, which many senders follow.
  'webhook-id',
  // Svix, before Standard Webhooks.
  'svix-id',
  'x-shopify-webhook-id',
  // Jira and Confluence.
  'x-atlassian-webhook-identifier',
  'x-contentful-idempotency-key',
  'i-twilio-idempotency-token',
  'linear-delivery',
]
const KNOWN_HEADERS = [IDEMPOTENCY_KEY, ...DELIVERY_IDS]

/** Longer ids are kept as their hash. */
const LONGEST_ID = 200

/** A rule, ready to be used. */
export interface DedupeRule {
  /** Headers with ids, in lower case; the first that a call has counts. */
  readonly headers: readonly string[]
  /** 0: calls without an id are all new. */
  readonly windowMs: number
}

/** Of Standard Webhooks the id is signed: whoever copies a call must not be able to give it another one. */
const SIGNED_IDS = ['webhook-id', 'svix-id']

/**
 * @param auth  of the webhook
 * @returns undefined when each call is a new one
 */
export function ruleOf(
  dedupe: WebhookDedupe | undefined,
  auth?: Pick<WebhookAuth, 'type'>,
): DedupeRule | undefined {
  if (dedupe === 'off') return undefined
  const { window: windowMs = DEFAULT_WINDOW_MS, header } = dedupe ?? {}
  const known = auth?.type === 'standard-webhooks' ? SIGNED_IDS : KNOWN_HEADERS
  return { headers: header === undefined ? known : [header.toLowerCase()], windowMs }
}

/** The key of the hashes of bodies. */
export const bodyKey = (masterSecret: string): Buffer =>
  createHmac('sha256', masterSecret).update('beadle: bodies of webhooks').digest()

export const hashOf = (key: Buffer, content: Buffer | string): string =>
  createHmac('sha256', key).update(content).digest('base64url')

// A path holds no `?`, so that no two of these are the same by chance.

/** Names the event of a call with an id. */
export const dedupeById = (path: string, id: string, key: Buffer): string =>
  `hook:${path}?id=${id.length > LONGEST_ID ? hashOf(key, id) : id}`

/** Names the conversation of a call of a webhook. */
export const conversationOf = (webhook: string, of: string, key: Buffer): string =>
  `hook:${webhook}:${shortened(of, key)}`

function shortened(of: string, key: Buffer): string {
  // Written as JSON, which tells halves of characters apart: databases and hashes do not.
  if (hasHalves(of)) return hashOf(key, JSON.stringify(of))
  return of.length > LONGEST_ID ? hashOf(key, of) : of
}

/** Names the event of a call by its body and when it came: a range of these is a range of time. */
export const dedupeByBody = (path: string, hash: string, at: number): string =>
  `hook:${path}?body=${hash}&at=${String(Math.max(0, at)).padStart(13, '0')}`
