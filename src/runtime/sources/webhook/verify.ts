import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

const SHORTEST_SECRET = 8

const secret = z
  .string('must be a string')
  .min(
    SHORTEST_SECRET,
    `must be at least ${SHORTEST_SECRET} characters: the address of a webhook is public, and short secrets are guessed`,
  )
export const HeaderName = z
  .string('must be a string')
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'must be the name of an HTTP header')

const HMAC_HEADER = 'x-signature-256'
/** What GitHub calls the same header; accepted wherever the default one is. */
const HUB_HEADER = 'x-hub-signature-256'

/** How a webhook's requests prove where they come from. */
export const WebhookAuth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }).describe('Anybody who knows the address may call it'),
  z.strictObject({ type: z.literal('bearer'), token: secret }).describe('Authorization: Bearer <token>'),
  z
    .strictObject({
      type: z.literal('basic'),
      username: z
        .string()
        .min(1)
        .regex(/^[^:]*$/, "must not contain ':'"),
      password: secret,
    })
    .describe('Authorization: Basic, with a username and a password'),
  z
    .strictObject({ type: z.literal('header'), name: HeaderName, value: secret })
    .describe('A header of your own with a secret value'),
  z
    .strictObject({
      type: z.literal('hmac-sha256'),
      secret,
      header: HeaderName.default(HMAC_HEADER).describe(`${HUB_HEADER} is accepted besides the default`),
      prefix: z
        .string()
        .default('sha256=')
        .describe('In front of the signature; may be left out by the sender'),
      encoding: z.enum(['hex', 'base64']).default('hex'),
    })
    .describe("HMAC-SHA256 of the body's bytes, in a header"),
])
export type WebhookAuth = z.output<typeof WebhookAuth>
/** As it is written in a config, with what has a default left out. */
export type WebhookAuthInput = z.input<typeof WebhookAuth>

/** Whether a request may pass; `message` is fit for the answer, as it holds neither secret nor signature. */
export type WebhookVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'missing' | 'mismatch'; readonly message: string }

/** A header's value by its name in lower case. */
export type HeaderLookup = Headers | ((name: string) => string | undefined)

/**
 * Checks that a webhook request comes from who it says. Takes as long for a wrong proof as for a right one, and
 * never throws, whatever the request holds. That a request is not an old one sent again is not its business.
 *
 * @param body  as it arrived, before it is decoded: the signature covers these bytes
 */
export function verifyWebhook(auth: WebhookAuthInput, headers: HeaderLookup, body: Buffer): WebhookVerdict {
  switch (auth.type) {
    case 'none':
      return { ok: true }
    case 'bearer': {
      const given = credentials(lookUp(headers, 'authorization'), 'bearer')
      return judge(given && sameSecret(given, auth.token), "the header 'authorization' with 'Bearer <token>'")
    }
    case 'basic': {
      const given = credentials(lookUp(headers, 'authorization'), 'basic')
      const right = given && sameSecret(Buffer.from(given, 'base64'), `${auth.username}:${auth.password}`)
      return judge(right, "the header 'authorization' with 'Basic <username:password in base64>'")
    }
    case 'header': {
      const given = lookUp(headers, auth.name)
      return judge(given && sameSecret(given, auth.value), `the header '${auth.name}' with the agreed value`)
    }
    case 'hmac-sha256':
      return verifyHmac(auth, headers, body)
  }
}

function verifyHmac(
  auth: Extract<WebhookAuthInput, { type: 'hmac-sha256' }>,
  headers: HeaderLookup,
  body: Buffer,
): WebhookVerdict {
  const { header = HMAC_HEADER, prefix = 'sha256=', encoding = 'hex' } = auth
  const byDefault = header.toLowerCase() === HMAC_HEADER
  const given = lookUp(headers, header) || (byDefault && lookUp(headers, HUB_HEADER))
  const expected = `the header '${header}'${byDefault ? ` (or '${HUB_HEADER}')` : ''} with '${prefix}' and the HMAC-SHA256 of the body in ${encoding}`
  if (!given) return judge(undefined, expected)
  const signature = decodeDigest(given.startsWith(prefix) ? given.slice(prefix.length) : given, encoding)
  if (!signature) return judge(false, expected)
  return judge(timingSafeEqual(createHmac('sha256', auth.secret).update(body).digest(), signature), expected)
}

/** The 32 bytes of a signature, or undefined when the text is none. */
function decodeDigest(text: string, encoding: 'hex' | 'base64'): Buffer | undefined {
  const wellFormed = encoding === 'hex' ? /^[0-9a-f]{64}$/i : /^[A-Za-z0-9+/]{43}=?$/
  return wellFormed.test(text) ? Buffer.from(text, encoding) : undefined
}

function judge(outcome: boolean | '' | undefined, expected: string): WebhookVerdict {
  if (outcome === true) return { ok: true }
  return outcome === false
    ? { ok: false, reason: 'mismatch', message: `The proof of the sender is wrong. Expected: ${expected}.` }
    : { ok: false, reason: 'missing', message: `The proof of the sender is missing. Expected: ${expected}.` }
}

function lookUp(headers: HeaderLookup, name: string): string | undefined {
  const value = typeof headers === 'function' ? headers(name.toLowerCase()) : headers.get(name)
  return typeof value === 'string' ? value.trim() : undefined
}

/** What follows the scheme of an Authorization header; '' when there is nothing, or another scheme. */
function credentials(authorization: string | undefined, scheme: string): string | undefined {
  const space = authorization?.indexOf(' ') ?? -1
  if (!authorization || space < 0 || authorization.slice(0, space).toLowerCase() !== scheme) return undefined
  return authorization.slice(space + 1).trim()
}

/** Takes as long wherever the two differ; that their lengths do may show. */
function sameSecret(given: string | Buffer, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
