import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { backoffMs } from '../../src/base/backoff.ts'
import { ManualClock, sleep, systemClock } from '../../src/base/clock.ts'

test('a stopped clock calls what falls due in its order, as time is moved', async () => {
  const clock = new ManualClock(0)
  const calls: string[] = []
  clock.after(20, () => calls.push(`b${clock.now()}`))
  clock.after(10, () => {
    calls.push(`a${clock.now()}`)
    clock.after(5, () => calls.push(`c${clock.now()}`))
  })
  clock.after(12, () => calls.push('never'))()
  await clock.advance(30)
  expect(calls).toEqual(['a10', 'c15', 'b20'])
  expect(clock.now()).toBe(30)
})

test('a stopped clock with many timers calls all but the cancelled ones, in their order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ ms: fc.nat(20), isCancelled: fc.boolean() }), { maxLength: 30 }),
      async timers => {
        const clock = new ManualClock(0)
        const calls: number[] = []
        const cancels = timers.map(({ ms }, index) => clock.after(ms, () => calls.push(index)))
        for (const [index, cancel] of cancels.entries()) if (timers[index]!.isCancelled) cancel()
        await clock.advance(20)
        const expected = [...timers.entries()]
          .filter(([, { isCancelled }]) => !isCancelled)
          .sort(([a, { ms: aMs }], [b, { ms: bMs }]) => aMs - bMs || a - b)
          .map(([index]) => index)
        expect(calls).toEqual(expected)
      },
    ),
    { numRuns: 50 },
  )
})

test('sleep ends with the signal, and leaves no timer', async () => {
  const clock = new ManualClock(0)
  const controller = new AbortController()
  const asleep = sleep(clock, 1000, controller.signal)
  controller.abort(new Error('enough'))
  await expect(asleep).rejects.toThrow('enough')
  await expect(sleep(clock, 10, controller.signal)).rejects.toThrow('enough')
})

test("the machine's clock waits longer than setTimeout can, and can be cancelled", () => {
  vi.useFakeTimers()
  try {
    const run = vi.fn()
    const days = 60 * 86_400_000
    systemClock.after(days, run)
    const cancel = systemClock.after(days, () => run('cancelled'))
    vi.advanceTimersByTime(days - 1)
    expect(run).not.toHaveBeenCalled()
    cancel()
    vi.advanceTimersByTime(1)
    expect(run.mock.calls).toEqual([[]])
  } finally {
    vi.useRealTimers()
  }
})

test('waits double up to the longest, with up to half taken off', () => {
  const waits = (random: number) =>
    [1, 2, 3, 4, 50, 5000].map(n => backoffMs(n, { firstMs: 100, longestMs: 700, random: () => random }))
  expect(waits(1)).toEqual([100, 200, 400, 700, 700, 700])
  expect(waits(0.5)).toEqual([50, 100, 200, 350, 350, 350])
  expect(waits(0)).toEqual([0, 0, 0, 0, 0, 0])
})
