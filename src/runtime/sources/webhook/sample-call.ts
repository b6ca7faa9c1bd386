import { framesOf } from './stamps.ts'
import { GITLAB_HEADER } from './verify.ts'
import { SLACK_HEADERS, SLACK_VERSION, STANDARD_HEADERS, STRIPE_HEADER } from './verify-signed.ts'
import { HMAC_HEADER, HMAC_PREFIX, HUB_HEADER, type WebhookAuthInput } from './webhook-auth.ts'
import type { Webhook } from './webhooks.ts'

/** What is set before the call, and the headers of it: for the shell, where `$SECRET` stands for the secret. */
interface Sample {
  readonly before: readonly string[]
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** `name:password` for Basic. */
  readonly user?: string
}

const NOW = 'NOW=$(date +%s)'
const WHSEC_KEY = `KEY=$(printf %s "\${SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \\n')`

const BODIES = {
  json: ['application/json', '{"hello":"world"}'],
  form: ['application/x-www-form-urlencoded', 'hello=world'],
  text: ['text/plain', 'Hello'],
  raw: ['application/octet-stream', 'Hello'],
} as const

/**
 * A call of a webhook for a POSIX shell, with curl and, where the call is signed, openssl. The secret is read from
 * `$SECRET`: the call holds none.
 *
 * @param url  of the webhook
 * @param body  default: a small one, of which it is not said that its schema takes it
 */
export function sampleCall(
  { auth, accept = 'json' }: Pick<Webhook, 'auth' | 'accept'>,
  url: string,
  body?: string,
): string {
  const [type, small] = BODIES[accept]
  const { before, headers, user } = sampleOf(auth)
  const sent = [...headers, ['Content-Type', type] as const]
  const options = sent.map(([name, value]) => `  -H "${inQuotes(name)}: ${value}"`)
  if (user) options.unshift(`  -u "${user}"`)
  return [
    `BODY=${quoted(body ?? small)}`,
    ...before,
    [`curl -sS ${quoted(url)} --data-binary "$BODY"`, ...options].join(' \\\n'),
  ].join('\n')
}

function sampleOf(auth: WebhookAuthInput): Sample {
  switch (auth.type) {
    case undefined:
    case 'none':
      return { before: [], headers: [] }
    case 'bearer':
      return withHeader('Authorization', 'Bearer $SECRET')
    case 'basic':
      return { before: [], headers: [], user: `${inQuotes(auth.username)}:$SECRET` }
    case 'header':
      return withHeader(auth.name, '$SECRET')
    case 'gitlab':
      return withHeader(GITLAB_HEADER, '$SECRET')
    case 'github':
      return withHeader(HUB_HEADER, `${HMAC_PREFIX}${hmac('$BODY')}`)
    case 'hmac-sha256': {
      const { header = HMAC_HEADER, prefix = HMAC_PREFIX, encoding, timestamp } = auth
      if (!timestamp) return withHeader(header, inQuotes(prefix) + hmac('$BODY', encoding))
      const [front, between] = framesOf(timestamp).map(inQuotes)
      const signature = inQuotes(prefix) + hmac(`${front}$NOW${between}$BODY`, encoding)
      return {
        before: [NOW],
        headers: [
          [header, signature],
          [timestamp.header, '$NOW'],
        ],
      }
    }
    case 'standard-webhooks': {
      const [id, stamp, header] = STANDARD_HEADERS
      const signature = `v1,$(printf %s "$ID.$NOW.$BODY" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | base64)`
      return {
        before: [NOW, 'ID="msg_$NOW"', WHSEC_KEY],
        headers: [
          [id, '$ID'],
          [stamp, '$NOW'],
          [header, signature],
        ],
      }
    }
    case 'stripe':
      return { before: [NOW], headers: [[STRIPE_HEADER, `t=$NOW,v1=${hmac('$NOW.$BODY')}`]] }
    case 'slack': {
      const [stamp, header] = SLACK_HEADERS
      const signature = `${SLACK_VERSION}=${hmac(`${SLACK_VERSION}:$NOW:$BODY`)}`
      return {
        before: [NOW],
        headers: [
          [stamp, '$NOW'],
          [header, signature],
        ],
      }
    }
  }
}

const withHeader = (name: string, value: string): Sample => ({ before: [], headers: [[name, value]] })

const hmac = (what: string, encoding: 'hex' | 'base64' = 'hex'): string =>
  `$(printf %s "${what}" | openssl dgst -sha256 -hmac "$SECRET" ${encoding === 'hex' ? "-r | cut -d' ' -f1" : '-binary | base64'})`

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
const inQuotes = (text: string): string => text.replace(/[\\"$`]/g, '\\$&')
