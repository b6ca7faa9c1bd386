import { expect, test } from 'vitest'
import { turnOfTheLoop } from '../../../src/testing/quiet.ts'
import { DispatchWorld, settle } from './dispatch-world.ts'

const never = () => new Promise(() => {})

/** Accepts that many events at once. */
const flood = (w: DispatchWorld, count: number, conversation = '', plugin = 'plugin') =>
  Promise.all(Array.from({ length: count }, (_, n) => w.accept(conversation, n, { plugin })))

test('a plugin that does not get on uses up its own part of the memory, and others go on at once', async () => {
  const handled: unknown[] = []
  const w = await DispatchWorld.open(
    ({ delivery }) => (delivery.plugin === 'stuck' ? never() : handled.push(delivery.event.data)),
    { inMemory: 20, concurrency: 2 },
  )
  await flood(w, 200, '', 'stuck')
  for (let n = 0; n < 30; n++) {
    await w.accept('a', n)
    await settle(5)
    expect(handled.length).toBe(n + 1)
  }
  expect(w.dispatcher.health('bot', 'stuck')).toMatchObject({ running: 2, waiting: 200 })
})

test('among many plugins the few that are busy have room for all their handlers', async () => {
  const w = await DispatchWorld.open(({ delivery }) => (delivery.plugin === 'busy' ? never() : undefined), {
    ...{ inMemory: 60, concurrency: 12 },
  })
  for (let n = 0; n < 30; n++) await w.accept('', n, { plugin: `idle ${n}` })
  await settle(100)
  await flood(w, 100, '', 'busy')
  await settle(100)
  // An equal part of the memory would be for one or two.
  expect(w.dispatcher.health('bot', 'busy')).toMatchObject({ running: 12, waiting: 100 })
})

test('a long backlog of one plugin delays no other, also over a restart', async () => {
  const handled: string[] = []
  const w = await DispatchWorld.open(never, { inMemory: 100, concurrency: 4 })
  await flood(w, 3000, '', 'stuck')
  await w.accept('a', 1)
  await w.dispatcher.stop(0)
  w.handle = ({ delivery }) => {
    if (delivery.plugin === 'stuck') return never()
    handled.push(`${delivery.plugin} ${delivery.event.data}`)
    return undefined
  }
  expect(await w.start()).toBe(3001)
  await settle(5)
  await w.accept('a', 2)
  await settle(5)
  expect(handled).toEqual(['plugin 1', 'plugin 2'])
  expect(w.dispatcher.waiting).toBe(3000)
})

test('a long backlog is worked through in parts, and the event loop turns in between', async () => {
  const handled = new Set<unknown>()
  const w = await DispatchWorld.open(({ delivery }) => handled.add(delivery.event.data))
  await flood(w, 5000)
  await w.dispatcher.stop(0)
  const before = handled.size
  await w.start()
  const atTurns = new Set<number>()
  while (handled.size < 5000) {
    await turnOfTheLoop()
    atTurns.add(handled.size)
  }
  expect(before).toBeLessThan(100)
  expect(atTurns.size).toBeGreaterThan(10)
})

test('handlers that wait for nothing do not keep others from their turn', async () => {
  let handled = 0
  const w = await DispatchWorld.open(() => {}, { concurrency: 1 })
  let end = () => {}
  w.handle = () => {
    handled++
    return handled === 1 ? new Promise<void>(resolve => (end = resolve)) : undefined
  }
  await flood(w, 3000)
  await settle()
  expect(handled).toBe(1)
  end()
  const seen = new Set<number>()
  while (handled < 3000) {
    await turnOfTheLoop()
    seen.add(handled)
  }
  expect(seen.size).toBeGreaterThan(5)
})

test('a conversation that does not get on leaves room for others of its plugin, and keeps its order', async () => {
  const handled: string[] = []
  let end = () => {}
  const w = await DispatchWorld.open(
    ({ delivery }) => {
      const { conversation, data } = delivery.event
      handled.push(`${conversation} ${data}`)
      if (conversation === 'slow' && data === 0) return new Promise<void>(resolve => (end = resolve))
      return undefined
    },
    { inMemory: 40 },
  )
  await flood(w, 300, 'slow')
  await flood(w, 50, 'quick')
  await settle(200)
  expect(handled.filter(line => line.startsWith('quick')).length).toBe(50)
  expect(handled.filter(line => line.startsWith('slow'))).toEqual(['slow 0'])
  end()
  await settle(1000)
  expect(handled.filter(line => line.startsWith('slow'))).toEqual(
    Array.from({ length: 300 }, (_, n) => `slow ${n}`),
  )
  expect(w.dispatcher.waiting).toBe(0)
})

test('several conversations that do not get on leave room for others of their plugin', async () => {
  const handled: string[] = []
  const w = await DispatchWorld.open(
    ({ delivery }) => {
      const { conversation } = delivery.event
      if (conversation.startsWith('slow')) return new Promise(() => {})
      handled.push(conversation)
      return undefined
    },
    { inMemory: 1000 },
  )
  for (let n = 0; n < 6; n++) await flood(w, 300, `slow ${n}`)
  await flood(w, 50, 'quick')
  await settle(200)
  expect(handled).toHaveLength(50)
})

test('that holds over a restart, whatever is accepted meanwhile', async () => {
  const handled: string[] = []
  const w = await DispatchWorld.open(never, { inMemory: 40 })
  await flood(w, 300, 'slow')
  await flood(w, 50, 'quick')
  await w.dispatcher.stop(0)
  let end = () => {}
  w.handle = ({ delivery }) => {
    const { conversation, data } = delivery.event
    handled.push(`${conversation} ${data}`)
    if (conversation === 'slow' && data === 0) return new Promise<void>(resolve => (end = resolve))
    return undefined
  }
  expect(await w.start()).toBe(350)
  await w.accept('slow', 300)
  await w.accept('quick', 50)
  await settle(200)
  expect(handled.filter(line => line.startsWith('quick'))).toEqual(
    Array.from({ length: 51 }, (_, n) => `quick ${n}`),
  )
  end()
  await settle(1000)
  expect(handled.filter(line => line.startsWith('slow'))).toEqual(
    Array.from({ length: 301 }, (_, n) => `slow ${n}`),
  )
  expect(w.dispatcher.waiting).toBe(0)
})

test('a poisoned conversation holds no handler while it waits, and goes on when its event is set aside', async () => {
  const handled: string[] = []
  const w = await DispatchWorld.open(
    ({ delivery }) => {
      const { conversation, data } = delivery.event
      if (conversation === 'bad' && data === 0) throw new Error('poison')
      handled.push(`${conversation} ${data}`)
    },
    { concurrency: 1 },
  )
  await flood(w, 2, 'bad')
  await settle()
  await flood(w, 5, 'good')
  await settle()
  expect(handled.length).toBe(5)
  await w.clock.advance(600_000)
  expect(handled.at(-1)).toBe('bad 1')
  expect((await w.rows()).filter(({ state }) => state === 'dead')).toMatchObject([{ attempts: 6 }])
})
