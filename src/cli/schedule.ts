import {
  comingTimes,
  listSchedules,
  moveSchedule,
  type ScheduleMove,
  type ScheduleMoved,
  type ScheduleSummary,
} from '../app/schedules.ts'
import { systemClock } from '../base/clock.ts'
import { parseDuration } from '../base/duration.ts'
import { loadConfigured } from './load-configured.ts'
import { readWait, usage } from './options.ts'
import { answerOf } from './order.ts'
import { plain, printJson, table, when } from './text.ts'

interface Common {
  readonly config: string
  readonly wait: string
  readonly json?: boolean
}

/** Firings that are shown at most. */
const MOST_COMING = 1000
const LONGEST_WITHIN_MS = 366 * 86_400_000

/** `beadle schedule list`: by when they fire next. */
export async function list(options: Common & { bot?: string; within?: string }): Promise<void> {
  const { bot, within, json = false } = options
  const withinMs = within === undefined ? undefined : readWithin(within)
  const given = await listSchedules(await loadConfigured(options.config), { bot }, readWait(options.wait))
  const found = answerOf(given, json) as ScheduleSummary[] | undefined
  if (!found) return
  if (withinMs !== undefined) return tellComing(found, withinMs, json)
  found.sort((a, b) => (a.next ?? Number.POSITIVE_INFINITY) - (b.next ?? Number.POSITIVE_INFINITY))
  if (json) return printJson(found)
  if (found.length === 0) return void process.stdout.write('There are no schedules.\n')
  process.stdout.write(table(['SCHEDULE', 'NEXT', 'EXPRESSION', 'ZONE'], found.map(rowOf)))
}

const rowOf = ({ id, next, pausedAt, expression, timezone }: ScheduleSummary): string[] => [
  id,
  pausedAt !== null ? `paused since ${when(pausedAt)}` : next === null ? 'never' : when(next),
  expression,
  timezone,
]

function tellComing(schedules: readonly ScheduleSummary[], withinMs: number, json: boolean): void {
  const coming = comingTimes(schedules, { from: systemClock.now(), ms: withinMs, most: MOST_COMING })
  if (json) printJson(coming)
  else if (coming.length === 0) process.stdout.write('Nothing fires within that time.\n')
  else {
    const rows = coming.map(({ at, id }) => [when(at), id])
    process.stdout.write(table(['WHEN', 'SCHEDULE'], rows))
    if (coming.length === MOST_COMING) process.stdout.write(`… the first ${MOST_COMING}\n`)
  }
}

function readWithin(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0 && ms <= LONGEST_WITHIN_MS) return ms
  throw usage(`--within ${text}: must be a length of time such as 24h, a year at most`)
}

/** `beadle schedule fire`, `pause` and `resume`. */
export async function move(how: ScheduleMove, schedule: string, options: Common): Promise<void> {
  const { json = false, wait } = options
  const given = await moveSchedule(await loadConfigured(options.config), { how, schedule }, readWait(wait))
  const answer = answerOf(given, json) as ScheduleMoved | undefined
  if (!answer) return
  if (!answer.moved) process.exitCode = 1
  if (json) return printJson({ order: given.id, done: true, ...answer })
  process.stdout.write(`${plain(answer.schedule.id)}: ${told(how, answer)}\n`)
}

function told(how: ScheduleMove, { moved, event, schedule }: ScheduleMoved): string {
  if (how === 'fire') return `fired, as event ${event}`
  if (how === 'pause') return moved ? 'paused' : 'no: it is paused already'
  const next = schedule.next === null ? 'never' : when(schedule.next)
  return moved ? `on again, next ${next}` : 'no: it is not paused'
}
