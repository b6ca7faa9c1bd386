import { appsOf } from '../config/index.ts'
import { firingsOf, type PlannedSchedule } from '../plan/make-plan.ts'
import { type Check, type Finding, ok, warning } from './finding.ts'

type Found = Omit<Finding, 'check'>

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** So many firings of one schedule are looked at. */
const MOST = 1500

interface Named extends PlannedSchedule {
  readonly id: string
  readonly bot: string
}

/** Whether schedules fire at all, not all the time, and no more than JMessage takes. */
export const schedules: Check = {
  name: 'schedules',
  look({ plan, clock, config, bots }) {
    if (!plan) return []
    const all = plan.bots.flatMap(({ id: bot, schedules }) =>
      schedules.map((one): Named => ({ ...one, bot, id: `${bot}/${one.plugin}/${one.name}` })),
    )
    if (all.length === 0) return [ok('there are no schedules')]
    const now = clock.now()
    const odd = [...all.flatMap(pace), ...together(all)]
    const zones = [...new Set(all.map(({ timezone }) => timezone))].sort()
    const peaks = appsOf(config.main).flatMap(app => {
      const own = all.filter(({ bot }) => (bots.find(({ id }) => id === bot)?.app ?? 'main') === app.name)
      const most = busiest(own, now)
      if (typeof app.quota !== 'number' || most <= app.quota) return []
      const text = `schedules of app ${app.name} fire ${most} times in one minute of the next day, and its quota is ${app.quota} calls`
      return [warning(text, 'Spread them: what is beyond the quota waits for the next minute.')]
    })
    return [...odd, ...peaks, ok(`${all.length} schedules, in ${zones.join(', ')}`)]
  },
}

function pace({ id, expression, timezone, next: [first, second] }: Named): Found[] {
  if (first === undefined)
    return [
      warning(
        `${id} never fires: ${expression} (${timezone})`,
        'Is there such a day, as the 30th of February?',
      ),
    ]
  if (second !== undefined && second - first < MINUTE_MS)
    return [
      warning(
        `${id} fires every ${(second - first) / 1000} s: ${expression}`,
        'Six fields begin with seconds; is one too many?',
      ),
    ]
  return []
}

/** Of one bot at the very same times: what they say stands one below the other. */
function together(all: readonly Named[]): Found[] {
  const firsts = new Map<string, Named>()
  return all.flatMap((one): Found[] => {
    if (one.next.length === 0) return []
    const times = `${one.bot} ${one.next.join(' ')}`
    const other = firsts.get(times)
    firsts.set(times, other ?? one)
    return other
      ? [warning(`${one.id} fires at the same times as ${other.id}`, 'Is one of them a copy?')]
      : []
  })
}

/** The most firings in one minute of the next day. */
function busiest(all: readonly Named[], now: number): number {
  const minutes = new Map<number, number>()
  for (const { expression, timezone } of all)
    for (const at of firingsOf(expression, timezone, now, MOST)) {
      if (at > now + DAY_MS) break
      const minute = Math.floor(at / MINUTE_MS)
      minutes.set(minute, (minutes.get(minute) ?? 0) + 1)
    }
  return Math.max(0, ...minutes.values())
}
