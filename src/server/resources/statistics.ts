import type { Query } from '../../store/index.ts'
import type { App } from '../apps.ts'
import type { Handlers } from '../handler.ts'
import { groupsBefore, newGroupsByDay, newUsersByDay, usersBefore } from '../queries/statistic-queries.ts'
import type { Services } from '../services.ts'
import { type ByType, sumByType } from '../tallies/day-tally.ts'
import { dayOf, nameOfDay, startOfDay } from '../tallies/days.ts'
import { type TimeUnit, timeUnits } from '../tallies/time-units.ts'

type Ids = `report.statistic.${'users' | 'messages' | 'groups'}`

interface Growth {
  readonly before: Query<{ app: number; before: number }, { total: number }>
  readonly byDay: Query<{ app: number; from: number; before: number }, { day: number; total: number }>
}
const ofUsers: Growth = { before: usersBefore, byDay: newUsersByDay }
const ofGroups: Growth = { before: groupsBefore, byDay: newGroupsByDay }

/** Numbers by hour, day and month. Those of days to come are 0. */
export function statistics({ store, clock, dayTallies }: Services): Pick<Handlers, Ids> {
  /** How many there are at the end of each day, of those that exist now, and how many of them are new. */
  const growth = async (app: App, { before, byDay }: Growth, days: readonly number[]) => {
    const [first = 0] = days
    const past = days.filter(day => day <= dayOf(clock.now())).length
    const from = startOfDay(first)
    const rows = await store.read.all(byDay, { app: app.id, from, before: startOfDay(first + past) })
    const added = new Map(rows.map(({ day, total }) => [day, total]))
    let total = (await store.read.first(before, { app: app.id, before: from }))?.total ?? 0
    return days.map((day, i) => {
      if (i >= past) return { total: 0, added: 0 }
      total += added.get(day) ?? 0
      return { total, added: added.get(day) ?? 0 }
    })
  }

  const daily = async <T>(
    { app, query }: { app: App; query: { start: string; duration: number } },
    kind: Growth,
    each: (day: number, grown: { total: number; added: number }) => Promise<T>,
  ): Promise<T[]> => {
    const days = timeUnits('DAY', query.start, query.duration).flatMap(unit => unit.days)
    const grown = await growth(app, kind, days)
    const rows: T[] = []
    for (const [i, day] of days.entries()) rows.push(await each(day, grown[i]!))
    return rows
  }

  const sent = async (app: App, { days, hour }: TimeUnit, to: 'single' | 'group'): Promise<ByType> => {
    const numbers: ByType[] = []
    for (const day of days) numbers.push((await dayTallies.of(app.id, day)).sent(to, hour))
    return sumByType(numbers)
  }

  return {
    'report.statistic.users': call =>
      daily(call, ofUsers, async (day, { total, added }) => {
        const { active, senders } = await dayTallies.of(call.app.id, day)
        return {
          active_users: active,
          total_users: total,
          send_msg_users: senders,
          new_users: added,
          date: nameOfDay(day),
        }
      }),

    'report.statistic.groups': call =>
      daily(call, ofGroups, async (day, { total, added }) => ({
        date: nameOfDay(day),
        active_group: (await dayTallies.of(call.app.id, day)).groups,
        total_group: total,
        new_group: added,
      })),

    'report.statistic.messages': async ({ app, query }) => {
      const units = timeUnits(query.time_unit, query.start, query.duration)
      const single: ByType[] = []
      const group: ByType[] = []
      for (const unit of units) {
        single.push(await sent(app, unit, 'single'))
        group.push(await sent(app, unit, 'group'))
      }
      return {
        send_msg_stat: units.map(({ time }, i) => ({
          time,
          group_send_msg: inAll(group[i]!),
          single_send_msg: inAll(single[i]!),
        })),
        group_msg_stat: byType(sumByType(group)),
        single_msg_stat: byType(sumByType(single)),
      }
    },
  }
}

const inAll = (sent: ByType): number => sent.reduce((a, b) => a + b)
const byType = ([txt_msg, image_msg, voice_msg, other_msg]: ByType) => ({
  txt_msg,
  image_msg,
  voice_msg,
  other_msg,
})
