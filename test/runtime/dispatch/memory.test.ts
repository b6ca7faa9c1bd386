import { expect, test } from 'vitest'
import type { NewEvent } from '../../../src/runtime/events/journal.ts'
import { DispatchWorld, settle } from './dispatch-world.ts'

const never = () => new Promise(() => {})
/** Data whose JSON is of that many chars. */
const data = (chars: number) => 'x'.repeat(chars - 2)

type More = Partial<NewEvent> & { plugin?: string }

/** Accepts that many events at once, of 100 chars each unless said otherwise. */
const flood = (w: DispatchWorld, count: number, more: More = {}, chars = 100) =>
  Promise.all(Array.from({ length: count }, () => w.accept(more.conversation ?? '', data(chars), more)))

const running = (w: DispatchWorld, plugin = 'plugin') => w.dispatcher.health('bot', plugin).running

test('large events are held as far as there is room for their data, also over a restart', async () => {
  const w = await DispatchWorld.open(never, { charsInMemory: 1000 })
  await flood(w, 50)
  await settle()
  expect(w.dispatcher.health('bot', 'plugin')).toMatchObject({ running: 10, waiting: 50 })
  await w.dispatcher.stop(0)
  await w.start()
  await settle()
  expect(w.dispatcher.health('bot', 'plugin')).toMatchObject({ running: 10, waiting: 50 })
})

test('those that wait on disk are handled as room is made, each once', async () => {
  let handled = 0
  const ends: (() => void)[] = []
  const w = await DispatchWorld.open(
    () => {
      handled++
      return new Promise<void>(resolve => void ends.push(resolve))
    },
    { charsInMemory: 1000 },
  )
  await flood(w, 50)
  while (w.dispatcher.waiting > 0) {
    await settle(50)
    expect(ends.length).toBeGreaterThan(0)
    expect(running(w)).toBeLessThanOrEqual(10)
    for (const end of ends.splice(0)) end()
    await settle(50)
  }
  expect(handled).toBe(50)
})

test('an event that is larger than all the room there is is held by itself, and handled', async () => {
  const handled: number[] = []
  const w = await DispatchWorld.open(
    ({ delivery }) => void handled.push((delivery.event.data as string).length),
    { charsInMemory: 1000 },
  )
  for (const conversation of ['', 'a', 'a']) await flood(w, 2, { conversation }, 5000)
  await settle(200)
  expect(handled).toEqual(Array(6).fill(4998))
  w.handle = never
  await flood(w, 3, {}, 5000)
  await settle()
  expect(running(w)).toBe(1)
  await w.dispatcher.stop(0)
  await w.start()
  await settle()
  expect(running(w)).toBe(1)
})

test('the room is divided among plugins', async () => {
  const w = await DispatchWorld.open(never, { charsInMemory: 2000 })
  w.dispatcher.noteError('bot', 'other', new Error('known'))
  await flood(w, 50)
  await flood(w, 50, { plugin: 'other' })
  await settle()
  expect([running(w), running(w, 'other')]).toEqual([10, 10])
})

test('a conversation of large events leaves room for others of its plugin', async () => {
  const handled: string[] = []
  const w = await DispatchWorld.open(
    ({ delivery }) => {
      const { conversation } = delivery.event
      if (conversation === 'stuck') return never()
      handled.push(conversation)
      return undefined
    },
    { charsInMemory: 2000 },
  )
  await flood(w, 50, { conversation: 'stuck' })
  await flood(w, 20, { conversation: 'quick' })
  await settle(200)
  expect(handled.length).toBe(20)
})

test('what is read of the journal at a time is bounded by the data, and one is read at least', async () => {
  const w = await DispatchWorld.open(never)
  const ids = (await flood(w, 10)).map(([one]) => one!.id)
  await flood(w, 3, { conversation: 'a' })
  const upTo = 'Z'.repeat(26)
  const range = { bot: 'bot', plugin: 'plugin', after: '', upTo, limit: 128 }
  const read = async (chars: number, more = {}, conversation?: string) => {
    const { deliveries, seenTo } = await w.journal.pendingOf({ ...range, chars, ...more }, conversation)
    return [deliveries.length, seenTo]
  }
  expect(await read(1)).toEqual([1, ids[0]])
  expect(await read(-5)).toEqual([1, ids[0]])
  expect(await read(300)).toEqual([3, ids[2]])
  expect(await read(301)).toEqual([4, ids[3]])
  expect(await read(300, { after: ids[7] })).toEqual([3, expect.any(String)])
  expect(await read(10_000, { limit: 5 })).toEqual([5, ids[4]])
  expect(await read(10_000)).toEqual([13, upTo])
  expect(await read(10_000, {}, 'a')).toEqual([3, upTo])
  expect((await read(200, {}, 'a'))[0]).toBe(2)
  expect(await read(10_000, {}, 'b')).toEqual([0, upTo])
})
