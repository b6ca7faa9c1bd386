import { expect, test } from 'vitest'
import { turns } from '../../quiet.ts'
import { OutboxWorld } from './outbox-world.ts'

const settle = () => turns(20)

/** Has JMessage take no call, until what is returned is called. */
function hold({ jmessage }: OutboxWorld): () => void {
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  jmessage.delay = () => held
  return release
}

/** Asks for the calls of the event `e` by `bot`; what came of that once it is there. */
function ask(w: OutboxWorld): { keys?: string[] } {
  const asked: { keys?: string[] } = {}
  void w.outbox.main.madeFor('e', 'bot').then(made => {
    asked.keys = made.map(({ key }) => key)
  })
  return asked
}

test('the calls of an event that are on their way are waited for, and those of others are not', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.refusals.set('refused', { status: 403, code: 801003 })
  const release = hold(w)
  const keys = ['e/bot/plugin/1', 'e/bot/plugin/2', 'e/bot/other/1']
  // One that may have been made before is on disk before it leaves.
  const origins = ['fresh', 'again', 'fresh'] as const
  for (const [index, key] of keys.entries()) void w.send(key, { key, origin: origins[index]! })
  const refused = w.send('refused', { key: 'e/bot/plugin/3', origin: 'fresh' })
  const asked = ask(w)
  expect(await w.outbox.main.madeFor('f', 'bot')).toEqual([])
  expect(await w.outbox.main.madeFor('e', 'bo')).toEqual([])
  await settle()
  expect(asked.keys).toBeUndefined()
  release()
  await expect(refused).rejects.toMatchObject({ jmCode: 801003 })
  await settle()
  expect(asked.keys?.sort()).toEqual([...keys].sort())
  expect(await w.outbox.main.madeFor('e', 'bot')).toEqual([])
})

test('a call that has to wait after all is no longer waited for, and can be taken back', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.refusals.set('one', { status: 429, code: 2002 })
  const release = hold(w)
  void w.send('one', { key: 'e/bot/plugin/1', origin: 'fresh' })
  const asked = ask(w)
  await settle()
  expect(asked.keys).toBeUndefined()
  release()
  await settle()
  expect(asked.keys).toEqual([])
  expect(await w.rows()).toMatchObject([{ key: 'e/bot/plugin/1', state: 'queued' }])
  expect(await w.outbox.cancel('e/bot/plugin/1')).toBe(true)
  w.jmessage.refusals.clear()
  await w.drain()
  expect(w.jmessage.texts).toEqual([])
})

test('a call that was made is told while it cannot be noted, with the time at which it was made', async () => {
  const w = await OutboxWorld.open()
  const { apply } = w.store
  w.store.apply = () => Promise.reject(new Error('disk full'))
  const at = w.clock.now()
  await w.send('one', { key: 'e/bot/plugin/1', origin: 'fresh' })
  await w.clock.advance(10_000)
  expect(await w.rows()).toEqual([])
  const made = await w.outbox.main.madeFor('e', 'bot')
  expect(made).toMatchObject([{ key: 'e/bot/plugin/1', result: { msg_id: 1000 }, at }])
  w.store.apply = apply
  await w.drain()
  expect(await w.rows()).toMatchObject([{ key: 'e/bot/plugin/1', state: 'sent' }])
})
