import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  defaultPolicy,
  firingsOf,
  MOST_MISSED,
  policyOf,
} from '../../../../src/runtime/sources/cron/missed.ts'
import { nextOccurrence, parseCron } from '../../../../src/runtime/sources/cron/occurrences.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOON = Date.UTC(2026, 0, 1, 12)

const hourly = { fields: parseCron('0 * * * *'), timezone: 'UTC' }
const hours = (list: readonly number[]) => list.map(at => (at - NOON) / HOUR)

test.each([
  ['skip', 30_000, [0]],
  ['skip', 5 * MINUTE, []],
  ['once', 40 * MINUTE, [0]],
  [{ once: '10m' }, 10 * MINUTE, [0]],
  [{ once: '10m' }, 10 * MINUTE + 1, []],
  [{ all: '6h' }, 0, [-6, -5, -4, -3, -2, -1, 0]],
  [{ all: '6h' }, 1, [-5, -4, -3, -2, -1, 0]],
  [{ all: 90 * MINUTE }, 29 * MINUTE, [-1, 0]],
] as const)('%j makes up %i ms after noon for the hours %j', (rule, late, expected) => {
  const { moments } = firingsOf(hourly, policyOf(rule), NOON - 2 * DAY, NOON + late)
  expect(hours(moments)).toEqual(expected)
})

test('without a rule, a firing of ten minutes ago is made up for, and an older one is not', () => {
  expect(policyOf(undefined)).toBe(defaultPolicy)
  expect(policyOf(undefined)).toEqual(policyOf({ once: '10m' }))
})

test('what is accounted for does not fire again', () => {
  expect(firingsOf(hourly, policyOf({ all: '6h' }), NOON - HOUR, NOON).moments).toEqual([NOON])
  expect(firingsOf(hourly, policyOf('once'), NOON, NOON + 59 * MINUTE).moments).toEqual([])
})

test('of too many, the latest are made up for', () => {
  const secondly = { fields: parseCron('* * * * * *'), timezone: 'UTC' }
  const { moments, cut } = firingsOf(secondly, policyOf({ all: '366d' }), NOON - 300 * DAY, NOON)
  expect([moments.length, cut]).toEqual([MOST_MISSED, true])
  expect([moments[0], moments.at(-1)]).toEqual([NOON - (MOST_MISSED - 1) * 1000, NOON])
})

test.each([
  'never',
  { once: 'soon' },
  { all: '30s' },
  { all: Number.NaN },
  { once: '1m', all: '1m' },
  {},
  null,
])('the rule %j is refused with what is right', rule => {
  expect(() => policyOf(rule as never)).toThrow("missed must be 'skip', 'once', { once: '10m' }")
  expect(() => policyOf(rule as never)).toThrow(expect.objectContaining({ code: 'cron.missed' }))
})

test('property: it makes up for what a plain loop over the occurrences says', () => {
  const expression = fc.constantFrom(
    '* * * * * *',
    '*/7 9-11 * * *',
    '30 2 * * *',
    '0 0 1 * *',
    '5,6 * * * 1',
    '0 0 L-30 2 *',
  )
  const rule = fc.oneof(
    fc.constantFrom('skip' as const, 'once' as const),
    fc.integer({ min: MINUTE, max: 3 * HOUR }).map(once => ({ once })),
    fc.integer({ min: MINUTE, max: 3 * HOUR }).map(all => ({ all })),
  )
  const end = Date.UTC(2026, 9, 25, 6)
  fc.assert(
    fc.property(
      expression,
      rule,
      fc.integer({ min: 0, max: 8 * HOUR }),
      fc.integer({ min: 0, max: 3 * HOUR }),
      (text, missed, before, long) => {
        const times = { fields: parseCron(text), timezone: 'Europe/Berlin' }
        const policy = policyOf(missed)
        const after = end - before
        const until = after + long
        const all: number[] = []
        for (
          let at = nextOccurrence(times.fields, times.timezone, after);
          at !== undefined && at <= until;
        ) {
          if (at >= until - policy.withinMs) all.push(at)
          at = nextOccurrence(times.fields, times.timezone, at)
        }
        const expected = policy.all ? all.slice(-MOST_MISSED) : all.slice(-1)
        expect(firingsOf(times, policy, after, until).moments).toEqual(expected)
      },
    ),
    { numRuns: 300 },
  )
})
