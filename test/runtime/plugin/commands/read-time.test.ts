import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instantOf, localTime } from '../../../../src/runtime/plugin/commands/pattern/local-time.ts'
import { readDate, readTime } from '../../../../src/runtime/plugin/commands/pattern/read-time.ts'

/** Thursday, 1 January 2026, half past eight in Shanghai. */
const now = Date.UTC(2026, 0, 1, 0, 30)
const timezone = 'Asia/Shanghai'
const at = (text: string) => Date.parse(`${text}+08:00`)

describe('a time', () => {
  test.each([
    ['14:30', '2026-01-01T14:30:00'],
    ['2:30pm', '2026-01-01T14:30:00'],
    ['2pm', '2026-01-01T14:00:00'],
    ['12am', '2026-01-02T00:00:00'],
    ['12:15pm', '2026-01-01T12:15:00'],
    ['08:30', '2026-01-02T08:30:00'],
    ['08:30:01', '2026-01-01T08:30:01'],
    ['9点', '2026-01-01T09:00:00'],
    ['9点半', '2026-01-01T09:30:00'],
    ['15点20分', '2026-01-01T15:20:00'],
    ['下午3点', '2026-01-01T15:00:00'],
    ['下午15点', '2026-01-01T15:00:00'],
    ['晚上8点半', '2026-01-01T20:30:00'],
    ['中午12点', '2026-01-01T12:00:00'],
    ['中午1点', '2026-01-01T13:00:00'],
    ['凌晨2点', '2026-01-02T02:00:00'],
    ['上午9點', '2026-01-01T09:00:00'],
  ])('%s is the next such moment after the message', (word, time) => {
    expect(readTime(word, { now, timezone })).toBe(at(time))
  })

  test.each([
    '24:00',
    '14:60',
    '14',
    '13pm',
    '0am',
    '1430',
    '25点',
    '晚上3点',
    '上午3点',
    '下午9点',
    '',
    ':',
    '9:5',
  ])('%j is none', word => expect(readTime(word, { now, timezone })).toBeUndefined())

  test('that the clocks skip is when they are put forward', () => {
    const before = Date.UTC(2026, 2, 28, 12)
    expect(readTime('2:30', { now: before, timezone: 'Europe/Berlin' })).toBe(Date.UTC(2026, 2, 29, 1))
  })
})

describe('a date', () => {
  test.each([
    ['2026-12-24', '2026-12-24T00:00:00'],
    ['2026-12-24t15:00', '2026-12-24T15:00:00'],
    ['2026/2/3', '2026-02-03T00:00:00'],
    ['24.12.2026', '2026-12-24T00:00:00'],
    ['2026年12月24日', '2026-12-24T00:00:00'],
    ['today', '2026-01-01T00:00:00'],
    ['今天', '2026-01-01T00:00:00'],
    ['tomorrow', '2026-01-02T00:00:00'],
    ['明天', '2026-01-02T00:00:00'],
    ['后天', '2026-01-03T00:00:00'],
    ['friday', '2026-01-02T00:00:00'],
    ['thu', '2026-01-08T00:00:00'],
    ['周四', '2026-01-08T00:00:00'],
    ['星期天', '2026-01-04T00:00:00'],
    ['礼拜三', '2026-01-07T00:00:00'],
  ])('%s is the start of that day', (word, time) => {
    expect(readDate(word, { now, timezone })).toBe(at(time))
  })

  test.each([
    '2026-02-30',
    '2026-13-01',
    '2026-12-24t24:00',
    '0026-01-01',
    '9999-01-01',
    '1.2',
    '12/24/2026',
    'someday',
    '',
  ])('%j is none', word => expect(readDate(word, { now, timezone })).toBeUndefined())

  test('is of the day that it is in the zone, and begins where the day does', () => {
    expect(readDate('today', { now, timezone: 'America/New_York' })).toBe(Date.UTC(2025, 11, 31, 5))
    // Midnight is skipped there on that day.
    expect(readDate('2026-09-06', { now, timezone: 'America/Santiago' })).toBe(Date.UTC(2026, 8, 6, 4))
    // It comes twice there; the first counts.
    expect(readDate('2026-10-25t02:30', { now, timezone: 'Europe/Berlin' })).toBe(
      Date.UTC(2026, 9, 25, 0, 30),
    )
  })
})

test('what clocks show is when they show it', () => {
  const zones = fc.constantFrom(
    'UTC',
    'Asia/Shanghai',
    'Europe/Berlin',
    'America/Santiago',
    'Australia/Lord_Howe',
  )
  fc.assert(
    fc.property(zones, fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2050, 0) }), (zone, time) => {
      const shown = localTime(zone, time)
      const first = instantOf(zone, shown)
      expect(localTime(zone, first)).toBe(shown)
      expect(first).toBeLessThanOrEqual(time)
    }),
    { seed: 7, numRuns: 500 },
  )
})
