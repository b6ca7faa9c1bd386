import { definePlugin } from 'beadle'
import { expect, test } from 'vitest'
import type { BotSpec } from '../../../src/runtime/options.ts'
import { until } from '../capture.ts'
import { botOf, keysOf, street } from './street.ts'

const MINUTE = 60_000

/** Says in its own group what it is told. */
const echo = definePlugin({
  name: 'echo',
  setup(ctx) {
    ctx.on('message.text', ({ text, bot, group, user }) => (group ?? user).text(`${bot.id} heard ${text}`))
    ctx.webhook('say', { auth: 'none', dedupe: 'off' }, ({ body, bot }) =>
      bot.group(10000001).text(String((body as { text: string }).text)),
    )
  },
})

const BOTS = [botOf('baker', 'bread', echo), botOf('smith', 'iron', echo)]

test('what is told of an app is heard by its bots only, though usernames, groups and numbers are the same in another', async () => {
  const w = await street({ bread: {}, iron: {} })
  await w.start(BOTS)
  expect(await w.say('bread', 'hello', { msgid: 7 })).toBe(200)
  expect(await w.say('iron', 'hi', { msgid: 7 })).toBe(200)
  expect(await w.texts('bread')).toEqual(['baker heard hello'])
  expect(await w.texts('iron')).toEqual(['smith heard hi'])
  await w.say('iron', 'psst', { target_type: 'single', target_id: 'robot' })
  const calls = await w.store.read.execute(w.store.db.selectFrom('deliveries').select(['bot', 'data']))
  expect(calls.filter(({ data }) => data.includes('psst')).map(({ bot }) => bot)).toEqual(['smith'])
})

test('a bot of an app is no bot of another: what a namesake says there is heard', async () => {
  const w = await street({ bread: {}, iron: {} })
  await w.start([BOTS[0]!, { ...BOTS[1]!, username: 'hammer' }])
  await w.say('bread', 'by a person', { from_id: 'hammer' })
  await w.say('bread', 'by its own bot', { from_id: 'robot' })
  expect(await w.texts('bread')).toEqual(['baker heard by a person'])
})

test('a callback proves whose app it is of: neither another secret nor an unknown app will do', async () => {
  const w = await street({ bread: {}, iron: {} })
  await w.start(BOTS)
  const [bread, iron] = [keysOf('bread'), keysOf('iron')]
  const status = (appKey: string, masterSecret: string) => w.say('bread', 'x', {}, { appKey, masterSecret })
  expect(await status(bread.appKey, iron.masterSecret)).toBe(401)
  expect(await status('nobody'.padEnd(24, '0'), bread.masterSecret)).toBe(401)
  expect(await status('', '')).toBe(401)
  expect(await status(bread.appKey, `${bread.masterSecret}:x`)).toBe(401)
  expect(await status(iron.appKey, iron.masterSecret)).toBe(200)
  expect(await w.texts('bread')).toEqual([])
})

test('what a bot said last is what it said in its own app, though its name and the group are the same in another', async () => {
  const w = await street({ bread: {}, iron: {} })
  await w.start(BOTS)
  const [baker, smith] = ['baker', 'smith'].map(id => w.runtime.host.instance(id, 'echo')!.bot)
  await baker!.group(10000001).text('loaf')
  await w.hook('baker/echo/say', { text: 'cake' })
  await w.quiet()
  await smith!.group(10000001).text('nail')
  expect(await smith!.lastSent(smith!.group(10000001), { count: 9 })).toHaveLength(1)
  expect(await baker!.undoLast(baker!.group(10000001), { count: 9 })).toHaveLength(2)
  expect([await w.texts('bread'), await w.texts('iron')]).toEqual([[], ['nail']])
})

test('a quota that is used up holds up its own app only', async () => {
  const w = await street({ bread: { quota: 10 }, iron: { quota: 600 } })
  await w.start(BOTS)
  for (let n = 0; n < 30; n++) await w.hook('baker/echo/say', { text: `loaf ${n}` })
  for (let n = 0; n < 30; n++) await w.hook('smith/echo/say', { text: `nail ${n}` })
  await w.quiet()
  expect(await w.texts('iron')).toHaveLength(30)
  const made = (await w.texts('bread')).length
  expect(made).toBeGreaterThan(0)
  expect(made).toBeLessThanOrEqual(10)
  const [bread, iron] = w.runtime.outbox.apps
  expect([bread!.waiting, iron!.waiting]).toEqual([30 - made, 0])
  expect([bread!.quota?.limit, iron!.quota?.limit]).toEqual([10, 600])
  for (let minute = 0; minute < 10; minute++) await w.clock.advance(MINUTE)
  await w.quiet()
  expect(await w.texts('bread')).toHaveLength(30)
})

test('while an app cannot be reached the others go on, and an event of theirs that fails is not laid at its door', async () => {
  const w = await street({ bread: {}, iron: {} })
  await w.start(BOTS)
  w.away.add('bread')
  await w.hook('baker/echo/say', { text: 'loaf' })
  await w.hook('smith/echo/say', { text: 'nail' })
  await w.clock.advance(500)
  await w.quiet()
  const [bread, iron] = w.runtime.outbox.apps
  expect([bread!.outageSince, iron!.outageSince]).toEqual([expect.any(Number), undefined])
  expect(await w.texts('iron')).toEqual(['nail'])
  w.away.clear()
  await w.clock.advance(MINUTE)
  await w.quiet()
  expect(await w.texts('bread')).toEqual(['loaf'])
  const outages = w.log.lines.filter(({ message }) => message.includes('unreachable'))
  expect(outages.map(({ fields }) => fields.app)).toEqual(['bread'])
})

test('bots that cannot be registered, as their app is away, join later and keep nobody waiting', async () => {
  const w = await street({ bread: {}, iron: {} })
  w.away.add('iron')
  await w.start(BOTS)
  expect(await w.hook('baker/echo/say', { text: 'loaf' })).toBe(202)
  expect(await w.hook('smith/echo/say', { text: 'nail' })).toBe(404)
  w.away.clear()
  await w.clock.advance(MINUTE)
  await until(() => w.runtime.webhooks.has('/hooks/smith/echo/say'), 'the bot joins')
  expect(await w.hook('smith/echo/say', { text: 'nail' })).toBe(202)
  await w.quiet()
  expect(await w.texts('iron')).toEqual(['nail'])
})

test('who is to join later is as the latest configuration has it, or does not join', async () => {
  const w = await street({ bread: {}, iron: {} })
  w.away.add('iron')
  const [baker, smith] = BOTS as [BotSpec, BotSpec]
  const miner = botOf('miner', 'iron', echo)
  await w.start([baker, smith, { ...miner, username: 'miner' }])
  const renamed = { ...smith, username: 'forger' }
  expect(await w.runtime.apply([baker, renamed])).toEqual({ changes: [], problems: [] })
  w.away.clear()
  await w.clock.advance(MINUTE)
  await until(() => w.runtime.webhooks.has('/hooks/smith/echo/say'), 'the bot joins')
  expect(w.runtime.bots.map(({ id, username }) => [id, username])).toEqual([
    ['baker', 'robot'],
    ['smith', 'forger'],
  ])
})

test('calls of an app that is not configured any more stay as they are, are told of once, and go on when it is back', async () => {
  const w = await street({ bread: {}, iron: {} })
  await w.start(BOTS)
  w.away.add('iron')
  for (const text of ['nail', 'screw']) await w.hook('smith/echo/say', { text })
  await w.clock.advance(500)
  await w.quiet()
  await w.start([BOTS[0]!], { only: ['bread'] })
  w.away.clear()
  await w.clock.advance(MINUTE)
  const told = w.log.lines.filter(({ message }) => message.includes('not in the configuration'))
  expect(told.map(({ fields }) => fields)).toEqual([{ appKey: keysOf('iron').appKey, calls: 2 }])
  expect(await w.texts('iron')).toEqual([])
  await w.start(BOTS)
  await w.clock.advance(MINUTE)
  await w.quiet()
  expect((await w.texts('iron')).sort()).toEqual(['nail', 'screw'])
})

test('a bot of an app that is not there is refused', async () => {
  const w = await street({ bread: {} })
  await expect(w.start([botOf('smith', 'iron', echo)])).rejects.toMatchObject({ code: 'app.unknown' })
})
