import { z } from 'zod'
import { AppError } from '../../../base/errors.ts'
import { describeIssue } from '../../../protocol/index.ts'
import { lengthOfTime } from '../length-of-time.ts'
import { type CronFields, nextOccurrence } from './occurrences.ts'

const MINUTE_MS = 60_000
const YEAR_MS = 366 * 86_400_000
/** The clock is looked at once a minute at least: what is no later than that was not missed. */
const ON_TIME_MS = MINUTE_MS
const DEFAULT_MS = 10 * MINUTE_MS
/** So many firings of a schedule are made up for at most, the latest. */
export const MOST_MISSED = 1000

const length = lengthOfTime(MINUTE_MS, YEAR_MS)

/** What becomes of firings that fell due while nobody could note them: the process was down, the machine slept, the disk was full. */
export const MissedRule = z
  .union(
    [z.enum(['skip', 'once']), z.strictObject({ once: length }), z.strictObject({ all: length })],
    "must be 'skip', 'once', { once: '10m' } or { all: '6h' }, from 1m to 366d",
  )
  .describe('What becomes of times that were missed: skip; once, the last one; all within a length of time')
export type MissedRule = z.output<typeof MissedRule>
/** As it is written in a config. */
export type MissedRuleInput = z.input<typeof MissedRule>

/** A {@link MissedRule}, ready to be used. */
export interface MissedPolicy {
  /** All of them, or the last one only. */
  readonly all: boolean
  /** Later than this they are passed over, in ms. */
  readonly withinMs: number
  /** Whether those are made up for that fell due before the process started. */
  readonly beforeStart: boolean
}

/** A short restart over the moment loses nothing, and what was to be said on Monday is not said on Friday. */
export const defaultPolicy: MissedPolicy = { all: false, withinMs: DEFAULT_MS, beforeStart: true }

/** @throws AppError `cron.missed` */
export function policyOf(rule: MissedRuleInput | undefined): MissedPolicy {
  if (rule === undefined) return defaultPolicy
  const read = MissedRule.safeParse(rule)
  if (!read.success) {
    throw new AppError(`the schedule is wrong: ${describeIssue(read.error, 'missed')}`, {
      code: 'cron.missed',
      hint: "Write missed: 'skip', 'once', { once: '10m' } or { all: '6h' }.",
    })
  }
  if (read.data === 'skip') return { all: false, withinMs: ON_TIME_MS, beforeStart: false }
  if (read.data === 'once') return { all: false, withinMs: Number.POSITIVE_INFINITY, beforeStart: true }
  if ('once' in read.data) return { all: false, withinMs: read.data.once, beforeStart: true }
  return { all: true, withinMs: read.data.all, beforeStart: true }
}

/** When a schedule is to fire. */
export interface Times {
  readonly fields: CronFields
  readonly timezone: string
}

/** Firings, in their order; `cut`: there were more, and the earlier ones are passed over. */
export interface Firings {
  readonly moments: readonly number[]
  readonly cut: boolean
}

/** What a schedule has to fire for after `after` up to and including `until` (epoch ms), by a policy. */
export function firingsOf(times: Times, policy: MissedPolicy, after: number, until: number): Firings {
  const from = Math.max(after, until - policy.withinMs - 1)
  if (policy.all) return allOf(times, from, until)
  const latest = latestOf(times, from, until)
  return { moments: latest === undefined ? [] : [latest], cut: false }
}

/** The last occurrence: found by halving, as there may be millions. */
function latestOf({ fields, timezone }: Times, from: number, until: number): number | undefined {
  const first = nextOccurrence(fields, timezone, from)
  if (first === undefined || first > until) return undefined
  const second = nextOccurrence(fields, timezone, first)
  // Nearly always there is one.
  if (second === undefined || second > until) return first
  let latest = second
  // Nothing fires after `none` up to `until`.
  let none = until
  while (none - latest >= 1000) {
    const middle = latest + Math.floor((none - latest) / 2)
    const next = nextOccurrence(fields, timezone, middle)
    if (next !== undefined && next <= until) latest = next
    else none = middle
  }
  return latest
}

function allOf(times: Times, from: number, until: number): Firings {
  const moments = upTo(times, from, until)
  if (moments.length <= MOST_MISSED) return { moments, cut: false }
  // The latest that are not too many, by halving the time that they are taken from.
  let tooMany = from
  let fits = until
  while (fits - tooMany > 1000) {
    const middle = tooMany + Math.floor((fits - tooMany) / 2)
    if (upTo(times, middle, until).length > MOST_MISSED) tooMany = middle
    else fits = middle
  }
  return { moments: upTo(times, fits, until), cut: true }
}

/** The first occurrences, one more than are made up for at most. */
function upTo({ fields, timezone }: Times, from: number, until: number): number[] {
  const moments: number[] = []
  let next = nextOccurrence(fields, timezone, from)
  while (next !== undefined && next <= until && moments.length <= MOST_MISSED) {
    moments.push(next)
    next = nextOccurrence(fields, timezone, next)
  }
  return moments
}
