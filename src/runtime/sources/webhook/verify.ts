import { ipRanges } from './ip-ranges.ts'
import { asList, isOneOf, sameSecret, secretBytes } from './signatures.ts'
import { type HeaderLookup, judge, lookUp, PASSES, type Proving, type WebhookVerdict } from './verdict.ts'
import {
  type AuthOf,
  provingGithub,
  provingHmac,
  provingSlack,
  provingStandard,
  provingStripe,
} from './verify-signed.ts'
import type { WebhookAuthInput } from './webhook-auth.ts'

/** When a call came, and where from. */
export interface Circumstances {
  /** Epoch ms. */
  readonly now: number
  /** The caller's address, if it is known. Asked where an auth has `ips`. */
  readonly from?: (() => string | undefined) | undefined
}

/** Says whether a call may pass. */
export type Verifier = (headers: HeaderLookup, body: Buffer, circumstances: Circumstances) => WebhookVerdict

export const GITLAB_HEADER = 'x-gitlab-token'

/**
 * Makes what checks that a call comes from who it says. Takes as long for a wrong proof as for a right one, and never
 * throws, whatever the call holds. That a call is one sent again is not its business.
 */
export function verifierOf(auth: WebhookAuthInput): Verifier {
  const proving = provingOf(auth)
  const { ips } = auth
  if (!ips) return (headers, body, { now }) => proving(headers, body, now)
  const isAllowed = ipRanges(ips)
  return (headers, body, { now, from }) => {
    const address = from?.()
    return isAllowed(address) ? proving(headers, body, now) : { ok: false, ...notFrom(address) }
  }
}

/** As {@link verifierOf}, once. */
export const verifyWebhook = (auth: WebhookAuthInput, ...call: Parameters<Verifier>): WebhookVerdict =>
  verifierOf(auth)(...call)

function provingOf(auth: WebhookAuthInput): Proving {
  switch (auth.type) {
    case undefined:
    case 'none':
      return () => PASSES
    case 'bearer':
      return provingBearer(auth)
    case 'basic':
      return provingBasic(auth)
    case 'header':
      return provingValue(auth.name, [auth.value], 'the agreed value')
    case 'gitlab':
      return provingValue(GITLAB_HEADER, asList(auth.token), 'the secret token')
    case 'hmac-sha256':
      return provingHmac(auth)
    case 'standard-webhooks':
      return provingStandard(auth)
    case 'github':
      return provingGithub(auth)
    case 'stripe':
      return provingStripe(auth)
    case 'slack':
      return provingSlack(auth)
  }
}

function provingBearer(auth: AuthOf<'bearer'>): Proving {
  const tokens = asList(auth.token).map(secretBytes)
  return headers => {
    const given = credentials(lookUp(headers, 'authorization'), 'bearer')
    return judge(given && isOneOf(given, tokens), "the header 'authorization' with 'Bearer <token>'")
  }
}

function provingBasic({ username, password }: AuthOf<'basic'>): Proving {
  const right = secretBytes(`${username}:${password}`)
  return headers => {
    const given = credentials(lookUp(headers, 'authorization'), 'basic')
    return judge(
      given && sameSecret(Buffer.from(given, 'base64'), right),
      "the header 'authorization' with 'Basic <username:password in base64>'",
    )
  }
}

function provingValue(name: string, values: readonly string[], what: string): Proving {
  const header = name.toLowerCase()
  const right = values.map(secretBytes)
  return headers => {
    const given = lookUp(headers, header)
    return judge(given && isOneOf(given, right), `the header '${name}' with ${what}`)
  }
}

/** What follows the scheme of an Authorization header; '' when there is nothing, or another scheme. */
function credentials(authorization: string | undefined, scheme: string): string | undefined {
  const space = authorization?.indexOf(' ') ?? -1
  if (!authorization || space < 0 || authorization.slice(0, space).toLowerCase() !== scheme) return undefined
  return authorization.slice(space + 1).trim()
}

const notFrom = (address: string | undefined) => ({
  reason: 'address' as const,
  message:
    address === undefined
      ? 'Only some addresses may call this webhook, and that of the caller is not known. Behind a proxy, trustProxies in config.yaml has to name it, and it has to say who calls.'
      : `This webhook may not be called from ${address}.`,
})
