import { AppError } from '../../../base/errors.ts'
import type { WebhookAuth } from './webhook-auth.ts'

/** Names that a webhook may have kept with its events, of headers and of query parameters each. */
const MOST_NAMES = 20
/** Longest value of a header or parameter that is kept. */
const LONGEST_VALUE = 4000

const HEADER = /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/
const PARAMETER = /^[\w.[\]-]{1,100}$/
/** What is kept can be read by whoever may see events: no proof of the sender is to be among it. */
const SECRET =
  /authorization|cookie|token|secret|passw|pwd|signature|credential|(?:api|access|private)[-_]?key|^(?:auth|sig|sign|key)$/i

/** What of a call is kept with its event, beside the body. */
export interface KeptNames {
  /** In lower case. */
  readonly headers: readonly string[]
  readonly query: readonly string[]
}

/** Values by their names; those that the call did not have are not among them. */
type Values = Readonly<Record<string, string>>

/** What is kept of a call. */
export interface Kept {
  readonly headers?: Values
  readonly query?: Values
}

export const NOTHING: Kept = {}

/**
 * Checks what a webhook wants to have kept.
 *
 * @returns undefined when that is nothing
 * @throws AppError `webhook.invalid`
 */
export function checkKept(
  {
    headers = [],
    query = [],
  }: { headers?: readonly string[] | undefined; query?: readonly string[] | undefined },
  auth: WebhookAuth,
): KeptNames | undefined {
  const own = proofHeader(auth)
  const names = headers.map(name => name.toLowerCase())
  check('headers', names, HEADER, 'the name of an HTTP header', name => SECRET.test(name) || name === own)
  check('query', query, PARAMETER, 'the name of a parameter', name => SECRET.test(name))
  if (names.length + query.length === 0) return undefined
  return { headers: [...new Set(names)], query: [...new Set(query)] }
}

/** The header that holds the proof; other kinds have it in one whose name says so. */
function proofHeader(auth: WebhookAuth): string | undefined {
  if (auth.type === 'header') return auth.name.toLowerCase()
  return auth.type === 'hmac-sha256' ? auth.header.toLowerCase() : undefined
}

function check(
  field: string,
  names: readonly string[],
  shape: RegExp,
  what: string,
  isSecret: (name: string) => boolean,
): void {
  const refuse = (message: string, hint: string): never => {
    throw new AppError(`the webhook is wrong: ${field} ${message}`, { code: 'webhook.invalid', hint })
  }
  if (names.length > MOST_NAMES)
    refuse(`has more than ${MOST_NAMES} names`, 'Name those that the handler needs.')
  const wrong = names.find(name => !shape.test(name) || name === '__proto__')
  if (wrong !== undefined) refuse(`'${wrong.slice(0, 100)}' must be ${what}`, 'Check its spelling.')
  const secret = names.find(isSecret)
  if (secret === undefined) return
  refuse(
    `'${secret}' may hold a secret, and what is kept with an event can be read by whoever may see events`,
    'Leave it out: auth is what looks at the proof of the sender.',
  )
}

/** What is to be kept of a call, or what is wrong with it. */
export function keptOf(
  { headers, query }: KeptNames,
  header: Reading,
  parameter: Reading,
): Kept | { readonly problem: string } {
  const sent = valuesOf(headers, header)
  if (typeof sent === 'string') return tooLong('header', sent)
  const asked = valuesOf(query, parameter)
  if (typeof asked === 'string') return tooLong('parameter', asked)
  return { ...(headers.length > 0 ? { headers: sent } : {}), ...(query.length > 0 ? { query: asked } : {}) }
}

type Reading = (name: string) => string | undefined

/** The values; or the name of one that is too long. */
function valuesOf(names: readonly string[], read: Reading): Values | string {
  const values: Record<string, string> = {}
  for (const name of names) {
    const value = read(name)
    if (value === undefined) continue
    if (value.length > LONGEST_VALUE) return name
    values[name] = value
  }
  return values
}

const tooLong = (what: string, name: string) => ({
  problem: `the ${what} ${name} is longer than ${LONGEST_VALUE} characters`,
})
