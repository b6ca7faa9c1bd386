import { createHash } from 'node:crypto'
import { asList, hmacOf, type Signed } from './signatures.ts'
import { framesOf, stampOf } from './stamps.ts'
import { GITLAB_HEADER } from './verify.ts'
import { SLACK_HEADERS, SLACK_VERSION, STANDARD_HEADERS, STRIPE_HEADER } from './verify-signed.ts'
import { HMAC_HEADER, HMAC_PREFIX, HUB_HEADER, type WebhookAuthInput } from './webhook-auth.ts'
import { keyOfWhsec } from './whsec.ts'

/**
 * Makes the headers by which a call of a webhook proves where it comes from; of several secrets with the first.
 *
 * @param body  exactly as it is sent
 * @param now  the time of the call, epoch ms
 */
export function signWebhook(
  auth: WebhookAuthInput | 'none',
  body: string | Uint8Array,
  now: number,
): Record<string, string> {
  if (auth === 'none') return {}
  const bytes = Buffer.from(body as Uint8Array)
  const stamp = stampOf(now)
  switch (auth.type) {
    case undefined:
    case 'none':
      return {}
    case 'bearer':
      return { authorization: `Bearer ${first(auth.token)}` }
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` }
    case 'header':
      return { [auth.name.toLowerCase()]: auth.value }
    case 'gitlab':
      return { [GITLAB_HEADER]: first(auth.token) }
    case 'github':
      return { [HUB_HEADER]: HMAC_PREFIX + hmacOf(first(auth.secret), [bytes]).toString('hex') }
    case 'hmac-sha256': {
      const { header = HMAC_HEADER, prefix = HMAC_PREFIX, encoding = 'hex', timestamp } = auth
      const signed = (parts: Signed) => ({
        [header.toLowerCase()]: prefix + hmacOf(first(auth.secret), parts).toString(encoding),
      })
      if (!timestamp) return signed([bytes])
      const [before, between] = framesOf(timestamp)
      return { ...signed([before, stamp, between, bytes]), [timestamp.header.toLowerCase()]: stamp }
    }
    case 'standard-webhooks': {
      const id = idOf(bytes, now)
      const key = keyOfWhsec(first(auth.secret)) ?? Buffer.alloc(0)
      const signature = `v1,${hmacOf(key, [id, '.', stamp, '.', bytes]).toString('base64')}`
      const [idHeader, stampHeader, header] = STANDARD_HEADERS
      return { [idHeader]: id, [stampHeader]: stamp, [header]: signature }
    }
    case 'stripe':
      return {
        [STRIPE_HEADER]: `t=${stamp},v1=${hmacOf(first(auth.secret), [stamp, '.', bytes]).toString('hex')}`,
      }
    case 'slack': {
      const [stampHeader, header] = SLACK_HEADERS
      const digest = hmacOf(first(auth.secret), [`${SLACK_VERSION}:${stamp}:`, bytes]).toString('hex')
      return { [stampHeader]: stamp, [header]: `${SLACK_VERSION}=${digest}` }
    }
  }
}

const first = (oneOrMore: string | readonly string[]): string => asList(oneOrMore)[0] ?? ''

/** The same call has the same, and another one another. */
const idOf = (body: Buffer, now: number): string =>
  `msg_${createHash('sha256').update(`${now}:`).update(body).digest('base64url').slice(0, 27)}`
