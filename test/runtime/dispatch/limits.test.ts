import { expect, test } from 'vitest'
import { DispatchWorld, settle } from './dispatch-world.ts'

const never = () => new Promise(() => {})

test('plugins have their own time, attempts and handlers at once, and the others those for all', async () => {
  const w = await DispatchWorld.open(never, { handlerMs: 5000, attempts: 2, concurrency: 2, firstRetryMs: 1 })
  w.dispatcher.limit('bot', 'other', { handlerMs: 1000, attempts: 1, concurrency: 3, queue: undefined })
  for (let n = 0; n < 5; n++) {
    await w.accept('', n)
    await w.accept('', n, { plugin: 'other' })
  }
  await settle()
  const running = () => ['plugin', 'other'].map(plugin => w.dispatcher.health('bot', plugin).running)
  expect(running()).toEqual([2, 3])
  await w.clock.advance(1000)
  expect(running()).toEqual([2, 2])
  const states = async (plugin: string) =>
    (await w.rows()).filter(row => row.plugin === plugin).map(row => `${row.state} ${row.attempts}`)
  expect(await states('other')).toEqual(['dead 1', 'dead 1', 'dead 1', 'pending 0', 'pending 0'])
  expect((await states('plugin'))[0]).toBe('pending 0')
  await w.clock.advance(4000)
  expect((await states('plugin'))[0]).toBe('pending 1')
  const [row] = (await w.rows()).filter(({ state }) => state === 'dead')
  expect(row!.error).toContain('took longer than 1000 ms')
})

test('limits that are given anew hold at once for what waits', async () => {
  const w = await DispatchWorld.open(never, { concurrency: 1 })
  for (let n = 0; n < 5; n++) await w.accept('', n)
  await settle()
  w.dispatcher.limit('bot', 'plugin', { concurrency: 4 })
  await settle()
  expect(w.dispatcher.health('bot', 'plugin').running).toBe(4)
  expect(w.dispatcher.running('bot', 'plugin').length).toBe(4)
  expect(w.dispatcher.running('bot', 'other')).toEqual([])
})

test('a plugin is full when so much waits for it, and has room again when that is handled', async () => {
  let end = () => {}
  const w = await DispatchWorld.open(() => new Promise<void>(resolve => (end = resolve)), {
    queue: 3,
    concurrency: 1,
  })
  const isFull = (plugin: string) => w.dispatcher.isFull('bot', plugin)
  for (let n = 0; n < 3; n++) {
    expect(isFull('plugin')).toBe(false)
    await w.accept('', n)
    await settle()
  }
  expect([isFull('plugin'), isFull('other')]).toEqual([true, false])
  end()
  await settle()
  expect(isFull('plugin')).toBe(false)
})

test('where the room for all is used up, those are full that use more than their part of it', async () => {
  const w = await DispatchWorld.open(never)
  for (let n = 0; n < 9; n++) await w.accept('', n)
  await w.accept('', 9, { plugin: 'other' })
  await settle()
  const full = (room: number) =>
    ['plugin', 'other', 'none'].map(plugin => w.dispatcher.isFull('bot', plugin, room))
  expect(full(11)).toEqual([false, false, false])
  expect(full(10)).toEqual([true, false, false])
})
