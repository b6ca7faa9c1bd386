import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { LoopDelay } from '../../src/app/loop-delay.ts'
import { ManualClock } from '../../src/base/clock.ts'

const MINUTE = 60_000

test('a delay of the event loop is told of for a minute or two, and no longer, though nobody asks meanwhile', async () => {
  const clock = new ManualClock()
  const delay = new LoopDelay(clock)
  onTestFinished(() => delay.close())
  await sleep(100)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000)
  await sleep(100)
  expect(delay.p99Ms).toBeGreaterThan(1500)
  await clock.advance(MINUTE)
  expect(delay.p99Ms).toBeGreaterThan(1500)
  await sleep(100)
  await clock.advance(MINUTE)
  expect(delay.p99Ms).toBeLessThan(1500)
})
