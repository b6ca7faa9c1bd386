import { nextOnCalendar } from './calendar.ts'
import type { CronFields } from './expression.ts'
import { spanAt } from './zones.ts'

export { type CronFields, parseCron } from './expression.ts'
export { isZone } from './zones.ts'

/** Long enough for 29 February over a century without a leap day. */
const HORIZON_MS = (8 * 366 + 1) * 86_400_000
/** Clocks put forward by more than this have skipped days, as Samoa did; such days simply do not exist. */
const LONGEST_JUMP_MS = 3 * 3_600_000
/** Beyond this nobody knows how clocks will be set, and looking it up year by year takes too long. */
const END_OF_TIME = Date.UTC(3000, 0, 1)

/**
 * When a schedule fires next: the first whole second after `after`, in epoch ms.
 *
 * When clocks are put forward, a fixed time that they skip fires at the moment of the change, once. When they are
 * put back, a fixed time fires the first time it comes round. Expressions with `*` or a step in their time of day
 * fire whenever the local time matches, so that no interval is lost or doubled.
 *
 * @returns undefined when it does not fire within 8 years, or `after` is no moment before the year 3000
 * @throws AppError `cron.zone` when there is no such time zone
 */
export function nextOccurrence(fields: CronFields, zone: string, after: number): number | undefined {
  const from = Math.floor(after / 1000) * 1000 + 1000
  if (!(Math.abs(from) < END_OF_TIME)) return undefined
  let answers = lastAnswers.get(fields)
  if (!answers) {
    answers = []
    lastAnswers.set(fields, answers)
  }
  for (const answer of answers) if (answer.from === from && answer.zone === zone) return answer.next
  const next = firstFrom(fields, zone, from)
  if (answers.length === ANSWERS) answers.shift()
  answers.push({ zone, from, next })
  return next
}

interface Answer {
  readonly zone: string
  readonly from: number
  readonly next: number | undefined
}

/** The last answers for an expression: where many schedules have the same, they are asked for at the same time. */
const lastAnswers = new WeakMap<CronFields, Answer[]>()
const ANSWERS = 4

/** The first occurrence at or after `from`, a whole second. */
function firstFrom(fields: CronFields, zone: string, from: number): number | undefined {
  const { isFixedTime } = fields
  // Where the clocks change at this very second, what they skip counts too.
  let span = spanAt(zone, from - 1)
  let localFrom = from + span.offsetMs
  // A fixed time has fired before the clocks were put back to it.
  if (isFixedTime) localFrom = Math.max(localFrom, span.startAt + span.offsetBeforeMs)
  const until = localFrom + HORIZON_MS
  let local = nextOnCalendar(fields, localFrom, until)
  while (span.endAt + span.offsetMs < until) {
    const localEnd = span.endAt + span.offsetMs
    if (local !== undefined && local < localEnd) break
    const next = spanAt(zone, span.endAt)
    const localStart = next.startAt + next.offsetMs
    if (next.startAt === span.endAt && localStart > localEnd && local !== undefined && local < localStart) {
      if (isFixedTime && localStart - localEnd <= LONGEST_JUMP_MS) return span.endAt
      local = nextOnCalendar(fields, localStart, until)
    } else if (next.startAt === span.endAt && localStart < localEnd && !isFixedTime) {
      local = nextOnCalendar(fields, localStart, localEnd) ?? local
    }
    span = next
  }
  return local === undefined ? undefined : local - span.offsetMs
}
