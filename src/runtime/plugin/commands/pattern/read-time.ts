import { nextOccurrence, parseCron } from '../../../sources/cron/occurrences.ts'
import { instantOf, localTime } from './local-time.ts'

/** By what a time or date is read: when the message was sent (epoch ms), and the zone of the bot. */
export interface ReadContext {
  readonly now: number
  readonly timezone: string
}

const DAY_MS = 86_400_000
/** Dates so far off are slips of the pen, and where the clocks will be then nobody knows. */
const FAR_MS = 100 * 366 * DAY_MS

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?(am|pm)?$/
const HOUR = /^(\d{1,2})(am|pm)$/
const CHINESE = /^(凌晨|早上|上午|中午|下午|晚上)?(\d{1,2})[点點](?:(半)|(\d{1,2})分?)?$/

/** Parts of the day: which hours of a clock with twelve they have, and what is added to these. */
const DAY_PARTS: Readonly<Record<string, readonly [from: number, to: number, add: number]>> = {
  凌晨: [0, 5, 0],
  早上: [4, 11, 0],
  上午: [6, 12, 0],
  中午: [11, 13, 0],
  下午: [1, 6, 12],
  晚上: [6, 11, 12],
}

/**
 * Reads a time of day such as `14:30`, `2:30pm`, `9点` or `下午3点`: the next such moment after the message was sent, in
 * epoch ms.
 *
 * @param word  in lower case and normal width
 */
export function readTime(word: string, { now, timezone }: ReadContext): number | undefined {
  const time = timeOfDay(word)
  if (!time) return undefined
  const { hour, minute, second } = time
  return nextOccurrence(parseCron(`${second} ${minute} ${hour} * * *`), timezone, now)
}

interface TimeOfDay {
  readonly hour: number
  readonly minute: number
  readonly second: number
}

function timeOfDay(word: string): TimeOfDay | undefined {
  const [, clockHour, minute = 0, second = 0, half] = CLOCK.exec(word) ?? []
  if (clockHour !== undefined) return valid(halfDay(Number(clockHour), half), Number(minute), Number(second))
  const [, hour, ofHalf] = HOUR.exec(word) ?? []
  if (hour !== undefined) return valid(halfDay(Number(hour), ofHalf), 0, 0)
  const [, part, chinese, halfPast, minutes] = CHINESE.exec(word) ?? []
  if (chinese === undefined) return undefined
  return valid(chineseHour(Number(chinese), part), halfPast ? 30 : Number(minutes ?? 0), 0)
}

const valid = (hour: number, minute: number, second: number): TimeOfDay | undefined =>
  hour >= 0 && hour < 24 && minute < 60 && second < 60 ? { hour, minute, second } : undefined

function halfDay(hour: number, half: string | undefined): number {
  if (half === undefined) return hour
  if (hour < 1 || hour > 12) return -1
  return (hour % 12) + (half === 'pm' ? 12 : 0)
}

function chineseHour(hour: number, part: string | undefined): number {
  if (part === undefined) return hour
  if (part === '中午' && hour === 1) return 13
  if (part === '下午' && hour === 12) return 12
  const [from, to, add] = DAY_PARTS[part]!
  if (hour >= from && hour <= to) return hour + add
  // 下午15点 says it twice.
  return add > 0 && hour >= from + add && hour <= to + add ? hour : -1
}

const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:t(\d{2}):(\d{2})(?::(\d{2}))?)?$/
const SLASHED = /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/
const DOTTED = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/
const HAN = /^(\d{4})年(\d{1,2})月(\d{1,2})[日号]$/

const DAYS: ReadonlyMap<string, number> = new Map([
  ...['today', '今天', '今日'].map(word => [word, 0] as const),
  ...['tomorrow', '明天', '明日'].map(word => [word, 1] as const),
  ['后天', 2],
])
const WEEKDAYS: ReadonlyMap<string, number> = new Map(
  ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'].flatMap((name, day) => [
    [name, day] as const,
    [name.slice(0, 3), day] as const,
    ...['周', '星期', '礼拜'].flatMap(week =>
      (day === 0 ? ['日', '天'] : ['一二三四五六'[day - 1]!]).map(letter => [week + letter, day] as const),
    ),
  ]),
)

/**
 * Reads a date such as `2026-12-24`, `24.12.2026`, `2026年12月24日`, `tomorrow`, `明天`, `friday` or `周五`: the start of that
 * day in epoch ms; with `2026-12-24T15:00`, that moment. A weekday is the next one that is not today.
 *
 * @param word  in lower case and normal width
 */
export function readDate(word: string, { now, timezone }: ReadContext): number | undefined {
  const local = localDate(word, Math.floor(localTime(timezone, now) / DAY_MS) * DAY_MS)
  if (local === undefined || Math.abs(local - now) > FAR_MS) return undefined
  return instantOf(timezone, local)
}

function localDate(word: string, today: number): number | undefined {
  const days = DAYS.get(word)
  if (days !== undefined) return today + days * DAY_MS
  const weekday = WEEKDAYS.get(word)
  if (weekday !== undefined) {
    const ahead = (weekday - new Date(today).getUTCDay() + 7) % 7
    return today + (ahead === 0 ? 7 : ahead) * DAY_MS
  }
  const [, year, month, day, hour = 0, minute = 0, second = 0] =
    ISO.exec(word) ?? SLASHED.exec(word) ?? HAN.exec(word) ?? reversed(DOTTED.exec(word)) ?? []
  if (year === undefined) return undefined
  const [h, m, s] = [Number(hour), Number(minute), Number(second)]
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day))
  const date = new Date(at)
  const isDay = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
  return isDay && Number(year) >= 1000 && valid(h, m, s) ? at + (h * 3600 + m * 60 + s) * 1000 : undefined
}

const reversed = (match: RegExpExecArray | null): readonly (string | undefined)[] | undefined =>
  match ? [match[0], match[3], match[2], match[1]] : undefined
