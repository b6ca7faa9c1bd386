import type { Priority } from '../base/priority.ts'

export type Calls = Readonly<Record<Priority, number>>

/**
 * Shares the quota of an app among the processes that use it. A process asks for the right to make some calls, makes
 * them when it likes for as long as the lease lasts, and tells with its next request what it did. All times are spans
 * before or after the request, so that no clock has to agree with another.
 */
export interface QuotaLedger {
  /** Asked by a process one request at a time. @throws when nobody can tell */
  ask(request: QuotaRequest): Promise<QuotaGrant>
}

/** What a process tells, and asks for. */
export interface QuotaRequest {
  /** Which of the processes it is. */
  readonly node: string
  /** Calls a minute that are never exceeded, whatever JMessage tells. */
  readonly most: number
  /** A report with the number of the one before is the same, told again. */
  readonly report: Report
  /** Calls that may be made yet, and those under way or not told of: they count as if they were being made. */
  readonly held: number
  readonly wants: Calls
  readonly heard: HeardLately
}

export interface Report {
  readonly number: number
  /** How many calls ended how many ms ago. */
  readonly ended: readonly (readonly [agoMs: number, calls: number])[]
  /** Of these, the ones without an answer. */
  readonly unanswered: number
}

/** What JMessage's answers told of the quota lately; without what they did not. */
export interface HeardLately {
  /** There was an answer. */
  readonly isKnown: boolean
  readonly limit?: number | undefined
  /** Calls that are left in JMessage's present minute, and how long it lasts. */
  readonly remaining?: number | undefined
  readonly resetMs?: number | undefined
  /** Nothing may leave for so long. */
  readonly holdMs?: number | undefined
}

export interface QuotaGrant {
  /** Calls that may be made. A call may take the place of one of lower priority. */
  readonly granted: Calls
  /** How long they may be made, and those that were held before, from when the request left. */
  readonly leaseMs: number
  /** When to tell at the latest what was done, if anything was or may yet be. */
  readonly everyMs: number
  /** Calls a minute. */
  readonly limit: number
  /** Calls that all processes together could make at once. */
  readonly left: number
  /** When to ask again for what was not granted. */
  readonly retryMs: number
  /** Up to so much later, so that not all processes come at once. */
  readonly spreadMs: number
  /** Nothing may leave for so long, as JMessage refused a call. */
  readonly holdMs: number
  /** Whether JMessage has answered any of the processes lately. */
  readonly isKnown: boolean
}
