import { formatDuration, parseDuration } from '../../base/duration.ts'
import { AppError } from '../../base/errors.ts'
import { isZone, nextOccurrence, parseCron } from './cron/occurrences.ts'
import { FARTHEST_MS } from './job-time.ts'

/** How often a job comes about: after so many ms each time, or by a cron expression in a time zone. */
export type Rhythm = { readonly ms: number } | { readonly cron: string; readonly zone: string }

/** As it is kept with a job. */
export type KeptRhythm = Rhythm & {
  /** When it was due for the last event that became of it: epoch ms. */
  readonly last?: number
}

const LEAST_MS = 1000

/**
 * Reads how often a job is to come about: ms, `10m`, or a cron expression.
 *
 * @throws AppError `job.every`, `cron.invalid`, `cron.zone`
 */
export function readRhythm(every: unknown, zone: string): Rhythm {
  const ms = typeof every === 'string' ? parseDuration(every) : every
  if (typeof every === 'string' && ms === undefined) return readCron(every, zone)
  if (typeof ms === 'number' && ms >= LEAST_MS && ms <= FARTHEST_MS) return { ms: Math.round(ms) }
  throw new AppError(`a job cannot come about every ${String(every)}`, {
    code: 'job.every',
    hint: "Write '10m', '1d' or a cron expression such as '0 9 * * 1-5': at least one second, at most ten years.",
  })
}

function readCron(expression: string, zone: string): Rhythm {
  parseCron(expression)
  if (isZone(zone)) return { cron: expression, zone }
  throw new AppError(`'${zone}' is no time zone`, {
    code: 'cron.zone',
    hint: "Write 'Asia/Shanghai' or 'UTC'.",
  })
}

/**
 * When it comes about next, after `now`. Those that are so many ms apart stay that: `dueAt` is one of them.
 *
 * @returns undefined when it does not within eight years
 */
export function nextTime(rhythm: Rhythm, dueAt: number, now: number): number | undefined {
  if ('cron' in rhythm) return nextOccurrence(parseCron(rhythm.cron), rhythm.zone, Math.max(dueAt, now))
  const { ms } = rhythm
  return dueAt + ms * Math.max(1, Math.floor((now - dueAt) / ms) + 1)
}

/** As {@link nextTime}, of one that begins now. */
export const firstTime = (rhythm: Rhythm, now: number): number | undefined => nextTime(rhythm, now, now)

export const isSameRhythm = (a: Rhythm, b: Rhythm): boolean =>
  'cron' in a ? 'cron' in b && a.cron === b.cron && a.zone === b.zone : 'ms' in b && a.ms === b.ms

/** As people write it: `10m`, `0 9 * * 1-5`. */
export const showRhythm = (rhythm: Rhythm): string =>
  'cron' in rhythm ? rhythm.cron : formatDuration(rhythm.ms)
