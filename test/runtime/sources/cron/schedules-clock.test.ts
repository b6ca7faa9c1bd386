import fc from 'fast-check'
import { expect, test } from 'vitest'
import { goneFor, process } from './schedules-world.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

test('when a clock that was ahead is set right, a schedule goes on at once, and no moment comes twice', async () => {
  const p = await process()
  p.machine.aheadMs = 2 * HOUR + 15 * MINUTE
  p.add('hourly', '0 * * * *', { overlap: true })
  await p.schedules.start()
  await p.clock.advance(50 * MINUTE)
  p.machine.aheadMs = 0
  await p.clock.advance(4 * HOUR)
  expect(p.fired.map(([, hour]) => hour)).toEqual([3, 1, 2, 4])
  expect(p.late).toEqual([0, 0, 0, 0])
})

test('when the clock is set wrong, back by hours, no moment comes twice', async () => {
  const p = await process()
  p.add('hourly', '0 * * * *', { overlap: true })
  await p.schedules.start()
  await p.clock.advance(2.5 * HOUR)
  p.machine.aheadMs = -2 * HOUR
  await p.clock.advance(4 * HOUR)
  expect(p.fired.map(([, hour]) => hour)).toEqual([1, 2, 3, 4])
})

test('a moment just after the clock was set back fires within a minute', async () => {
  const p = await process()
  p.machine.aheadMs = 2 * HOUR + 7 * MINUTE + 13 * SECOND
  p.add('hourly', '0 * * * *', { overlap: true, missed: 'skip' })
  await p.schedules.start()
  await p.clock.advance(HOUR - 10 * SECOND)
  p.machine.aheadMs = 0
  await p.clock.advance(MINUTE)
  expect(p.fired.map(([, hour]) => hour)).toEqual([3, 1])
  expect(p.late).toEqual([0, 47 * SECOND])
})

test('what was missed after the clock was set back is made up for, also by the next process', async () => {
  const p = await process()
  p.machine.aheadMs = 2 * HOUR + 15 * MINUTE
  p.add('hourly', '0 * * * *', { missed: 'once' })
  await p.schedules.start()
  await p.clock.advance(50 * MINUTE)
  await p.done()
  p.machine.aheadMs = 0
  await p.clock.advance(2 * MINUTE)
  const next = await goneFor(p, HOUR)
  next.add('hourly', '0 * * * *', { missed: 'once' })
  await next.schedules.start()
  expect([p.fired, next.fired].map(fired => fired.map(([, hour]) => hour))).toEqual([[3], [1]])
})

test('property: however the clock is set, each moment that it comes to fires once', async () => {
  const leg = fc.record({
    setMs: fc.integer({ min: -3 * HOUR, max: 3 * HOUR }),
    // As long as it may take until that is seen.
    runsMs: fc.integer({ min: MINUTE, max: 40 * MINUTE }),
  })
  const every = fc.constantFrom(1, 7, 30)
  await fc.assert(
    fc.asyncProperty(fc.array(leg, { minLength: 1, maxLength: 5 }), every, async (legs, minutes) => {
      const p = await process()
      p.add('often', `*/${minutes} * * * *`, { overlap: true })
      await p.schedules.start()
      const begin = p.clock.now()
      const due = new Set<number>()
      for (const { setMs, runsMs } of legs) {
        p.machine.aheadMs += setMs
        const from = p.clock.now() + p.machine.aheadMs
        await p.clock.advance(runsMs)
        for (let at = Math.floor(from / MINUTE + 1) * MINUTE; at <= from + runsMs; at += MINUTE)
          if (((at % HOUR) / MINUTE) % minutes === 0) due.add(at)
      }
      const fired = p.deliveries.map(({ event }) => (event.data as { scheduledAt: number }).scheduledAt)
      await p.schedules.stop()
      await p.store.close()
      // Whether the schedule was there, or came just afterwards, cannot be told when the clock is set back by so little.
      for (const at of due) if (at <= begin && at > begin - MINUTE) due.delete(at)
      expect(new Set(fired).size).toBe(fired.length)
      expect([...due].filter(at => !fired.includes(at))).toEqual([])
    }),
    { numRuns: 40 },
  )
}, 120_000)
