import { AppError } from '../../../base/errors.ts'
import { type Duration, toMs } from '../../bot/context.ts'
import { checkKey } from '../../check-key.ts'

/** How long a value is kept. */
export interface SetOptions {
  /** How long it is kept from now on: ms, or `30d`. Default: for good. */
  readonly ttl?: Duration
}

export interface ChangeOptions {
  /**
   * Makes the change once for each event (or each text, such as the number of an order), also when the handler runs
   * again: it is known for seven days. What came of it the first time is what it resolves with.
   */
  readonly once?: string | { readonly id: string }
}

export interface EntriesOptions {
  /** At most 1000. Default 100. */
  readonly limit?: number
  /** Begins after this key: that of the last entry of the page before. */
  readonly after?: string
}

/** Longer is as good as for good. */
const LONGEST_TTL_MS = 100 * 366 * 86_400_000
const LONGEST_ONCE_BYTES = 200
const MOST_ENTRIES = 1000

/** @throws AppError `duration.invalid`, `state.ttl` */
export function ttlOf({ ttl }: SetOptions): number | undefined {
  if (ttl === undefined) return undefined
  const ms = Math.ceil(toMs(ttl))
  if (ms <= LONGEST_TTL_MS) return ms
  throw new AppError(`a value cannot be kept for ${ttl}`, {
    code: 'state.ttl',
    hint: 'A hundred years are the most. Leave out ttl to keep it for good.',
  })
}

/** @throws AppError `state.once`, `state.key` */
export function onceOf({ once }: ChangeOptions): string | undefined {
  if (once === undefined) return undefined
  const name: unknown = typeof once === 'object' ? once?.id : once
  if (typeof name !== 'string' || name === '' || Buffer.byteLength(name) > LONGEST_ONCE_BYTES) {
    throw new AppError(`once has to be an event, or a text of 1 to ${LONGEST_ONCE_BYTES} bytes`, {
      code: 'state.once',
      hint: 'Write { once: event }, with the event that the handler is told of.',
    })
  }
  checkKey('state', name)
  return name
}

/** @throws AppError `state.limit` */
export function limitOf(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_ENTRIES) return limit
  throw new AppError(`limit has to be a whole number from 1 to ${MOST_ENTRIES}`, {
    code: 'state.limit',
    hint: 'Read further pages with { after: key }.',
  })
}
