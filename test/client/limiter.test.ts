import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.ts'
import { Limiter } from '../../src/client/index.ts'

const MINUTE = 60_000

/** Headers of an answer, as JMessage and our server give them. */
const headers =
  (limit: number, remaining: number, reset: number) =>
  (name: string): string | undefined =>
    ({
      'x-rate-limit-limit': `${limit}`,
      'x-rate-limit-remaining': `${remaining}`,
      'x-rate-limit-reset': `${reset}`,
    })[name]

/** A limiter to which JMessage has answered once. */
function known(quota: number | 'auto', clock = new ManualClock()): { limiter: Limiter; clock: ManualClock } {
  const limiter = new Limiter(clock, quota)
  limiter.tryEnter('reply')
  limiter.leave(() => undefined, 200)
  return { limiter, clock }
}

/** How many calls can be made at once. */
function burst(limiter: Limiter, priority: 'reply' | 'notice' | 'bulk'): number {
  let calls = 0
  while (limiter.tryEnter(priority)) calls++
  return calls
}

test('in no minute are there more calls than the quota, however they come and however long they take', async () => {
  const arrivals = fc.array(
    fc.record({
      waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 })),
      takesMs: fc.integer({ min: 0, max: 5000 }),
      priority: fc.constantFrom('reply' as const, 'notice' as const, 'bulk' as const),
      urgent: fc.boolean(),
    }),
    { maxLength: 400 },
  )
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 40 }), arrivals, async (quota, calls) => {
      const { limiter, clock } = known(quota)
      // JMessage may count a call at any moment between when it leaves and when it is answered.
      const spans: [from: number, to: number][] = [[clock.now(), clock.now()]]
      for (const { waitMs, takesMs, priority, urgent } of calls) {
        await clock.advance(waitMs)
        if (!limiter.tryEnter(priority, urgent)) continue
        const from = clock.now()
        spans.push([from, from + takesMs])
        clock.after(takesMs, () => limiter.leave(() => undefined, 200))
      }
      for (const [start] of spans) {
        const counted = spans.filter(([from, to]) => to >= start && from < start + MINUTE)
        const inMinute = counted.filter(([from]) => from >= start).length
        expect(inMinute).toBeLessThanOrEqual(quota)
        // Even where JMessage counts those late that left before, and the rest early.
        const late = counted.filter(([from]) => from < start).length
        expect(late + inMinute).toBeLessThanOrEqual(quota)
      }
    }),
    { numRuns: 60 },
  )
})

test('what goes to many leaves a sixth to others, and goes evenly', async () => {
  const { limiter, clock } = known(600)
  let bulk = 0
  for (let ms = 0; ms < MINUTE; ms += 50) {
    while (limiter.tryEnter('bulk')) {
      bulk++
      limiter.leave(() => undefined, 200)
    }
    await clock.advance(50)
  }
  expect(bulk).toBeGreaterThan(490)
  expect(bulk).toBeLessThanOrEqual(512)
  expect(burst(limiter, 'bulk')).toBeLessThan(12)
  const notices = burst(limiter, 'notice')
  expect(notices).toBeGreaterThan(30)
  expect(burst(limiter, 'reply')).toBeGreaterThan(40)
})

test('what JMessage tells of its quota goes over what was counted', async () => {
  const { limiter, clock } = known('auto')
  expect(limiter.state).toMatchObject({ limit: 600, left: 599 })
  // Another process has used up most of it.
  limiter.tryEnter('reply')
  limiter.leave(headers(1200, 5, 10), 200)
  expect(limiter.state).toMatchObject({ limit: 1200, left: 5 })
  expect(burst(limiter, 'reply')).toBe(5)
  expect(limiter.state).toMatchObject({ left: 0, resetAt: expect.any(Number) })
  for (let n = 0; n < 5; n++) limiter.leave()
  await clock.advance(10_000)
  expect(limiter.state.left).toBe(1200 - 7)
})

test('a quota that was set is not gone above, whatever JMessage tells', () => {
  const { limiter } = known(100)
  limiter.tryEnter('reply')
  limiter.leave(headers(6000, 5999, 60), 200)
  expect(limiter.state.limit).toBe(100)
  limiter.tryEnter('reply')
  limiter.leave(headers(50, 49, 60), 200)
  expect(limiter.state.limit).toBe(50)
})

test('after a 429 nothing leaves for as long as JMessage says', async () => {
  const { limiter, clock } = known(600)
  limiter.tryEnter('reply')
  limiter.leave(name => (name === 'retry-after' ? '7' : undefined), 429)
  await clock.advance(6999)
  expect(burst(limiter, 'reply')).toBe(0)
  await clock.advance(1)
  expect(burst(limiter, 'reply')).toBe(598)
})

test('until JMessage has answered only a few calls leave, as an earlier process may have used the quota up', () => {
  const limiter = new Limiter(new ManualClock(), 600)
  expect(burst(limiter, 'reply')).toBe(4)
  limiter.leave(headers(600, 0, 30), 200)
  expect(burst(limiter, 'reply')).toBe(0)
})

test('reads wait for the quota in their order, and go on when there is more', async () => {
  const { limiter, clock } = known(3)
  const done: number[] = []
  for (let n = 0; n < 6; n++) void limiter.enter().then(() => done.push(n))
  await clock.advance(0)
  expect(done).toEqual([0, 1])
  limiter.leave()
  limiter.leave()
  await clock.advance(MINUTE + 1000)
  expect(done.slice(0, 3)).toEqual([0, 1, 2])
})

test('a clock that is set back neither gives quota away nor holds it for ever', async () => {
  const clock = new ManualClock()
  let ahead = 0
  const skewed = { now: () => clock.now() + ahead, after: clock.after.bind(clock) }
  const limiter = new Limiter(skewed, 10)
  limiter.tryEnter('reply')
  limiter.leave(() => undefined, 200)
  for (let n = burst(limiter, 'reply'); n > 0; n--) limiter.leave()
  ahead = -3_600_000
  expect(limiter.state.left).toBe(0)
  await clock.advance(MINUTE + 1000)
  expect(limiter.state.left).toBe(10)
})

test('says how long so many calls take', () => {
  const { limiter } = known(600)
  expect(limiter.estimateMs(2000, 'bulk')).toBe(240_000)
  expect(limiter.estimateMs(10, 'reply')).toBe(1000)
})

test('an answer that was overtaken gives nothing back', () => {
  const { limiter } = known(600)
  for (let n = 0; n < 2; n++) limiter.tryEnter('reply')
  limiter.leave(headers(600, 10, 30), 200)
  limiter.leave(headers(600, 11, 30), 200)
  expect(limiter.state.left).toBe(10)
})

test('an answer to an earlier call does not lift the hold of a 429', () => {
  const { limiter } = known(600)
  for (let n = 0; n < 2; n++) limiter.tryEnter('reply')
  limiter.leave(name => (name === 'retry-after' ? '40' : undefined), 429)
  limiter.leave(headers(600, 3, 30), 200)
  expect(burst(limiter, 'reply')).toBe(0)
})

test('nobody waits for a client that is closed', async () => {
  const { limiter } = known(1)
  const read = limiter.enter()
  limiter.close()
  await expect(read).rejects.toMatchObject({ code: 'client.closed' })
})
