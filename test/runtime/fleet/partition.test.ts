import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readNews, writeNews } from '../../../src/runtime/fleet/news.ts'
import { PARTITIONS, partitionOf } from '../../../src/runtime/fleet/partition.ts'
import type { News } from '../../../src/runtime/fleet/place.ts'
import { SharedClock } from '../../../src/runtime/fleet/shared-clock.ts'

test('a conversation is in the same part for ever', () => {
  expect(['group:10000001', 'single:alice>bot', 'hook:deploy:站', ''].map(partitionOf)).toEqual([
    ...[partitionOf('group:10000001'), partitionOf('single:alice>bot')],
    ...[partitionOf('hook:deploy:站'), partitionOf('')],
  ])
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const part = partitionOf(text)
      expect(Number.isInteger(part) && part >= 0 && part < PARTITIONS).toBe(true)
    }),
  )
})

test('conversations that differ in little are spread over all parts', () => {
  const counts = new Array<number>(PARTITIONS).fill(0)
  const each = 200
  for (let n = 0; n < PARTITIONS * each; n++) counts[partitionOf(`group:${10_000_001 + n}`)]!++
  expect(Math.min(...counts)).toBeGreaterThan(each / 2)
  expect(Math.max(...counts)).toBeLessThan(each * 2)
})

const someNews: fc.Arbitrary<News> = fc.oneof(
  fc.record({ kind: fc.constant('event' as const), partition: fc.nat(63), id: fc.string() }),
  fc.record({
    kind: fc.constant('call' as const),
    partition: fc.nat(63),
    key: fc.string({ unit: 'binary' }),
  }),
  fc.record({ kind: fc.constant('job' as const), dueAt: fc.nat() }),
  fc.record({ kind: fc.constant('fleet' as const) }),
)

test('property: news arrives whole and in its order, in texts that PostgreSQL takes', () => {
  fc.assert(
    fc.property(fc.array(someNews, { maxLength: 400 }), news => {
      const texts = writeNews(news)
      for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThan(8000)
      expect(texts.flatMap(readNews)).toEqual(news)
    }),
  )
})

test('news of another version is passed over', () => {
  expect(readNews('{"kind":"fleet"}\nnonsense\n{"kind":"fleet"}')).toEqual([
    { kind: 'fleet' },
    { kind: 'fleet' },
  ])
})

test('property: a shared clock is right within the error that it tells, and never goes back', () => {
  const measurement = fc.record({
    /** Until the database is asked, on the way there, and on the way back: ms. */
    pause: fc.integer({ min: 0, max: 20_000 }),
    there: fc.integer({ min: 0, max: 50 }),
    back: fc.integer({ min: 0, max: 50 }),
  })
  const skew = fc.integer({ min: -5000, max: 5000 })
  fc.assert(
    fc.property(skew, fc.array(measurement, { minLength: 1, maxLength: 30 }), (skewMs, measurements) => {
      let now = 1_800_000_000_000
      const steady = () => now - 1_700_000_000_000
      const base = { now: () => now + skewMs, after: () => () => {} }
      const clock = new SharedClock({ base, steady })
      let shown = 0
      for (const [index, { pause, there, back }] of measurements.entries()) {
        if (index > 0) now += pause
        const asked = steady()
        now += there
        const at = now
        now += back
        clock.measured(at, asked, steady())
        const later = clock.now()
        expect(later).toBeGreaterThanOrEqual(shown)
        // It may stand still for a while where it was ahead.
        if (later > shown) expect(Math.abs(later - now)).toBeLessThanOrEqual(clock.errorMs + 1)
        shown = later
      }
    }),
  )
})
