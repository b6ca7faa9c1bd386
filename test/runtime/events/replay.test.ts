import { definePlugin } from 'beadle'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { type DeadName, deadLetters, findDead } from '../../../src/runtime/events/dead.ts'
import { eventRecord, findEvent, listDeliveries } from '../../../src/runtime/events/queries.ts'
import { orderResult } from '../../../src/runtime/orders/orders.ts'
import { house } from './house.ts'

/** Says what comes before the mistake, and, once that is mended, what comes after. */
function clumsy() {
  const state = { broken: true }
  const plugin = definePlugin({
    name: 'clumsy',
    setup(ctx) {
      ctx.webhook('post', { auth: 'none', dedupe: 'off' }, async ({ bot }) => {
        await bot.group(10000001).text('before')
        if (state.broken) throw new Error('a mistake\nat some line')
        await bot.group(10000001).text('after')
      })
    },
  })
  return { plugin, state }
}

const echo = definePlugin({
  name: 'echo',
  setup(ctx) {
    ctx.webhook('say', { auth: 'none', dedupe: 'off' }, async ({ bot, body }) => {
      const { text, gid = 10000001 } = body as { text: string; gid?: number }
      await bot.group(gid).text(text)
    })
  },
})

const stateOf = async (h: Awaited<ReturnType<typeof house>>, id: string) =>
  (await eventRecord(h.store, id))!.deliveries.map(({ state }) => state)

test('a delivery that was set aside does what it had not done, and says nothing twice', async () => {
  const { plugin, state } = clumsy()
  const h = await house(plugin)
  const id = await h.hook('clumsy/post')
  expect(await stateOf(h, id)).toEqual(['dead'])
  state.broken = false
  expect(await h.order('events.replay', { events: [id], again: false })).toEqual({
    ok: true,
    value: [{ id, about: 'bot/clumsy' }],
  })
  expect(await h.texts()).toEqual(['before', 'after'])
  expect(await stateOf(h, id)).toEqual(['done'])
  expect(await h.order('events.replay', { events: [id], again: false })).toMatchObject({ ok: true })
  expect(await h.texts()).toEqual(['before', 'after'])
})

test('it does so after a restart, too', async () => {
  const { plugin, state } = clumsy()
  const h = await house(plugin)
  const id = await h.hook('clumsy/post')
  state.broken = false
  await h.restart()
  expect(await stateOf(h, id)).toEqual(['dead'])
  await h.order('events.replay', { events: [id], again: false })
  await h.clock.advance(3000)
  await h.quiet()
  expect(await h.texts()).toEqual(['before', 'after'])
})

test('again, an event is a new one, and all is said again', async () => {
  const h = await house(echo)
  const id = await h.hook('echo/say', { text: 'hello' })
  const result = await h.order('events.replay', { events: [id], again: true })
  expect(await h.texts()).toEqual(['hello', 'hello'])
  const [{ id: anew }] = (result as unknown as { value: [{ id: string }] }).value
  expect(await eventRecord(h.store, anew)).toMatchObject({ replayOf: id, data: { body: { text: 'hello' } } })
})

test('an order that is done twice, as after a crash, makes one new event', async () => {
  const h = await house(echo)
  const id = await h.hook('echo/say', { text: 'hello' })
  const order = await h.give('events.replay', { events: [id], again: true })
  await h.runtime.orders.take()
  await h.quiet()
  await h.store.write(
    async tx => void (await tx.execute(h.store.db.updateTable('orders').set({ done_at: sql`null` }))),
  )
  await h.runtime.orders.take()
  await h.quiet()
  expect(await orderResult(h.store, order)).toMatchObject({ ok: true })
  expect(await h.texts()).toEqual(['hello', 'hello'])
})

test('what cannot be handed over is told, and the rest is', async () => {
  const { plugin, state } = clumsy()
  const h = await house(plugin, echo)
  const dead = await h.hook('clumsy/post')
  const done = await h.hook('echo/say', { text: 'hello' })
  state.broken = false
  await h.restart([plugin])
  const events = ['01UNKNOWN', done, dead]
  expect(await h.order('events.replay', { events, again: false })).toEqual({
    ok: true,
    value: [
      { id: '01UNKNOWN', about: '', not: 'there is no event 01UNKNOWN' },
      { id: done, about: 'bot/echo', not: 'there is no such plugin now' },
      { id: dead, about: 'bot/clumsy' },
    ],
  })
  expect(await h.order('events.replay', { events: [dead], again: false, plugin: 'echo' })).toMatchObject({
    value: [{ not: `nobody of these has to handle event ${dead}` }],
  })
})

test('an event goes to a plugin that had not handled it, if that is named', async () => {
  const h = await house(echo)
  const id = await h.hook('echo/say', { text: 'hello' })
  const heard: unknown[] = []
  const ear = definePlugin({
    name: 'ear',
    setup(ctx) {
      ctx.webhook('say', { auth: 'none' }, ({ body }) => void heard.push(body))
    },
  })
  await h.restart([echo, ear])
  await h.order('events.replay', { events: [id], again: true, bot: 'bot', plugin: 'ear' })
  expect(heard).toEqual([{ text: 'hello' }])
  expect(await h.texts()).toEqual(['hello'])
})

test('recorded events are taken as new ones', async () => {
  const from = await house(echo)
  const id = await from.hook('echo/say', { text: 'from there' })
  const records = [await eventRecord(from.store, id)]
  const h = await house(echo)
  expect(await h.order('events.replay-recorded', { records })).toMatchObject({ ok: true })
  expect(await h.texts()).toEqual(['from there'])
})

test('dead letters are deliveries and calls, each with an id of its own', async () => {
  const { plugin } = clumsy()
  const h = await house(plugin, echo)
  const event = await h.hook('clumsy/post')
  await h.clock.advance(1000)
  const refused = await h.hook('echo/say', { text: 'hello', gid: 10009999 })
  const letters = await deadLetters(h.store)
  expect(letters.map(({ id, plugin, what, state }) => [id[0], plugin, what, state])).toEqual(
    expect.arrayContaining([
      ['d', 'clumsy', 'webhook', 'dead'],
      ['d', 'echo', 'webhook', 'dead'],
      ['c', 'echo', 'messages.send', 'failed'],
    ]),
  )
  expect(new Set(letters.map(({ id }) => id)).size).toBe(letters.length)
  for (const letter of letters) expect(findDead(letters, letter.id.slice(0, 6))).toBe(letter)
  expect(() => findDead(letters, 'd-')).toThrow("'d-' is too short")
  expect(() => findDead(letters, 'x')).toThrow('there is no dead letter x')
  expect(letters.filter(letter => letter.event === event)).toMatchObject([{ error: /^Error: a mistake/ }])
  expect(letters.filter(letter => letter.event === refused)).toHaveLength(2)
})

test('dead letters are tried again, or dropped, all or some', async () => {
  const { plugin, state } = clumsy()
  const h = await house(plugin)
  const first = await h.hook('clumsy/post')
  const second = await h.hook('clumsy/post')
  const nameOf = async (event: string): Promise<DeadName> =>
    (await deadLetters(h.store)).find(letter => letter.event === event)!.name
  await h.order('dead.drop', { names: [await nameOf(second)] })
  expect(await stateOf(h, second)).toEqual(['dropped'])
  expect((await deadLetters(h.store)).map(({ event }) => event)).toEqual([first])
  state.broken = false
  await h.order('dead.replay', { all: true })
  expect(await stateOf(h, first)).toEqual(['done'])
  expect(await stateOf(h, second)).toEqual(['dropped'])
  expect(await deadLetters(h.store)).toEqual([])
})

test('all dead letters tried again: calls of an event that is handled again are made by that', async () => {
  const h = await house(echo)
  await h.hook('echo/say', { text: 'hello', gid: 10000002 })
  expect((await deadLetters(h.store)).map(({ id }) => id[0]).sort()).toEqual(['c', 'd'])
  await h.client.groups.create({ body: { owner_username: 'alice', name: 'market' } })
  expect(await h.order('dead.replay', { all: true })).toMatchObject({
    ok: true,
    value: [{ about: 'bot/echo' }],
  })
  expect(await deadLetters(h.store)).toEqual([])
})

test('a call that was refused is made again under its own key', async () => {
  const h = await house(echo)
  await h.hook('echo/say', { text: 'hello', gid: 10000002 })
  await h.client.groups.create({ body: { owner_username: 'alice', name: 'market' } })
  const letter = (await deadLetters(h.store)).find(({ id }) => id.startsWith('c-'))!
  expect(await h.order('dead.replay', { names: [letter.name] })).toMatchObject({ ok: true })
  // It is looked up in the history first.
  await h.clock.advance(3000)
  await h.quiet()
  const { messages } = await h.client.report.users.messages.list({
    ...{ username: 'test-bot', count: 10 },
    ...{ begin_time: '2025-12-31 00:00:00', end_time: '2026-01-03 00:00:00' },
  })
  expect(messages.map(({ target_id }) => target_id)).toEqual(['10000002'])
  expect((await deadLetters(h.store)).map(({ id }) => id[0])).toEqual(['d'])
  expect(await h.order('dead.drop', { names: [letter.name] })).toMatchObject({
    value: [{ not: 'it is no dead letter any more' }],
  })
})

test('an order that was given while nobody was there is done at the start', async () => {
  const { plugin, state } = clumsy()
  const h = await house(plugin)
  const id = await h.hook('clumsy/post')
  await h.runtime.stop(0)
  const order = await h.give('events.replay', { events: [id], again: false })
  state.broken = false
  await h.restart()
  expect(await orderResult(h.store, order)).toMatchObject({ ok: true })
})

test('a runtime that looks for orders does them by itself, and forgets their results after a day', async () => {
  const h = await house(echo)
  await h.restart(undefined, { ordersEveryMs: 500 })
  const order = await h.give('events.replay', { events: [], again: false })
  await h.clock.advance(500)
  expect(await orderResult(h.store, order)).toEqual({ ok: true, value: [] })
  await h.restart()
  await h.clock.advance(25 * 3_600_000)
  await h.order('events.replay', { events: [], again: false })
  expect(await orderResult(h.store, order)).toBeUndefined()
})

test('an order that is not known or not right says so', async () => {
  const h = await house(echo)
  expect(await h.order('toString', {})).toMatchObject({ ok: false, code: 'order.unknown' })
  expect(await h.order('events.replay', { events: 'x' })).toMatchObject({
    ...{ ok: false, code: 'order.invalid' },
    message: 'the order is wrong: events must be an array',
  })
})

test('events are found by type, bot, plugin, state and time, and by the end of their id', async () => {
  const { plugin } = clumsy()
  const h = await house(plugin, echo)
  const first = await h.hook('echo/say', { text: 'one' })
  await h.clock.advance(60_000)
  const second = await h.hook('clumsy/post')
  const list = async (filter: object) =>
    (await listDeliveries(h.store, { limit: 10, ...filter })).map(({ event }) => event)
  expect(await list({})).toEqual([second, first])
  expect(await list({ limit: 1 })).toEqual([second])
  expect(await list({ plugin: 'echo' })).toEqual([first])
  expect(await list({ bot: 'nobody' })).toEqual([])
  expect(await list({ state: 'dead' })).toEqual([second])
  expect(await list({ since: h.clock.now() - 1000 })).toEqual([second])
  expect(await list({ type: 'webhook' })).toEqual([second, first])
  expect(await list({ type: 'web' })).toEqual([])
  expect(await findEvent(h.store, first.slice(-6).toLowerCase())).toBe(first)
  await expect(findEvent(h.store, 'ZZZZZZ')).rejects.toThrow('there is no event ZZZZZZ')
  await expect(findEvent(h.store, '%')).rejects.toThrow('there is no event %')
})
