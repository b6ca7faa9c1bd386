import type { CronFields } from './expression.ts'

const DAY_MS = 86_400_000

/**
 * The first time on the calendar that matches, from `from` (inclusive) to `until` (exclusive), without any clock
 * changes. Both are whole seconds of local time, counted in ms as if local time were UTC.
 */
export function nextOnCalendar(fields: CronFields, from: number, until: number): number | undefined {
  const start = new Date(from)
  let year = start.getUTCFullYear()
  let month = start.getUTCMonth() + 1
  let day = start.getUTCDate()
  let time = nextTime(fields, Math.floor((from - Date.UTC(year, month - 1, day)) / 1000))
  if (time === undefined) day++
  while (Date.UTC(year, month - 1, 1) < until) {
    if (fields.months.includes(month)) {
      const days = matchingDays(fields, year, month)
      for (const startedOn = day; day <= 31; day++) {
        if ((days & (1 << day)) === 0) continue
        if (day !== startedOn || time === undefined) time = firstTime(fields)
        const found = Date.UTC(year, month - 1, day) + time * 1000
        return found < until ? found : undefined
      }
    }
    time = undefined
    day = 1
    if (++month > 12) {
      month = 1
      year++
    }
  }
  return undefined
}

/** The second of the day that matches first at or after `second`; undefined when none is left. */
function nextTime({ hours, minutes, seconds }: CronFields, second: number): number | undefined {
  const ofHour = second % 3600
  const nowHour = (second - ofHour) / 3600
  const nowSecond = ofHour % 60
  const nowMinute = (ofHour - nowSecond) / 60
  for (const hour of hours) {
    if (hour < nowHour) continue
    if (hour > nowHour) return hour * 3600 + minutes[0]! * 60 + seconds[0]!
    for (const minute of minutes) {
      if (minute < nowMinute) continue
      if (minute > nowMinute) return hour * 3600 + minute * 60 + seconds[0]!
      const next = seconds.find(value => value >= nowSecond)
      if (next !== undefined) return hour * 3600 + minute * 60 + next
    }
  }
  return undefined
}

const firstTime = ({ hours, minutes, seconds }: CronFields) =>
  hours[0]! * 3600 + minutes[0]! * 60 + seconds[0]!

/** The days of a month that match, as bits 1 to 31. */
function matchingDays(
  { daysOfMonth, daysOfWeek, eitherDay }: CronFields,
  year: number,
  month: number,
): number {
  const firstAt = Date.UTC(year, month - 1, 1)
  const length = Math.round((Date.UTC(year, month, 1) - firstAt) / DAY_MS)
  const firstWeekday = new Date(firstAt).getUTCDay()
  let ofMonth = 0
  for (const value of daysOfMonth) {
    const day = typeof value === 'number' ? value : specialDay(value, length, firstWeekday)
    if (day >= 1 && day <= length) ofMonth |= 1 << day
  }
  let ofWeek = 0
  for (const value of daysOfWeek) {
    const weekday = typeof value === 'number' ? value : Number(value[0]) % 7
    const first = 1 + ((weekday - firstWeekday + 7) % 7)
    for (let day = first; day <= length; day += 7) {
      const nth = (day - first) / 7 + 1
      if (typeof value === 'number' || (value[1] === '#' ? nth === Number(value[2]) : day + 7 > length))
        ofWeek |= 1 << day
    }
  }
  return eitherDay ? ofMonth | ofWeek : ofMonth & ofWeek
}

/** The day that `L`, `L-3`, `15W` or `LW` means in a month; 0 when it has none. */
function specialDay(value: string, length: number, firstWeekday: number): number {
  if (value === 'L') return length
  if (value.startsWith('L-')) return length - Number(value.slice(2))
  const day = value === 'LW' ? length : Number.parseInt(value, 10)
  if (day > length) return 0
  const weekday = (firstWeekday + day - 1) % 7
  // The nearest weekday stays in its month.
  if (weekday === 6) return day === 1 ? 3 : day - 1
  if (weekday === 0) return day === length ? day - 2 : day + 1
  return day
}
