import { z } from 'zod'
import type { Clock } from '../../base/clock.ts'
import { closest } from '../../base/closest.ts'
import { AppError } from '../../base/errors.ts'
import { change, type Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import type { CronData } from '../events/event.ts'
import type { Journal } from '../events/journal.ts'
import { pausedSchedules, pauseSchedule } from '../sources/cron/schedule-rows.ts'
import type { ActiveSchedule, Schedules } from '../sources/cron/schedules.ts'
import { read } from './kinds.ts'
import type { OrderKind } from './orders.ts'

/** A schedule, as it is told of. */
export interface ScheduleSummary {
  /** `bot/plugin/name` */
  readonly id: string
  readonly bot: string
  readonly plugin: string
  readonly name: string
  readonly expression: string
  readonly timezone: string
  /** When it fires next, epoch ms; null: never, or not as long as it is paused. */
  readonly next: number | null
  /** Since when it is paused, epoch ms; null: it is not. */
  readonly pausedAt: number | null
}

/** What became of an order about a schedule. */
export interface ScheduleMoved {
  /** Whether there was something to be changed. */
  readonly moved: boolean
  /** Of the event that it fired. */
  readonly event?: string
  readonly schedule: ScheduleSummary
}

const NamedArgs = z.object({ schedule: z.string() })
const ListArgs = z.object({ bot: z.string().optional() })

/** The orders about schedules, by their names. */
export function scheduleOrders(means: {
  readonly store: Store<RuntimeTables>
  readonly clock: Clock
  readonly journal: Pick<Journal, 'accept'>
  readonly schedules: Pick<Schedules, 'all'>
}): Record<string, OrderKind> {
  const { store, clock, journal, schedules } = means

  const summaries = async (all: readonly ActiveSchedule[]): Promise<ScheduleSummary[]> => {
    const paused = new Map(
      (await store.read.all(pausedSchedules, {})).map(row => [idOf(row), row.paused_at] as const),
    )
    return all.map(schedule => {
      const { bot, plugin, name, expression, timezone } = schedule
      const id = idOf(schedule)
      const pausedAt = paused.get(id) ?? null
      const next = pausedAt === null ? (schedule.next() ?? null) : null
      return { id, bot, plugin, name, expression, timezone, next, pausedAt }
    })
  }
  const find = (given: unknown): ActiveSchedule =>
    scheduleNamed(schedules.all, read(NamedArgs, given).schedule)

  const pausing =
    (pauses: boolean): OrderKind =>
    async (given): Promise<ScheduleMoved> => {
      const schedule = find(given)
      const { bot, plugin, name } = schedule
      const [before] = await summaries([schedule])
      const moved = (before!.pausedAt === null) === pauses
      const at = pauses ? clock.now() : null
      if (moved) await store.apply(change(pauseSchedule, { bot, plugin, name, at }))
      return { moved, schedule: (await summaries([schedule]))[0]! }
    }

  return {
    'schedules.list': async (given): Promise<ScheduleSummary[]> => {
      const { bot } = read(ListArgs, given)
      return summaries(schedules.all.filter(schedule => bot === undefined || schedule.bot === bot))
    },
    'schedules.fire': async (given, order): Promise<ScheduleMoved> => {
      const schedule = find(given)
      const { bot, plugin, name } = schedule
      const data: CronData = { name, scheduledAt: clock.now() }
      const recipients = [{ bot, plugin }]
      const dedupe = `cron:order:${order}`
      const [fired] = await journal.accept([
        { type: 'cron', conversation: `cron:${name}`, dedupe, data, recipients },
      ])
      return { moved: true, event: fired!.id, schedule: (await summaries([schedule]))[0]! }
    },
    'schedules.pause': pausing(true),
    'schedules.resume': pausing(false),
  }
}

const idOf = ({ bot, plugin, name }: { bot: string; plugin: string; name: string }) =>
  `${bot}/${plugin}/${name}`

/**
 * The schedule that a person means: by its id, or by the end of it, if there is one only that ends so.
 *
 * @throws AppError `schedule.unknown`
 */
function scheduleNamed(all: readonly ActiveSchedule[], named: string): ActiveSchedule {
  const found = all.filter(schedule => {
    const id = idOf(schedule)
    return id === named || id.endsWith(`/${named}`)
  })
  const exact = found.find(schedule => idOf(schedule) === named)
  if (exact ?? found.length === 1) return exact ?? found[0]!
  if (found.length > 1) {
    throw new AppError(`there are ${found.length} schedules called ${named}`, {
      code: 'schedule.unknown',
      hint: `Say which: ${found.map(idOf).slice(0, 10).join(', ')}.`,
    })
  }
  const near = closest(
    named,
    all.flatMap(schedule => [idOf(schedule), schedule.name]),
  )
  throw new AppError(`there is no schedule ${named}`, {
    code: 'schedule.unknown',
    hint: near ? `Did you mean ${near}?` : 'beadle schedule list shows those there are.',
  })
}
