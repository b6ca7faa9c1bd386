import { Cron } from 'croner'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextOccurrence, parseCron } from '../../../../src/runtime/sources/cron/occurrences.ts'
import { spanAt } from '../../../../src/runtime/sources/cron/zones.ts'

const DAY_MS = 86_400_000
const MOST_HOURS_MS = 2 * 3_600_000
/** For long runs. */
const TIMEOUT_MS = 3_600_000

describe('croner agrees', () => {
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')]
  const [FROM, TO] = [Date.UTC(1990, 0, 1), Date.UTC(2040, 0, 1)]
  /** `RUNS=50` makes fifty times as many, with a seed of its own each time. */
  const runs = (usual: number, seed: number) => {
    const times = Number(process.env.RUNS ?? 1)
    return times > 1 ? { numRuns: usual * times } : { numRuns: usual, seed }
  }
  const within = (min: number, max: number) => fc.integer({ min, max })
  const field = (min: number, max: number) =>
    fc.oneof(
      within(min, max).map(String),
      fc.constant('*'),
      within(1, Math.min(12, max - min + 1)).map(step => `*/${step}`),
      fc.uniqueArray(within(min, max), { minLength: 2, maxLength: 4 }).map(list => list.join(',')),
      fc.tuple(within(min, max), within(min, max)).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
      fc.tuple(within(min, max), within(1, 5)).map(([from, step]) => `${from}-${max}/${step}`),
    )
  const expression = fc
    .tuple(
      fc.oneof({ weight: 4, arbitrary: fc.constant('') }, { weight: 1, arbitrary: field(0, 59) }),
      field(0, 59),
      field(0, 23),
      fc.oneof(field(1, 28), fc.constantFrom('*', '*', 'L', '15W', 'LW', '1W')),
      fc.oneof(fc.constant('*'), field(1, 12), fc.constantFrom('JAN', 'MAR,OCT')),
      fc.oneof(fc.constant('*'), field(0, 6), fc.constantFrom('MON', '5#2', '5L', 'FRI-SAT')),
    )
    .map(fields => fields.join(' ').trim())

  function agree(text: string, zone: string, after: number, count: number): void {
    const [dayOfMonth, , dayOfWeek] = text.split(' ').slice(-3) as [string, string, string]
    // Croner takes a step in a day field for a restriction; classic cron, whose rule is ours, does not.
    const domAndDow = dayOfMonth.startsWith('*') || dayOfWeek.startsWith('*')
    const oracle = new Cron(text, { timezone: zone, domAndDow, fixedTimeRule: 'no-wildcard' })
    const fields = parseCron(text)
    let at = after
    for (let i = 0; i < count; i++) {
      const ours = nextOccurrence(fields, zone, at)
      const theirs = oracle.nextRun(new Date(at))?.getTime()
      // Rare days, such as a 29 January that is a second Friday, may lie beyond our 8 years.
      if (ours === undefined && theirs !== undefined && theirs > at + 8 * 366 * DAY_MS) return
      const isOurRule = fields.isFixedTime
        ? endsSkippedMidnight(zone, ours) || comesTwice(zone, theirs)
        : comesTwice(zone, ours)
      if (ours !== theirs && !isOurRule) expect([text, zone, at, ours]).toEqual([text, zone, at, theirs])
      if (ours === undefined) return
      at = ours
    }
  }

  /** Croner lets a time drop out that is skipped before midnight; we fire it when the next day begins. */
  function endsSkippedMidnight(zone: string, at: number | undefined): boolean {
    if (at === undefined) return false
    const { startAt, offsetMs, offsetBeforeMs } = spanAt(zone, at)
    return startAt === at && localDay(at + offsetMs) !== localDay(at + offsetBeforeMs)
  }
  /**
   * Where clocks are put back by many hours, croner has a fixed time fire both times it comes, and others once. Ours
   * does as it does for an hour: see the tests of occurrences.
   */
  function comesTwice(zone: string, at: number | undefined): boolean {
    if (at === undefined) return false
    const { startAt, offsetMs, offsetBeforeMs } = spanAt(zone, at)
    const backMs = offsetBeforeMs - offsetMs
    return backMs > MOST_HOURS_MS && at - startAt < backMs
  }
  const localDay = (local: number) => Math.floor(local / DAY_MS)

  test('about any expression in any zone and year', { timeout: TIMEOUT_MS }, () => {
    const second = within(FROM / 1000, TO / 1000)
    fc.assert(
      fc.property(expression, fc.constantFrom(...zones), second, (text, zone, from) => {
        agree(text, zone, from * 1000, 4)
      }),
      runs(800, 23),
    )
  })

  test('about the hours around a change of the clocks', { timeout: TIMEOUT_MS }, () => {
    const times = fc
      .tuple(
        fc.oneof({ weight: 4, arbitrary: fc.constant('') }, { weight: 1, arbitrary: field(0, 59) }),
        field(0, 59),
        fc.oneof(field(0, 23), field(0, 4), within(22, 23).map(String)),
      )
      .map(([second, minute, hour]) => `${second} ${minute} ${hour} * * *`.trim())
    const year = within(1990, 2039)
    fc.assert(
      fc.property(times, fc.constantFrom(...zones), year, within(-240, 180), (text, zone, from, minutes) => {
        for (const change of changesOf(zone, from)) agree(text, zone, change + minutes * 60_000, 8)
      }),
      runs(1_200, 24),
    )
  })

  test('about the seconds around a change of the clocks', { timeout: TIMEOUT_MS }, () => {
    const year = within(1990, 2039)
    const times = fc.tuple(field(0, 59), field(0, 59), field(0, 4)).map(parts => `${parts.join(' ')} * * *`)
    fc.assert(
      fc.property(times, fc.constantFrom(...zones), year, within(-4000, 4000), (text, zone, from, ms) => {
        for (const change of changesOf(zone, from)) agree(text, zone, change + ms, 3)
      }),
      runs(1_200, 25),
    )
  })

  /** The changes of a zone's clocks in a year. */
  function changesOf(zone: string, year: number): number[] {
    const end = Date.UTC(year + 1, 0, 1)
    const found: number[] = []
    for (let at = Date.UTC(year, 0, 1); at < end; at = spanAt(zone, at).endAt) {
      const { startAt, offsetMs, offsetBeforeMs } = spanAt(zone, at)
      if (offsetMs !== offsetBeforeMs && startAt >= Date.UTC(year, 0, 1)) found.push(startAt)
    }
    return found
  }
})
