import type { ScheduleSummary } from '../runtime/orders/schedule-kinds.ts'
import { nextOccurrence, parseCron } from '../runtime/sources/cron/occurrences.ts'
import { beside, type GivenOrder, order } from './beside.ts'
import type { LoadedConfig } from './config/index.ts'

export type { ScheduleMoved, ScheduleSummary } from '../runtime/orders/schedule-kinds.ts'

export const SCHEDULE_MOVES = ['fire', 'pause', 'resume'] as const
export type ScheduleMove = (typeof SCHEDULE_MOVES)[number]

/** Asks the running Beadle for its schedules. */
export const listSchedules = (
  config: LoadedConfig,
  what: { readonly bot?: string | undefined },
  waitMs: number,
): Promise<GivenOrder> => beside(config, store => order(store, 'schedules.list', what, waitMs))

/** Asks the running Beadle to fire a schedule now, to let it rest, or to let it fire again. */
export const moveSchedule = (
  config: LoadedConfig,
  what: { readonly how: ScheduleMove; readonly schedule: string },
  waitMs: number,
): Promise<GivenOrder> =>
  beside(config, store => order(store, `schedules.${what.how}`, { schedule: what.schedule }, waitMs))

/** A firing that is to come. */
export interface ComingTime {
  /** Epoch ms. */
  readonly at: number
  /** Of the schedule. */
  readonly id: string
}

/** When schedules that are not paused fire, the earliest first. */
export function comingTimes(
  schedules: readonly ScheduleSummary[],
  { from, ms, most }: { readonly from: number; readonly ms: number; readonly most: number },
): ComingTime[] {
  const coming = schedules.flatMap(({ id, expression, timezone, pausedAt }) => {
    if (pausedAt !== null) return []
    const fields = parseCron(expression)
    const times: ComingTime[] = []
    let at = nextOccurrence(fields, timezone, from)
    while (at !== undefined && at <= from + ms && times.length < most) {
      times.push({ at, id })
      at = nextOccurrence(fields, timezone, at)
    }
    return times
  })
  return coming.sort((a, b) => a.at - b.at).slice(0, most)
}
