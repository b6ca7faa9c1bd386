import { z } from 'zod'
import { lengthOfTime } from '../length-of-time.ts'
import { IpRange } from './ip-ranges.ts'
import { keyOfWhsec, SHORTEST_WHSEC_BYTES } from './whsec.ts'

const SHORTEST_SECRET = 8
/** Rotation needs two. */
const MOST_SECRETS = 10
const MOST_RANGES = 1000

const secret = z
  .string('must be a string')
  .min(
    SHORTEST_SECRET,
    `must be at least ${SHORTEST_SECRET} characters: the address of a webhook is public, and short secrets are guessed`,
  )

const whsec = z
  .string('must be a string')
  .refine(
    text => (keyOfWhsec(text)?.length ?? 0) >= SHORTEST_WHSEC_BYTES,
    `must be whsec_ and at least ${SHORTEST_WHSEC_BYTES} bytes in base64`,
  )

/** One, or several while they are changed: each of them is accepted. */
const oneOrMore = <Secret extends z.ZodType<string>>(one: Secret) =>
  z.union(
    [one, z.array(one).min(1, 'must have at least one').max(MOST_SECRETS)],
    'must be a string, or a list of strings: each of them is accepted, as while a secret is changed',
  )

export const HeaderName = z
  .string('must be a string')
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'must be the name of an HTTP header')

const SHORTEST_TOLERANCE_MS = 1000
const LONGEST_TOLERANCE_MS = 3_600_000
export const DEFAULT_TOLERANCE_MS = 300_000

const tolerance = lengthOfTime(SHORTEST_TOLERANCE_MS, LONGEST_TOLERANCE_MS)
  .optional()
  .describe('So far may the time of a call be from now, either way; default 5m')

const ips = z
  .array(IpRange, 'must be a list of addresses')
  .min(1, 'must have at least one address')
  .max(MOST_RANGES, `must have at most ${MOST_RANGES} addresses`)
  .optional()
  .describe('Addresses, as 192.0.2.1, 10.0.0.0/8 or ::1, from which alone it may be called')

/** In front of the signature where nothing else is said. */
export const HMAC_PREFIX = 'sha256='
export const HMAC_HEADER = 'x-signature-256'
/** What GitHub calls the same header; accepted wherever the default one is. */
export const HUB_HEADER = 'x-hub-signature-256'

const SIGNS = /^[\x20-\x7e]{0,20}timestamp[\x20-\x7e]{0,20}body$/

const Timestamp = z.strictObject({
  header: HeaderName.describe('The header with the time of the call, in seconds or ms since 1970'),
  tolerance,
  signs: z
    .string('must be a string')
    .regex(
      SIGNS,
      "must have the words 'timestamp' and, at its end, 'body', such as timestamp.body or v0:timestamp:body",
    )
    .default('timestamp.body')
    .describe('What is signed: the words timestamp and body stand for these'),
})
export type SignedTimestamp = z.input<typeof Timestamp>

const KINDS = 'none, bearer, basic, header, hmac-sha256, standard-webhooks, github, gitlab, stripe, slack'

/** How a webhook's requests prove where they come from. */
export const WebhookAuth = z.discriminatedUnion('type', [
  z
    .strictObject(
      { type: z.literal('none').optional(), ips },
      {
        error: ({ code, input }) =>
          code === 'unrecognized_keys' && (input as { type?: unknown }).type === undefined
            ? `needs a type, one of ${KINDS}`
            : undefined,
      },
    )
    .refine(({ type, ips }) => type !== undefined || ips !== undefined, {
      message: `must be one of ${KINDS}; it may be left out beside ips only`,
      path: ['type'],
    })
    .describe('Anybody who knows the address may call it; with ips, from these addresses only'),
  z
    .strictObject({ type: z.literal('bearer'), token: oneOrMore(secret), ips })
    .describe('Authorization: Bearer <token>'),
  z
    .strictObject({
      type: z.literal('basic'),
      username: z
        .string()
        .min(1)
        .regex(/^[^:]*$/, "must not contain ':'"),
      password: secret,
      ips,
    })
    .describe('Authorization: Basic, with a username and a password'),
  z
    .strictObject({ type: z.literal('header'), name: HeaderName, value: secret, ips })
    .describe('A header of your own with a secret value'),
  z
    .strictObject({
      type: z.literal('hmac-sha256'),
      secret: oneOrMore(secret),
      header: HeaderName.default(HMAC_HEADER).describe(`${HUB_HEADER} is accepted besides the default`),
      prefix: z
        .string()
        .default(HMAC_PREFIX)
        .describe('In front of the signature; may be left out by the sender'),
      encoding: z.enum(['hex', 'base64']).default('hex'),
      timestamp: Timestamp.optional().describe('For senders that sign the time, too'),
      ips,
    })
    .describe("HMAC-SHA256 of the body's bytes, in a header"),
  z
    .strictObject({ type: z.literal('standard-webhooks'), secret: oneOrMore(whsec), tolerance, ips })
    .describe(
      'As standardwebhooks.com says: webhook-id, webhook-timestamp and webhook-signature; those of Svix, too',
    ),
  z
    .strictObject({ type: z.literal('github'), secret: oneOrMore(secret), ips })
    .describe(`GitHub: ${HUB_HEADER}`),
  z
    .strictObject({ type: z.literal('gitlab'), token: oneOrMore(secret), ips })
    .describe('GitLab: x-gitlab-token'),
  z
    .strictObject({ type: z.literal('stripe'), secret: oneOrMore(secret), tolerance, ips })
    .describe('Stripe: stripe-signature'),
  z
    .strictObject({ type: z.literal('slack'), secret: oneOrMore(secret), tolerance, ips })
    .describe('Slack: x-slack-signature and x-slack-request-timestamp'),
])
export type WebhookAuth = z.output<typeof WebhookAuth>
/** As it is written in a config, with what has a default left out. */
export type WebhookAuthInput = z.input<typeof WebhookAuth>

/** What a kind is called; that of an allow-list alone is `ips`. */
export type WebhookAuthKind = NonNullable<WebhookAuth['type']> | 'ips'
export const kindOf = ({ type, ips }: Pick<WebhookAuthInput, 'type' | 'ips'>): WebhookAuthKind =>
  type === undefined || (type === 'none' && ips) ? 'ips' : type
