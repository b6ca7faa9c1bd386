import fc from 'fast-check'
import { validateDetailed } from 'node-cron'
import { expect, test } from 'vitest'
import { readPlain } from '../../../../src/runtime/sources/cron/plain.ts'

const RANGES = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const

/** Fields of numbers, ranges and steps; some are out of bounds by a little. */
const field = ([min, max]: readonly [number, number]) => {
  const value = fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min, max }) },
    fc.constantFrom(Math.max(0, min - 1), max + 1),
  )
  const step = fc.integer({ min: 0, max: 70 })
  const item = fc.oneof(
    fc.constant('*'),
    value.map(String),
    value.map(number => String(number).padStart(2, '0')),
    step.map(every => `*/${every}`),
    fc.tuple(value, value).map(([from, to]) => `${from}-${to}`),
    fc.tuple(value, value, step).map(([from, to, every]) => `${from}-${to}/${every}`),
  )
  return fc.array(item, { minLength: 1, maxLength: 3 }).map(items => items.join(','))
}

const sorted = (list: readonly (number | string)[]) =>
  [...new Set(list)].sort((a, b) => Number(a) - Number(b))

test('property: what is read as plain is what node-cron reads', () => {
  let plain = 0
  fc.assert(
    fc.property(fc.tuple(...RANGES.map(field)), words => {
      const lists = readPlain(words)
      if (!lists) return
      plain++
      const { fields } = validateDetailed(words.join(' '))
      const read = Object.entries(fields ?? {}).map(([name, list]) => [name, sorted(list)])
      expect(lists).toEqual(Object.fromEntries(read))
    }),
    { numRuns: 3000 },
  )
  expect(plain).toBeGreaterThan(200)
})

test.each([
  ['names', '0 0 9 * jan mon'],
  ['the last day', '0 0 9 L * *'],
  ['Sunday as 7', '0 0 9 * * 7'],
  ['a start with a step', '0 5/10 * * * *'],
  ['a range from back to front', '0 0 9 * * 5-1'],
  ['a value that is too great', '0 60 * * * *'],
  ['a step of nothing', '0 */0 * * * *'],
  ['a day that a month may not have', '0 0 9 31 2 *'],
  ['an empty item', '0 1,,2 * * * *'],
  ['too few fields', '0 9 * * *'],
])('%s is left to node-cron', (_, expression) => {
  expect(readPlain(expression.split(' '))).toBe(undefined)
})
