import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Priority } from '../../../src/base/priority.ts'
import { MINUTE_MS } from '../../../src/client/count.ts'
import { fleet, LEAST, SECOND, WRONG } from './fleet.ts'

test('a 429 that one node hears holds the others, until JMessage says', async () => {
  const { time, nodes, counter, every } = fleet(WRONG)
  for (const node of nodes) every(1000, () => node.want('reply', 1))
  await time.pass(MINUTE_MS + 5000)
  // Another program uses everything up.
  counter.quota = 600
  counter.useUp(600)
  const begun = time.now()
  await time.pass(4000)
  const made = () => nodes.reduce((all, node) => all + node.made.reply.length, 0)
  const before = made()
  // None tries until the minute is over.
  await time.pass(MINUTE_MS - (time.now() % MINUTE_MS) - 100)
  expect(made()).toBe(before)
  // But for the few that were on their way none was made for nothing.
  expect(
    before - nodes.reduce((all, node) => all + node.made.reply.filter(at => at < begun).length, 0),
  ).toBeLessThan(10)
  await time.pass(4000)
  expect(made()).toBeGreaterThan(before)
})

test('what JMessage tells of another limit holds for all nodes', async () => {
  const { time, nodes, counter } = fleet(WRONG.map(wrong => ({ ...wrong, quota: 'auto' as const })))
  const [first, second] = nodes
  counter.quota = 1200
  first!.want('reply', 1)
  await time.pass(SECOND)
  second!.want('reply', 1)
  await time.pass(SECOND)
  expect(second!.limiter.state).toMatchObject({ limit: 1200 })
})

test('until JMessage has answered one of the nodes, all together make but a few calls', async () => {
  const { time, nodes, counter } = fleet(WRONG)
  counter.slowMs = 10_000
  for (const node of nodes) node.want('reply', 100)
  await time.pass(300)
  expect(nodes.reduce((all, node) => all + node.made.reply.length, 0)).toBe(4)
})

test('calls wait while the database is away, and go on when it is back', async () => {
  const { time, nodes, rows, counter, every, minutes } = fleet(WRONG)
  for (const node of nodes) every(1000, () => node.want('reply', 1))
  await minutes(1)
  rows.isAway = true
  // What was granted may be used up.
  await time.pass(8000)
  const before = counter.times.length
  await minutes(2)
  expect(counter.times.length).toBe(before)
  expect(nodes[0]!.limiter.state.left).toBe(0)
  rows.isAway = false
  await time.pass(6000)
  expect(nodes.map(({ waiting }) => waiting.reply)).toEqual([0, 0, 0])
  expect(counter.most()).toBeLessThanOrEqual(600)
})

test('what a node held that died counts until it could not have used it, and is free again then', async () => {
  const { nodes, add, counter, minutes, time } = fleet(WRONG)
  for (const node of nodes) node.want('reply', 100_000)
  await minutes(2)
  for (let n = 0; n < 6; n++) {
    nodes.shift()!.kill()
    const next = add({ aheadMs: n * 300 })
    next.want('reply', 100_000)
    nodes.push(next)
    await time.pass(20 * SECOND)
  }
  expect(counter.most()).toBeLessThanOrEqual(600)
  await minutes(2)
  expect(Math.min(...(await minutes(3)))).toBeGreaterThanOrEqual(LEAST)
  expect(counter.most()).toBeLessThanOrEqual(600)
})

test('a node that has nothing to do leaves the database alone, and everything to others', async () => {
  const { nodes, rows, minutes, counter } = fleet(WRONG)
  for (const node of nodes) node.want('reply', 20)
  await minutes(1)
  const before = rows.replaced
  await minutes(1)
  expect(rows.replaced).toBe(before)
  nodes[0]!.want('reply', 600)
  await minutes(1)
  expect(nodes[0]!.made.reply.length).toBe(620)
  expect(counter.most()).toBeLessThanOrEqual(600)
})

test('what a node holds that ends is for others at once', async () => {
  const { nodes, time, counter } = fleet([{ quota: 30 }, { quota: 30 }])
  const [first, second] = nodes
  first!.want('reply', 1)
  await time.pass(2000)
  first!.want('reply', 5)
  await time.pass(100)
  const closed = first!.limiter.close()
  await time.pass(SECOND)
  await closed
  first!.kill()
  second!.want('reply', 100)
  await time.pass(10 * SECOND)
  expect(counter.times.length).toBe(30)
})

test('a clock of the database that is set neither gives quota away nor holds it for ever', async () => {
  for (const aheadMs of [-3_600_000, 3_600_000]) {
    const { nodes, rows, minutes, counter } = fleet(WRONG)
    for (const node of nodes) node.want('reply', 100_000)
    await minutes(2)
    const before = counter.times.length
    rows.aheadMs = aheadMs
    await minutes(1)
    // Set ahead, it hides what was counted: that much cannot be known.
    if (aheadMs < 0) expect(counter.most()).toBeLessThanOrEqual(600)
    expect(counter.times.length - before).toBeGreaterThan(LEAST)
    expect(Math.min(...(await minutes(3)))).toBeGreaterThanOrEqual(LEAST)
  }
})

test('property: whatever comes, no minute holds more than the quota and 2 %, and what there is to do is done', async () => {
  const event = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('want' as const),
        priority: fc.constantFrom<Priority>('reply', 'notice', 'bulk'),
        calls: fc.integer({ min: 1, max: 400 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('kill' as const),
        aheadMs: fc.integer({ min: -2000, max: 2000 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('clock' as const),
        aheadMs: fc.integer({ min: -5000, max: 5000 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('away' as const),
        forMs: fc.integer({ min: 100, max: 20_000 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('slow' as const), slowMs: fc.integer({ min: 1, max: 1500 }) }),
    },
  )
  const happening = fc.record({ afterMs: fc.integer({ min: 0, max: 8000 }), node: fc.nat(), event })
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.integer(),
        limit: fc.constantFrom(20, 100, 600, 1000),
        tells: fc.boolean(),
        answersLost: fc.constantFrom(0, 0.05, 0.3),
        callsLost: fc.constantFrom(0, 0.1),
        callMs: fc.integer({ min: 1, max: 4000 }),
      }),
      fc.array(happening, { minLength: 5, maxLength: 40 }),
      async ({ seed, limit, tells, answersLost, callsLost, callMs }, happenings) => {
        const { time, nodes, rows, counter, add, minutes } = fleet(
          WRONG.map(one => ({ ...one, quota: limit })),
          seed,
        )
        counter.quota = tells ? limit : undefined
        counter.slowMs = callMs
        counter.lost = callsLost
        rows.lost = answersLost
        for (const { afterMs, node: number, event } of happenings) {
          await time.pass(afterMs)
          const place = number % nodes.length
          const node = nodes[place]!
          if (event.kind === 'want') node.want(event.priority, event.calls)
          if (event.kind === 'clock') node.clock.set(event.aheadMs)
          if (event.kind === 'slow') rows.slowMs = event.slowMs
          if (event.kind === 'kill') {
            node.kill()
            nodes[place] = add({ quota: limit, aheadMs: event.aheadMs })
          }
          if (event.kind === 'away') {
            rows.isAway = true
            time.after(event.forMs, () => {
              rows.isAway = false
            })
          }
        }
        // Then there is work for everybody, and nothing goes wrong any more.
        await time.pass(25 * SECOND)
        Object.assign(rows, { isAway: false, lost: 0, slowMs: 5 })
        Object.assign(counter, { slowMs: 200, lost: 0 })
        for (const node of nodes) node.want('reply', limit * 10)
        await minutes(2)
        // The calls may come in bursts, a minute apart: what counts is how long so many take.
        const from = time.now()
        await minutes(6)
        const [last] = counter.times.filter(at => at >= from).slice(limit * 5 - 1)
        expect(counter.most()).toBeLessThanOrEqual(limit)
        expect(last! - from).toBeLessThanOrEqual((5 * MINUTE_MS) / 0.97)
      },
    ),
    { numRuns: Number(process.env.RUNS ?? 40) },
  )
})
