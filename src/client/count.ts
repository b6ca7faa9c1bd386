import type { Priority } from '../base/priority.ts'

/** How an app's quota stands. */
export interface QuotaState {
  /** Calls a minute. */
  readonly limit: number
  /** Calls that can be made at once. */
  readonly left: number
  /** When there is more again, if nothing is left: epoch ms. */
  readonly resetAt: number | undefined
}

/** Counts the calls of an app against its quota. */
export interface Count {
  /** Calls a minute. */
  readonly limit: number
  readonly state: QuotaState
  /**
   * Counts a call, if it may be made now. It is followed by {@link ended} or {@link unused}.
   *
   * @param urgent  nothing is kept in reserve before others
   */
  take(priority: Priority, urgent: boolean): boolean
  /** A call ended, with an answer or without. */
  ended(header?: AnswerHeaders, status?: number): void
  /** A call was not made after all. */
  unused(): void
  /** When something changes that calls may wait for: epoch ms. */
  nextAt(): number
  close(): Promise<void>
}

/** Calls a minute on JMessage's free plan. */
export const FREE_QUOTA = 600

/** Calls a minute, as long as JMessage has not told another limit. */
export const limitOf = (most: number): number => (Number.isFinite(most) ? most : FREE_QUOTA)

export const MINUTE_MS = 60_000
/** Calls are counted in steps of so many ms. */
export const STEP_MS = 250
/** Of a minute. */
export const STEPS = MINUTE_MS / STEP_MS
/** Until JMessage has answered once nobody knows what an earlier process used up. */
export const UNTIL_KNOWN = 4
/** What goes to many leaves a sixth to everybody else, and notices leave a twelfth to answers. */
const RESERVES: Readonly<Record<Priority, number>> = { reply: 0, notice: 1 / 12, bulk: 1 / 6 }

/** Calls a minute that those of a priority leave to others. */
export const reserve = (limit: number, priority: Priority): number => Math.floor(limit * RESERVES[priority])

/** Calls a minute that those of a priority can make. */
export const share = (limit: number, priority: Priority): number => limit - reserve(limit, priority)

/** What an answer says in its headers. */
export type AnswerHeaders = (name: string) => string | undefined

/** What an answer tells of the quota. */
export interface Heard {
  /** Calls a minute. */
  readonly limit: number | undefined
  /** Calls that are left in JMessage's present minute, which ends in `resetMs`. */
  readonly remaining: number | undefined
  readonly resetMs: number
  /** After a 429: nothing may leave for so long. */
  readonly holdMs: number | undefined
}

export function heardIn(header: AnswerHeaders, status: number | undefined): Heard {
  const limit = numberIn(header('x-rate-limit-limit') ?? header('x-rate-limit-quota'))
  const seconds = numberIn(header('x-rate-limit-reset')) ?? MINUTE_MS / 1000
  const wait = status === 429 ? (numberIn(header('retry-after')) ?? seconds) : undefined
  return {
    limit: limit !== undefined && limit > 0 ? limit : undefined,
    remaining: status === 429 ? undefined : numberIn(header('x-rate-limit-remaining')),
    resetMs: Math.min(seconds * 1000, MINUTE_MS),
    holdMs: wait === undefined ? undefined : Math.min(Math.max(wait, 1), 3600) * 1000,
  }
}

function numberIn(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const value = Number(text)
  return Number.isFinite(value) && value >= 0 ? value : undefined
}
