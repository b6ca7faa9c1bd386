import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLog } from '../../../src/base/log.ts'
import { Fleet } from '../../../src/runtime/fleet/fleet.ts'
import type { Worker } from '../../../src/runtime/fleet/fleet-options.ts'
import { PARTITIONS } from '../../../src/runtime/fleet/partition.ts'
import type { News } from '../../../src/runtime/fleet/place.ts'
import { SharedClock } from '../../../src/runtime/fleet/shared-clock.ts'
import { openStore, type Store } from '../../../src/store/index.ts'
import { type RuntimeTables, runtimeSchema } from '../../../src/store/schema/runtime.ts'
import { until } from '../../e2e/until.ts'
import { database } from '../../engine.ts'

/** A node that notes what it is told. */
class Node implements Worker {
  readonly fleet: Fleet
  readonly store: Store<RuntimeTables>
  readonly heard: News[] = []
  looks = 0
  /** Parts that it may begin things of. */
  readonly parts = new Set<number>()
  /** Resolves when it may give up what it has. */
  quiet: Promise<void> = Promise.resolve()

  private constructor(store: Store<RuntimeTables>, skewMs: number) {
    const steady = () => performance.now()
    const base = { ...systemClock, now: () => systemClock.now() + skewMs }
    const shared = new SharedClock({ base, steady })
    this.store = store
    this.fleet = new Fleet({ store, log: silentLog, name: 'node', clock: systemClock, steady, shared })
  }

  static async start(url: string, skewMs = 0): Promise<Node> {
    const store = await openStore(runtimeSchema, { url })
    const node = new Node(store, skewMs)
    await node.fleet.setClock()
    await node.fleet.join()
    await node.fleet.work(node)
    running.push(node)
    return node
  }

  async take(parts: readonly number[], _: boolean, admit: () => void): Promise<void> {
    admit()
    for (const part of parts) this.parts.add(part)
  }

  async leave(parts: readonly number[]): Promise<void> {
    await this.quiet
    for (const part of parts) this.parts.delete(part)
  }

  lose(parts: readonly number[]): void {
    for (const part of parts) this.parts.delete(part)
  }

  hear(news: readonly News[]): void {
    this.heard.push(...news)
  }

  look(): void {
    this.looks++
  }

  sure(): void {}

  async stop(): Promise<void> {
    await this.fleet.leave()
    await this.store.close()
  }

  /** Ends as a power cut would have it. */
  async die(): Promise<void> {
    await this.store.close()
    running.splice(running.indexOf(this), 1)
  }
}

const running: Node[] = []
afterEach(async () => {
  for (const node of running.splice(0)) await node.stop()
})

const sizes = (nodes: readonly Node[]) => nodes.map(({ parts }) => parts.size).sort((a, b) => a - b)
const all = Array.from({ length: PARTITIONS }, (_, number) => number)
const held = (nodes: readonly Node[]) => nodes.flatMap(({ parts }) => [...parts]).sort((a, b) => a - b)

test('a node by itself has all parts, and shares them evenly with those that come', async () => {
  const url = await database()
  const first = await Node.start(url)
  expect(held([first])).toEqual(all)
  const others = [await Node.start(url, 2000), await Node.start(url, -2000)]
  const nodes = [first, ...others]
  await until('all have their share', () => sizes(nodes).join() === '20,22,22')
  expect(held(nodes)).toEqual(all)
})

test('what a node gives up is taken only once nothing of it is under way', async () => {
  const url = await database()
  const first = await Node.start(url)
  let end = () => {}
  first.quiet = new Promise(resolve => {
    end = resolve
  })
  const second = await Node.start(url)
  await new Promise(resolve => setTimeout(resolve, 2500))
  expect(second.parts.size).toBe(0)
  // Nothing new of it is begun meanwhile.
  expect(all.filter(part => first.fleet.has(part))).toHaveLength(32)
  end()
  await until('the second has its share', () => second.parts.size === 32)
  expect(held([first, second])).toEqual(all)
})

test('the parts of a node that ends are taken at once, and those of one that dies within ten seconds', async () => {
  const url = await database()
  const nodes = [await Node.start(url), await Node.start(url), await Node.start(url)]
  await until('all have their share', () => sizes(nodes).join() === '20,22,22')
  const [ends, dies, stays] = nodes as [Node, Node, Node]
  running.splice(running.indexOf(ends), 1)
  await ends.stop()
  await until('its parts are taken', () => held([dies, stays]).length === PARTITIONS, { patienceMs: 3000 })
  await dies.die()
  await until('the parts of the dead are taken', () => stays.parts.size === PARTITIONS, {
    patienceMs: 10_000,
  })
})

test('news is heard by the owner of a part, in the order of the commits, and by all if it is for all', async () => {
  const url = await database()
  const nodes = [await Node.start(url), await Node.start(url)]
  await until('both have their share', () => sizes(nodes).join() === '32,32')
  const part = [...nodes[0]!.parts][0]!
  const sent = Array.from({ length: 30 }, (_, n): News => ({ kind: 'event', partition: part, id: String(n) }))
  for (const [index, news] of sent.entries()) {
    const { store, fleet } = nodes[index % 2]!
    await store.apply(...fleet.tell([news]))
  }
  await nodes[1]!.store.apply(...nodes[1]!.fleet.tell([{ kind: 'job', dueAt: 1 }]))
  const isOfInterest = ({ kind }: News) => kind !== 'fleet'
  await until('both have heard', () => nodes.every(({ heard }) => heard.some(({ kind }) => kind === 'job')))
  expect(nodes[0]!.heard.filter(isOfInterest)).toEqual([...sent, { kind: 'job', dueAt: 1 }])
  expect(nodes[1]!.heard.filter(isOfInterest)).toEqual([{ kind: 'job', dueAt: 1 }])
})

test('nodes that take at the same time never take the same part', async () => {
  const url = await database()
  const nodes = await Promise.all([1, 2, 3, 4].map(() => Node.start(url)))
  for (let look = 0; look < 50; look++) {
    const now = held(nodes)
    expect(new Set(now).size).toBe(now.length)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  await until('all have their share', () => sizes(nodes).join() === '16,16,16,16')
})
