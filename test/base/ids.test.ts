import fc from 'fast-check'
import { expect, test } from 'vitest'
import { idMaker } from '../../src/base/ids.ts'

test('ids are 26 letters and digits that begin with the time', () => {
  const makeId = idMaker(() => 1469918176385)
  expect(makeId()).toMatch(/^01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/)
})

test('ids rise, whatever the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 2 ** 46 }), { minLength: 2, maxLength: 50 }), times => {
      let at = 0
      const makeId = idMaker(() => at)
      const ids = times.flatMap(time => {
        at = time
        return [makeId(), makeId(), makeId()]
      })
      expect(ids).toEqual([...ids].sort())
      expect(new Set(ids).size).toBe(ids.length)
    }),
  )
})

test('ids of one millisecond rise and differ', () => {
  const makeId = idMaker(() => 5)
  const ids = Array.from({ length: 100_000 }, makeId)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.every((id, index) => index === 0 || id > ids[index - 1]!)).toBe(true)
})

test('two makers do not make the same ids', () => {
  const [one, other] = [idMaker(() => 5), idMaker(() => 5)]
  expect(one()).not.toBe(other())
})

test('ids follow those of an earlier process, although the clock was set back', () => {
  const before = idMaker(() => 2_000_000)()
  const makeId = idMaker(() => 1_000_000)
  makeId.follow(before)
  const ids = [makeId(), makeId()]
  expect([before, ...ids]).toEqual([before, ...ids].sort())
  const fresh = idMaker(() => 3_000_000)
  const first = fresh()
  fresh.follow(before)
  expect(fresh() > first).toBe(true)
})
