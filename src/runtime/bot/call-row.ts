import type { Entry } from './outbox-entry.ts'
import type { NewRow } from './outbox-store.ts'

/** What came of a call: the endpoint's answer, or an error. */
export interface End {
  readonly result?: unknown
  readonly error?: Error | undefined
}

/** Longest error text that is kept. */
const ERROR_CHARS = 1000

/** The row of a call as it is now. */
export function rowOf(entry: Entry, at: number, { result, error }: End = {}): NewRow {
  const { key, seq, bot, event, endpoint, lane, priority, state, attempts, createdAt, expiresAt } = entry
  const { partition, app } = entry
  return {
    key,
    seq,
    bot,
    event,
    endpoint,
    lane,
    priority,
    state,
    attempts,
    createdAt,
    expiresAt,
    partition,
    app,
    at,
    args: JSON.stringify(entry.args),
    result: result === undefined || result === null ? null : JSON.stringify(result),
    error: error?.message.slice(0, ERROR_CHARS) ?? null,
  }
}
