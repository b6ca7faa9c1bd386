import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../../src/base/errors.ts'
import { isZone, nextOccurrence, parseCron } from '../../../../src/runtime/sources/cron/occurrences.ts'
import { spanAt } from '../../../../src/runtime/sources/cron/zones.ts'

const DAY_MS = 86_400_000

/** The next `count` occurrences after `after`, as ISO times in UTC without milliseconds. */
function occurrences(expression: string, zone: string, after: string, count: number): string[] {
  const found: string[] = []
  let at: number | undefined = Date.parse(after)
  while (found.length < count) {
    at = nextOccurrence(parseCron(expression), zone, at)
    if (at === undefined) break
    found.push(new Date(at).toISOString().replace(':00.000Z', ''))
  }
  return found
}

describe('parseCron', () => {
  test('gives equal expressions one result', () => {
    expect(parseCron('0 9 * * 1-5')).toBe(parseCron('0 9 * * 1-5'))
  })

  test('sorts and shortens what is written in odd ways', () => {
    expect(parseCron('5,5,1 22-2 * jan,MAR Sunday,7')).toMatchObject({
      seconds: [0],
      minutes: [1, 5],
      hours: [0, 1, 2, 22, 23],
      months: [1, 3],
      daysOfWeek: [0],
    })
  })

  test.each([
    ['61 25 * * *', 'minute: 61 is a invalid expression for minute; hour: 25'],
    ['* * 32 * *', 'day of month: 32'],
    ['* * * FOO *', 'month: '],
    ['* * * * 8', 'day of week: 8'],
    ['* * * *', 'expected 5 or 6 fields but got 4'],
    ['0 0 30 2 *', 'day of month: 30 2 is an impossible day'],
    ['@fortnightly', 'wrong'],
    ['', 'wrong'],
  ])('refuses %j and says why', (expression, problem) => {
    expect(() => parseCron(expression)).toThrow(problem)
    expect(() => parseCron(expression)).toThrow(
      expect.objectContaining({ code: 'cron.invalid', hint: expect.stringContaining("'0 9 * * 1-5'") }),
    )
  })

  test('throws nothing but AppErrors', () => {
    const piece = fc.constantFrom(
      '*',
      '/',
      '-',
      ',',
      ' ',
      '1',
      '5',
      '31',
      'L',
      'W',
      '#',
      'MON',
      '?',
      '@',
      'x',
      '\n',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 30 }).map(list => list.join('')),
        ),
        text => {
          try {
            nextOccurrence(parseCron(text), 'UTC', 0)
          } catch (error) {
            expect(error).toBeInstanceOf(AppError)
          }
        },
      ),
      { seed: 21, numRuns: 3_000 },
    )
  })
})

describe('zones', () => {
  test('are IANA names', () => {
    expect(['UTC', 'Asia/Shanghai', 'Europe/Berlin'].every(isZone)).toBe(true)
    expect(['', 'Mars/Olympus', '+08:00', 'Asia/Shanghai ', '__proto__'].some(isZone)).toBe(false)
  })

  test('that do not exist are named in the error', () => {
    expect(() => nextOccurrence(parseCron('* * * * *'), 'Mars/Olympus', 0)).toThrow("'Mars/Olympus'")
    expect(() => nextOccurrence(parseCron('* * * * *'), 'Mars/Olympus', 0)).toThrow(
      expect.objectContaining({ code: 'cron.zone' }),
    )
  })

  test('change their clocks when Intl says so, wherever the looking up began', () => {
    const zones = ['Europe/Berlin', 'Africa/Casablanca', 'Australia/Lord_Howe', 'America/Nuuk', 'Asia/Gaza']
    const moment = fc.integer({ min: Date.UTC(2000, 0, 1) / 1000, max: Date.UTC(2040, 0, 1) / 1000 })
    fc.assert(
      fc.property(fc.constantFrom(...zones), moment, (zone, second) => {
        const span = spanAt(zone, second * 1000)
        const shown = new Date(second * 1000).toLocaleString('sv-SE', { timeZone: zone })
        expect(new Date(second * 1000 + span.offsetMs).toISOString().slice(0, 19).replace('T', ' ')).toBe(
          shown,
        )
        expect(span.startAt <= second * 1000 && second * 1000 < span.endAt).toBe(true)
      }),
      { seed: 22, numRuns: 2_000 },
    )
  })
})

describe('nextOccurrence', () => {
  test('is after the moment asked about, never at it', () => {
    const daily = parseCron('0 9 * * *')
    const nine = Date.UTC(2026, 0, 1, 9)
    expect(nextOccurrence(daily, 'UTC', nine - 1)).toBe(nine)
    expect(nextOccurrence(daily, 'UTC', nine)).toBe(nine + DAY_MS)
    expect(nextOccurrence(daily, 'UTC', nine + 0.5)).toBe(nine + DAY_MS)
  })

  test.each([
    [
      'a day field is enough when both are restricted',
      '0 0 13 * 5',
      ['2026-02-06', '2026-02-13', '2026-02-20'],
    ],
    [
      'a step counts as unrestricted, so both have to match',
      '0 0 */2 * 1',
      ['2026-02-09', '2026-02-23', '2026-03-09'],
    ],
    ['any day', '0 0 ? * 1', ['2026-02-02', '2026-02-09', '2026-02-16']],
    ['the last day', '0 0 L * *', ['2026-02-28', '2026-03-31', '2026-04-30']],
    ['days before the last', '0 0 L-2 * *', ['2026-02-26', '2026-03-29', '2026-04-28']],
    ['the weekday nearest to the 1st', '0 0 1W * *', ['2026-02-02', '2026-03-02', '2026-04-01']],
    ['the weekday nearest to the 31st', '0 0 31W * *', ['2026-03-31', '2026-05-29', '2026-07-31']],
    ['the last weekday', '0 0 LW * *', ['2026-02-27', '2026-03-31', '2026-04-30']],
    ['the second Friday', '0 0 * * FRI#2', ['2026-02-13', '2026-03-13', '2026-04-10']],
    ['the last Friday', '0 0 * * 5L', ['2026-02-27', '2026-03-27', '2026-04-24']],
    ['leap days', '0 0 29 2 *', ['2028-02-29', '2032-02-29', '2036-02-29']],
    ['a nickname', '@monthly', ['2026-02-01', '2026-03-01', '2026-04-01']],
  ])('knows %s', (_, expression, days) => {
    expect(occurrences(expression, 'UTC', '2026-01-31T12:00:00Z', 3)).toEqual(days.map(day => `${day}T00:00`))
  })

  test('finds the leap day after a century without one', () => {
    expect(occurrences('0 0 29 2 *', 'UTC', '2096-03-01T00:00:00Z', 1)).toEqual(['2104-02-29T00:00'])
  })

  test.each(['0 0 L-30 2 *', '0 0 31W 4 *'])('finds nothing for %s, which no year has', expression => {
    expect(nextOccurrence(parseCron(expression), 'Europe/Berlin', 0)).toBeUndefined()
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -8.64e15, 8.64e15])('finds nothing after %d', after => {
    expect(nextOccurrence(parseCron('* * * * *'), 'Asia/Tokyo', after)).toBeUndefined()
    expect(nextOccurrence(parseCron('* * * * *'), 'Asia/Tokyo', 0)).toBe(60_000)
  })

  test('fires a time that spring skips at the moment of the change', () => {
    expect(occurrences('30 2 * * *', 'Europe/Berlin', '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28T01:30',
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ])
  })

  test('fires only once when several times are skipped', () => {
    expect(occurrences('0,15,30 2,3 * * *', 'Europe/Berlin', '2026-03-29T00:30:00Z', 3)).toEqual([
      '2026-03-29T01:00',
      '2026-03-29T01:15',
      '2026-03-29T01:30',
    ])
  })

  test('fires a time that spring skips also when it is asked for in the last second before', () => {
    const daily = parseCron('30 2 * * *')
    const change = Date.UTC(2026, 2, 29, 1)
    for (const before of [1001, 1000, 999, 1])
      expect([before, nextOccurrence(daily, 'Europe/Berlin', change - before)]).toEqual([before, change])
    expect(nextOccurrence(daily, 'Europe/Berlin', change)).toBe(change + DAY_MS - 1_800_000)
    // Samoa skipped a day.
    const skipped = Date.UTC(2011, 11, 30, 10)
    expect(nextOccurrence(parseCron('0 12 * * *'), 'Pacific/Apia', skipped - 1)).toBe(skipped + DAY_MS / 2)
  })

  test('fires a time that autumn repeats once, the first time', () => {
    expect(occurrences('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ])
    // Asked between the two, and at the moment of the change.
    expect(occurrences('45 2 * * *', 'Europe/Berlin', '2026-10-25T01:00:00Z', 1)).toEqual([
      '2026-10-26T01:45',
    ])
  })

  test.each([
    ['2026-10-24T23:59:00Z', 'Europe/Berlin'],
    ['2026-03-28T23:59:00Z', 'Europe/Berlin'],
    ['2026-04-04T12:59:00Z', 'Australia/Lord_Howe'],
  ])('loses and doubles no half hour in the four hours after %s in %s', (after, zone) => {
    const start = Date.parse(after) + 60_000
    expect(occurrences('*/30 * * * *', zone, after, 8).map(at => Date.parse(`${at}Z`))).toEqual(
      Array.from({ length: 8 }, (_, i) => start + i * 1_800_000),
    )
  })

  test('fires what is skipped before midnight when the next day begins', () => {
    // Greenland's clocks go from 23:00 on Saturday to midnight.
    expect(occurrences('30 23 * * *', 'America/Nuuk', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ])
  })

  test('fires a time once also where clocks are put back by many hours, and others by the time that passes', () => {
    // Vostok's clocks went from midnight back to 17:00, so that the evening came twice.
    expect(occurrences('0 22 * * *', 'Antarctica/Vostok', '1994-01-31T14:00:00Z', 2)).toEqual([
      '1994-01-31T15:00',
      '1994-02-01T22:00',
    ])
    expect(occurrences('0 */22 * * *', 'Antarctica/Vostok', '1994-01-31T14:00:00Z', 3)).toEqual([
      '1994-01-31T15:00',
      '1994-01-31T22:00',
      '1994-02-01T00:00',
    ])
  })

  test('passes over a day that does not exist', () => {
    expect(occurrences('0 12 30 * *', 'Pacific/Apia', '2011-12-01T00:00:00Z', 1)).toEqual([
      '2012-01-29T22:00',
    ])
  })
})
