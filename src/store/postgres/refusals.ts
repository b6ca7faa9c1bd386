import { StoreError, type StoreErrorCode } from '../store-error.ts'

/** A class of SQLSTATEs, or of errors of sockets, and what it means. The first that fits counts. */
const MEANINGS: readonly (readonly [pattern: RegExp, code: StoreErrorCode])[] = [
  [/^(53100|58030:.*space)/, 'store.full'],
  [/^(55P03|57014)/, 'store.locked'],
  [/^25006/, 'store.readonly'],
  [/^(28|3D000|42501|08P01|0A000)/, 'store.refused'],
  [/^53/, 'store.busy'],
  [/^XX00[12]/, 'store.corrupt'],
  [/^(58|XX000)/, 'store.io'],
  [/^(08|57P|25P03)/, 'store.unreachable'],
  [/^(E[A-Z]{3,}|SELF_SIGNED|DEPTH_ZERO|UNABLE|CERT|ERR_)/, 'store.unreachable'],
]

/** What `pg` says of a connection, without a code. */
const OF_CONNECTION = /connection|timeout|not queryable|server does not support SSL/i

const codeOf = (cause: unknown): string => String((cause as { code?: unknown } | null)?.code ?? '')

/** Whether an error tells that the connection is gone, so that nobody knows what became of what was sent last. */
export const isOfConnection = (cause: unknown): boolean => meaningOf(cause) === 'store.unreachable'

/** Whether an error is of a database that may well answer in a moment. */
export function isPassing(cause: unknown): boolean {
  const code = cause instanceof StoreError ? cause.code : meaningOf(cause)
  return code === 'store.unreachable' || code === 'store.busy'
}

/** Whether a transaction met another one, and may well succeed when it is made again. */
export const isConflict = (cause: unknown): boolean => /^40(001|P01)$/.test(codeOf(cause))

/** Whether PostgreSQL refused a statement for what it says, and not one after another that failed. */
export const isOfStatement = (cause: unknown): boolean =>
  /^[0-9A-Z]{5}$/.test(codeOf(cause)) && !/^(25P02|40)/.test(codeOf(cause)) && meaningOf(cause) === undefined

/** Whether it was PostgreSQL that threw this, or the way to it. */
export const isOfDatabase = (cause: unknown): boolean =>
  /^[0-9A-Z]{5}$/.test(codeOf(cause)) || meaningOf(cause) !== undefined

function meaningOf(cause: unknown): StoreErrorCode | undefined {
  if (!(cause instanceof Error) || cause instanceof StoreError) return undefined
  const code = codeOf(cause)
  // Several addresses were tried.
  if (cause instanceof AggregateError && cause.errors.length > 0) return meaningOf(cause.errors[0])
  const known = MEANINGS.find(([pattern]) => pattern.test(code))
  if (known) return known[1]
  return code === '' && OF_CONNECTION.test(cause.message) ? 'store.unreachable' : undefined
}

/** What is wrong with a statement is left as it is; what is wrong with the database is said in words. */
export function explained(place: string, cause: unknown): unknown {
  const code = meaningOf(cause)
  return code ? said(place, code, cause as Error) : cause
}

/** An error in dealing with the database, in words. */
export function refusal(place: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause
  const error = cause instanceof Error ? cause : new Error(String(cause))
  return said(place, meaningOf(error) ?? 'store.io', error)
}

function said(place: string, code: StoreErrorCode, cause: Error): StoreError {
  const first = cause instanceof AggregateError ? (cause.errors[0] as Error) : cause
  const hint =
    codeOf(first) === '3D000' ? 'Make the database, with createdb for one, or name another.' : undefined
  return new StoreError(code, `database ${place}: ${first.message}`, cause, hint)
}
