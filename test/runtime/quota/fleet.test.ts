import { expect, test } from 'vitest'
import type { Priority } from '../../../src/base/priority.ts'
import { MINUTE_MS } from '../../../src/client/count.ts'
import { fleet, LEAST, type Node, SECOND, WRONG } from './fleet.ts'

/** How long the calls of a priority that were asked for at these times had to wait. */
const waits = (node: Node, priority: Priority, asked: readonly number[]): number[] =>
  asked.map((at, index) => (node.made[priority][index] ?? Number.POSITIVE_INFINITY) - at)

for (const quota of [undefined, 600])
  test(`three nodes that always have something to say use the quota, share it, and do not exceed it (${quota ? 'JMessage tells of it' : 'JMessage tells nothing'})`, async () => {
    const { counter, nodes, minutes, rows, every } = fleet(WRONG)
    counter.quota = quota
    // More than can be said, bit by bit.
    for (const [index, node] of nodes.entries()) every(170 + index * 10, () => node.want('reply', 1))
    const used = await minutes(20)
    expect(counter.most()).toBeLessThanOrEqual(600)
    expect(Math.min(...used)).toBeGreaterThanOrEqual(LEAST)
    for (const node of nodes) expect(node.made.reply.length).toBeGreaterThan((20 * 600) / 3 / 1.2)
    // Far fewer requests than calls.
    expect(rows.replaced).toBeLessThan(20 * 200)
  })

test('nodes that have everything to say at once share what there is in the end', async () => {
  const { counter, nodes, minutes } = fleet(WRONG)
  for (const node of nodes) node.want('reply', 6000)
  const used = await minutes(10)
  expect(counter.most()).toBeLessThanOrEqual(600)
  expect(Math.min(...used)).toBeGreaterThanOrEqual(LEAST)
  for (const node of nodes) expect(node.made.reply.length).toBeGreaterThan(1500)
})

test('calls that come evenly, and are fewer than the quota, need not wait', async () => {
  const { time, nodes, every, rows, minutes } = fleet(WRONG)
  const asked = nodes.map((): number[] => [])
  for (const [index, node] of nodes.entries())
    every(400 + index * 10, () => {
      asked[index]!.push(time.now())
      node.want('reply', 1)
    })
  await minutes(3)
  const before = rows.replaced
  await minutes(2)
  // 880 calls.
  expect(rows.replaced - before).toBeLessThan(450)
  for (const [index, node] of nodes.entries()) {
    const late = waits(node, 'reply', asked[index]!.slice(0, -1)).filter(ms => ms > 0)
    expect(late.length).toBeLessThan(asked[index]!.length / 20)
    expect(Math.max(0, ...late)).toBeLessThan(100)
  }
})

test('at 200,000 a minute the nodes ask no more often', async () => {
  const { counter, nodes, minutes, rows } = fleet(WRONG.map(wrong => ({ ...wrong, quota: 200_000 })))
  counter.slowMs = 20
  for (const node of nodes) node.want('reply', 200_000)
  const used = await minutes(1)
  expect(counter.most()).toBeLessThanOrEqual(200_000)
  expect(Math.min(...used)).toBeGreaterThan(200_000 * 0.97)
  expect(rows.replaced).toBeLessThan(250)
})

test('an answer goes at once, however much another node has for many', async () => {
  const { time, nodes, counter, minutes } = fleet(WRONG)
  const [busy, quiet] = nodes
  busy!.want('bulk', 100_000)
  await minutes(2)
  const asked: number[] = []
  for (let n = 0; n < 20; n++) {
    await time.pass(5000)
    asked.push(time.now())
    quiet!.want('reply', 1)
  }
  await time.pass(SECOND)
  expect(Math.max(...waits(quiet!, 'reply', asked))).toBeLessThan(200)
  expect(counter.most()).toBeLessThanOrEqual(600)
})

test('a node that has little to say gets all of it said, though others could use up everything', async () => {
  const { time, nodes, counter, minutes, every } = fleet(WRONG)
  const [first, second, quiet] = nodes
  for (const node of [first!, second!]) every(100, () => node.want('reply', 1))
  await minutes(5)
  const asked: number[] = []
  for (let n = 0; n < 60; n++) {
    await time.pass(4000)
    asked.push(time.now())
    quiet!.want('reply', 1)
  }
  // When the quota is used up, it is for everybody: until calls of a minute ago no longer count.
  expect(Math.max(...waits(quiet!, 'reply', asked.slice(0, -15)))).toBeLessThan(MINUTE_MS)
  expect(first!.waiting.reply).toBeGreaterThan(500)
  expect(counter.most()).toBeLessThanOrEqual(600)
})

test('what goes to many leaves its reserve to the answers and notices of other nodes', async () => {
  const { time, nodes, counter, minutes } = fleet(WRONG)
  const [first, second, third] = nodes
  first!.want('bulk', 100_000)
  second!.want('bulk', 100_000)
  const used = await minutes(3)
  expect(Math.max(...used)).toBeLessThanOrEqual(500)
  expect(Math.min(...used)).toBeGreaterThan(500 * 0.97)
  third!.want('notice', 30)
  await time.pass(SECOND)
  expect(third!.waiting.notice).toBe(0)
  // A twelfth is for answers alone.
  third!.want('notice', 80)
  await time.pass(SECOND)
  expect(third!.waiting.notice).toBeGreaterThan(30)
  third!.want('reply', 45)
  await time.pass(SECOND)
  expect(third!.waiting.reply).toBe(0)
  expect(counter.most()).toBeLessThanOrEqual(600)
})

test('what goes to many is shared by the nodes, and goes evenly', async () => {
  const { nodes, counter, minutes, time } = fleet(WRONG)
  for (const node of nodes) node.want('bulk', 100_000)
  await minutes(5)
  for (const { made } of nodes) expect(made.bulk.length).toBeGreaterThan((5 * 500) / 3 / 1.2)
  const from = time.now() - MINUTE_MS
  for (let n = 0; n < 10; n++) {
    const some = counter.between(from + n * 6000, from + (n + 1) * 6000)
    expect(some).toBeGreaterThan(35)
    expect(some).toBeLessThan(65)
  }
})
