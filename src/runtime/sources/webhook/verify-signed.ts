import { asList, type Encoding, isSigned, type Signed } from './signatures.ts'
import { framesOf, timeOfStamp, toleranceMs, whatIsStale } from './stamps.ts'
import { judge, lookUp, PASSES, type Proving, type WebhookVerdict } from './verdict.ts'
import { HMAC_HEADER, HMAC_PREFIX, HUB_HEADER, type WebhookAuthInput } from './webhook-auth.ts'
import { keyOfWhsec } from './whsec.ts'

/** An auth of one kind. */
export type AuthOf<Kind> = Extract<WebhookAuthInput, { type: Kind }>

/** So many signatures in one header are looked at: a sender has one for each of its secrets. */
const MOST_SIGNATURES = 10

export const STANDARD_HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const
const SVIX_HEADERS = ['svix-id', 'svix-timestamp', 'svix-signature'] as const
export const STRIPE_HEADER = 'stripe-signature'
export const SLACK_HEADERS = ['x-slack-request-timestamp', 'x-slack-signature'] as const
export const SLACK_VERSION = 'v0'

export function provingHmac(auth: AuthOf<'hmac-sha256'>): Proving {
  const { header: named = HMAC_HEADER, prefix = HMAC_PREFIX, encoding = 'hex', timestamp } = auth
  const header = named.toLowerCase()
  const byDefault = header === HMAC_HEADER
  const keys = asList(auth.secret)
  const what = timestamp ? `of '${timestamp.signs ?? 'timestamp.body'}'` : 'of the body'
  const expected = `the header '${named}'${byDefault ? ` (or '${HUB_HEADER}')` : ''} with '${prefix}' and the HMAC-SHA256 ${what} in ${encoding}`
  const prove = (given: string, parts: Signed) => {
    const signature = given.startsWith(prefix) ? given.slice(prefix.length) : given
    return isSigned(keys, [signature], encoding, parts)
  }
  const givenIn = (headers: Parameters<Proving>[0]) =>
    lookUp(headers, header) || (byDefault && lookUp(headers, HUB_HEADER)) || undefined
  if (!timestamp) {
    return (headers, body) => {
      const given = givenIn(headers)
      return judge(given && prove(given, [body]), expected)
    }
  }
  const [before, between] = framesOf(timestamp)
  const stampHeader = timestamp.header.toLowerCase()
  const allowedMs = toleranceMs(timestamp.tolerance)
  const both = `${expected}, and the header '${timestamp.header}' with the time in seconds or ms`
  return (headers, body, now) => {
    const [given, stamp] = [givenIn(headers), lookUp(headers, stampHeader)]
    if (!given || !stamp) return judge(undefined, both)
    const at = timeOfStamp(stamp, true)
    const isRight = at !== undefined && prove(given, [before, stamp, between, body])
    return timely(judge(isRight, both), at, now, allowedMs)
  }
}

export function provingStandard(auth: AuthOf<'standard-webhooks'>): Proving {
  const keys = asList(auth.secret).flatMap(secret => keyOfWhsec(secret) ?? [])
  const allowedMs = toleranceMs(auth.tolerance)
  const expected = `the headers '${STANDARD_HEADERS.join("', '")}' (or those of Svix), the last with 'v1,' and the HMAC-SHA256 of 'id.timestamp.body' in base64`
  return (headers, body, now) => {
    const names = lookUp(headers, STANDARD_HEADERS[2]) ? STANDARD_HEADERS : SVIX_HEADERS
    const [id, stamp, given] = names.map(name => lookUp(headers, name))
    if (!id || !stamp || !given) return judge(undefined, expected)
    // Which of two ids is that of the call would be anybody's guess.
    const [one, other] = [lookUp(headers, STANDARD_HEADERS[0]), lookUp(headers, SVIX_HEADERS[0])]
    if (one && other && one !== other) return judge(false, expected)
    const signatures = valuesOf('v1', given.split(' '), ',')
    const at = timeOfStamp(stamp)
    const isRight = at !== undefined && isSigned(keys, signatures, 'base64', [id, '.', stamp, '.', body])
    return timely(judge(isRight, expected), at, now, allowedMs)
  }
}

export function provingGithub(auth: AuthOf<'github'>): Proving {
  const keys = asList(auth.secret)
  const expected = `the header '${HUB_HEADER}' with '${HMAC_PREFIX}' and the HMAC-SHA256 of the body in hex`
  return (headers, body) => {
    const given = lookUp(headers, HUB_HEADER)
    return judge(
      given && prefixed(given, HMAC_PREFIX, signature => isSigned(keys, [signature], 'hex', [body])),
      expected,
    )
  }
}

export function provingStripe(auth: AuthOf<'stripe'>): Proving {
  const keys = asList(auth.secret)
  const allowedMs = toleranceMs(auth.tolerance)
  const expected = `the header '${STRIPE_HEADER}' with 't=<seconds>,v1=' and the HMAC-SHA256 of 't.body' in hex`
  return (headers, body, now) => {
    const given = lookUp(headers, STRIPE_HEADER)
    if (!given) return judge(undefined, expected)
    const items = given.split(',')
    const [stamp = ''] = valuesOf('t', items, '=')
    const at = timeOfStamp(stamp)
    const isRight = at !== undefined && isSigned(keys, valuesOf('v1', items, '='), 'hex', [stamp, '.', body])
    return timely(judge(isRight, expected), at, now, allowedMs)
  }
}

export function provingSlack(auth: AuthOf<'slack'>): Proving {
  const keys = asList(auth.secret)
  const allowedMs = toleranceMs(auth.tolerance)
  const [stampHeader, header] = SLACK_HEADERS
  const prefix = `${SLACK_VERSION}=`
  const expected = `the headers '${stampHeader}', and '${header}' with '${prefix}' and the HMAC-SHA256 of '${SLACK_VERSION}:timestamp:body' in hex`
  return (headers, body, now) => {
    const [stamp, given] = [lookUp(headers, stampHeader), lookUp(headers, header)]
    if (!stamp || !given) return judge(undefined, expected)
    const at = timeOfStamp(stamp)
    const parts: Signed = [`${SLACK_VERSION}:`, stamp, ':', body]
    const isRight =
      at !== undefined &&
      prefixed(given, prefix, signature => isSigned(keys, [signature], 'hex' as Encoding, parts))
    return timely(judge(isRight, expected), at, now, allowedMs)
  }
}

/** Only who has the secret is told that the time is wrong. */
function timely(
  verdict: WebhookVerdict,
  at: number | undefined,
  now: number,
  allowedMs: number,
): WebhookVerdict {
  if (!verdict.ok || at === undefined) return verdict
  const message = whatIsStale(at, now, allowedMs)
  return message === undefined ? PASSES : { ok: false, reason: 'stale', message }
}

const prefixed = (given: string, prefix: string, prove: (rest: string) => boolean): boolean =>
  given.startsWith(prefix) && prove(given.slice(prefix.length))

/** What stands behind a name in items such as `v1=…`. */
const valuesOf = (name: string, items: readonly string[], sign: string): string[] =>
  items
    .map(item => item.trim())
    .filter(item => item.startsWith(name + sign))
    .map(item => item.slice(name.length + sign.length))
    .slice(0, MOST_SIGNATURES)
