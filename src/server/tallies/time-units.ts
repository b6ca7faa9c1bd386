import { formatWireTime, parseWireTime, STATISTIC_UNITS, type StatisticUnit } from '../../protocol/index.ts'
import { Refusal } from '../refusal.ts'
import { dayOf, HOUR_MS, startOfDay } from './days.ts'

/** One unit of a statistic: its name, and the days or the hour it stands for. */
export interface TimeUnit {
  readonly time: string
  readonly days: readonly number[]
  readonly hour?: number
}

const forms: Record<StatisticUnit, { length: number; rest: string; form: string }> = {
  HOUR: { length: 13, rest: ':00:00', form: 'an hour yyyy-MM-dd HH' },
  DAY: { length: 10, rest: ' 00:00:00', form: 'a day yyyy-MM-dd' },
  MONTH: { length: 7, rest: '-01 00:00:00', form: 'a month yyyy-MM' },
}

/** The units that are asked for, exactly `duration` of them; 899003 when they are none. */
export function timeUnits(unit: StatisticUnit, start: string, duration: number): TimeUnit[] {
  const { length, rest, form } = forms[unit]
  const at = parseWireTime(start + rest)
  if (at === undefined) throw new Refusal(899003, `start must be ${form} (UTC+8)`)
  const most = STATISTIC_UNITS[unit]
  if (duration > most) throw new Refusal(899003, `duration must be at most ${most} with time_unit ${unit}`)
  const day = dayOf(at)
  const hour = (at - startOfDay(day)) / HOUR_MS
  if (unit === 'HOUR' && hour + duration > most)
    throw new Refusal(899003, 'duration must end within the day of start')
  return Array.from({ length: duration }, (_, i) => {
    if (unit === 'HOUR') return { time: nameOf(at + i * HOUR_MS, length), days: [day], hour: hour + i }
    if (unit === 'DAY') return { time: nameOf(startOfDay(day + i), length), days: [day + i] }
    const days = daysOfMonth(start, i)
    return { time: nameOf(startOfDay(days[0]!), length), days }
  })
}

const nameOf = (at: number, length: number): string => formatWireTime(at).slice(0, length)

/** The days of the month that begins so many months after `yyyy-MM`. */
function daysOfMonth(start: string, after: number): number[] {
  const year = Number(start.slice(0, 4))
  const month = Number(start.slice(5)) - 1 + after
  const first = new Date(0)
  first.setUTCFullYear(year, month, 1)
  const next = new Date(0)
  next.setUTCFullYear(year, month + 1, 1)
  // Days are counted in the vendor's time, in which the date is what UTC would say of it.
  const number = (date: Date) => Math.round(date.getTime() / 86_400_000)
  return Array.from({ length: number(next) - number(first) }, (_, i) => number(first) + i)
}
