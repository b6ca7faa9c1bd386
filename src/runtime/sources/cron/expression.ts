import { validateDetailed } from 'node-cron'
import { AppError, asError } from '../../../base/errors.ts'
import { readPlain } from './plain.ts'

/** A cron expression, read. Lists are sorted and hold each value once. */
export interface CronFields {
  readonly expression: string
  readonly seconds: readonly number[]
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  /** 1 to 31, `L`, `L-3` (days before the last), `15W` and `LW` (nearest weekday). */
  readonly daysOfMonth: readonly (number | string)[]
  /** 1 to 12. */
  readonly months: readonly number[]
  /** 0 (Sunday) to 6, `5#2` (the second Friday), `5L` (the last Friday). */
  readonly daysOfWeek: readonly (number | string)[]
  /** Both day fields are restricted, so that a day has to match only one of them. */
  readonly eitherDay: boolean
  /**
   * The time of day is spelled out, without `*` or step: it fires once a day even when the clocks change. Others
   * count intervals and go by the time that really passes.
   */
  readonly isFixedTime: boolean
}

const NICKNAMES: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
])

const CACHE_SIZE = 10_000
const cache = new Map<string, CronFields>()

/**
 * Reads a cron expression of 5 fields (minute, hour, day of month, month, day of week) or 6 (with seconds in front),
 * or a nickname such as `@daily`. Equal expressions share one result.
 *
 * As in classic cron, a day matches when either day field does, provided that both are restricted. A field that
 * starts with a star is not, be it alone or with a step; then a day has to match both.
 *
 * @throws AppError `cron.invalid` that names the wrong fields
 */
export function parseCron(expression: string): CronFields {
  let fields = cache.get(expression)
  if (!fields) {
    fields = read(expression)
    if (cache.size >= CACHE_SIZE) cache.clear()
    cache.set(expression, fields)
  }
  return fields
}

function read(expression: string): CronFields {
  const plain = expression.trim()
  const text = NICKNAMES.get(plain.toLowerCase()) ?? plain
  const words = text.split(/\s+/)
  if (words.length === 5) words.unshift('0')
  const lists = readPlain(words) ?? validate(text, expression)
  const [second, minute, hour, dayOfMonth, , dayOfWeek] = words
  return Object.freeze({
    expression,
    seconds: sorted(lists.second),
    minutes: sorted(lists.minute),
    hours: sorted(lists.hour),
    daysOfMonth: lists.dayOfMonth.map(upperCase),
    months: sorted(lists.month),
    daysOfWeek: lists.dayOfWeek.map(upperCase),
    eitherDay: !/^[*?]/.test(dayOfMonth!) && !/^[*?]/.test(dayOfWeek!),
    isFixedTime: ![second, minute, hour].some(field => /[*/]/.test(field!)),
  })
}

function validate(text: string, expression: string) {
  let problem: string
  let cause: unknown
  try {
    const { valid, fields, errors } = validateDetailed(text)
    if (valid && fields) return fields
    problem = errors.map(error => `${spaced(error.field)}: ${error.message}`).join('; ')
  } catch (thrown) {
    problem = asError(thrown).message
    cause = thrown
  }
  throw new AppError(`The cron expression '${expression}' is wrong: ${problem}`, {
    code: 'cron.invalid',
    hint: "Write minute, hour, day of month, month and day of week, as in '0 9 * * 1-5' (9:00 on weekdays); seconds may come first",
    cause,
  })
}

/** `dayOfMonth` in words. */
const spaced = (name: string) => name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
const sorted = (list: readonly number[]) => [...new Set(list)].sort((a, b) => a - b)
const upperCase = (day: number | string) => (typeof day === 'string' ? day.toUpperCase() : day)
