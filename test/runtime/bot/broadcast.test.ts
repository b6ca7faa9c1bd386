import { expect, test } from 'vitest'
import type { Bot } from '../../../src/runtime/bot/bot.ts'
import { definePlugin } from '../../../src/runtime/plugin/define.ts'
import { until } from '../../e2e/until.ts'
import { world } from '../../world.ts'
import { BroadcastTown } from './broadcast-town.ts'

test('a message to groups, rooms and users reaches each once, with a result for each', async () => {
  await using w = await world({ groups: ['square', 'market'] })
  const [bot] = w.runtime.host.bots as [Bot]
  const { square, market } = w.groups as { square: number; market: number }
  const broadcast = await bot.broadcast({
    to: {
      groups: [square, String(market), square],
      rooms: [w.rooms.hall!],
      users: ['alice', 'bobby', 'alice'],
    },
    text: 'All   hands!\nNow.',
    extras: { urgent: true },
    title: 'Assembly',
  })
  expect(broadcast).toMatchObject({ bot: 'bot', title: 'Assembly', total: 5 })
  expect(await broadcast.done()).toMatchObject({ state: 'done', sent: 5, waiting: 0, failed: 0, leftMs: 0 })
  for (const place of [
    { group: 'square' },
    { group: 'market' },
    { room: 'hall' },
    { user: 'alice' },
    { user: 'bobby' },
  ]) {
    const [message, ...more] = await w.history(place)
    expect(message).toMatchObject({
      from_id: 'test-bot',
      msg_body: { text: 'All   hands!\nNow.', extras: { urgent: true } },
    })
    expect(more).toEqual([])
  }
  const results = await broadcast.results()
  expect(results.map(({ to, state }) => [to.type, to.id, state])).toEqual([
    ['group', String(square), 'sent'],
    ['group', String(market), 'sent'],
    ['room', String(w.rooms.hall), 'sent'],
    ['user', 'alice', 'sent'],
    ['user', 'bobby', 'sent'],
  ])
  const [message] = await w.history({ user: 'bobby' })
  expect(results[4]).toMatchObject({ msgId: message!.msgid, sentAt: w.clock.now() })
  expect(await broadcast.results({ after: 2, limit: 1 })).toEqual([results[3]])
})

test('a broadcast can be found and listed later, by its own bot only', async () => {
  await using w = await world({
    bots: [
      { id: 'one', username: 'bot-one' },
      { id: 'two', username: 'bot-two' },
    ],
  })
  const [one, two] = w.runtime.host.bots
  const first = await one!.broadcast({ to: { users: ['alice'] }, text: 'first' })
  const second = await one!.broadcast({ to: { users: ['alice'] }, text: 'second' })
  await second.done()
  await w.restart()
  const [again] = w.runtime.host.bots as [Bot]
  expect((await again.broadcasts()).map(({ id, title }) => [id, title])).toEqual([
    [second.id, 'second'],
    [first.id, 'first'],
  ])
  expect(await again.broadcasts({ limit: 1 })).toHaveLength(1)
  expect(await (await again.findBroadcast(first.id))!.progress()).toMatchObject({ state: 'done', sent: 1 })
  expect(await two!.findBroadcast(first.id)).toBeUndefined()
  expect(await two!.broadcasts()).toEqual([])
})

test.each([
  [{ to: {}, text: 'x' }, 'to must name at least one of groups, rooms, users'],
  [{ text: 'x' }, 'to must name at least one of groups, rooms, users'],
  [{ to: 'alice', text: 'x' }, 'to must name at least one of groups, rooms, users'],
  [{ to: { users: 'alice' }, text: 'x' }, 'to.users must be a list'],
  [{ to: { groups: 10000001 }, text: 'x' }, 'to.groups must be a list'],
  [{ to: { users: ['alice'] }, text: 'x', title: 5 }, 'title must be a text'],
  [{ to: { groups: [10000001, 'square'] }, text: 'x' }, 'to.groups[1] must be a positive integer'],
  [{ to: { rooms: [0] }, text: 'x' }, 'to.rooms[0] must be a positive integer'],
  [{ to: { users: ['alice', ''] }, text: 'x' }, 'to.users[1] must be a username'],
  [{ to: { users: Array(100_001).fill('alice') }, text: 'x' }, 'at most 100000 targets'],
  [{ to: { users: ['alice'] } }, 'one of text, image, voice, file, custom must be given, not none'],
  [{ to: { users: ['alice'] }, text: 'x', custom: {} }, 'not text and custom'],
  [{ to: { users: ['alice'] }, text: '' }, 'text'],
  [{ to: { users: ['alice'] }, text: 'x'.repeat(4096) }, 'text is 57 bytes too long'],
  [{ to: { users: ['alice'] }, text: 'x', key: '' }, 'key must be a text of 1 to 200 characters'],
])('what cannot be sent is refused before anything is: %#', async (wanted, message) => {
  await using w = await world()
  const [bot] = w.runtime.host.bots as [Bot]
  await expect(bot.broadcast(wanted as never)).rejects.toThrow(message)
  expect(await bot.broadcasts()).toEqual([])
})

test('a file is uploaded once, before the first message', async () => {
  await using w = await world()
  const [bot] = w.runtime.host.bots as [Bot]
  const to = { users: ['alice', 'bobby', 'carol'] }
  const file = { data: Buffer.from('a,b\n'), name: 'table.csv' }
  const broadcast = await bot.broadcast({ to, file, title: 'Table' })
  await broadcast.done()
  const said = await Promise.all(to.users.map(async user => (await w.history({ user }))[0]!.msg_body))
  expect(said[0]).toMatchObject({ fname: 'table.csv', media_id: expect.any(String) })
  expect(new Set(said.map(({ media_id }) => media_id)).size).toBe(1)
})

test('a handler that runs again, and a key that comes again, begin no second broadcast', async () => {
  let runs = 0
  const ids = new Set<string>()
  const crier = definePlugin({
    name: 'crier',
    setup(ctx) {
      ctx.webhook('cry', { auth: 'none' }, async ({ bot }) => {
        const to = { users: ['alice'] }
        ids.add((await bot.broadcast({ to, text: 'one' })).id)
        ids.add((await bot.broadcast({ to, text: 'two' })).id)
        ids.add((await bot.broadcast({ to, text: 'three', key: 'daily' })).id)
        if (++runs === 1) throw new Error('once more')
      })
    },
  })
  await using w = await world({ plugins: [{ use: crier }] })
  await w.hook('/hooks/bot/crier/cry', {})
  // Only then does it pause.
  await until('it has failed', () => runs === 1)
  await w.clock.advance(60_000)
  await until('it runs again', () => runs === 2)
  await w.settled()
  await w.hook('/hooks/bot/crier/cry', {})
  await w.settled()
  const [bot] = w.runtime.host.bots as [Bot]
  for (const id of ids) await (await bot.findBroadcast(id))!.done()
  expect(ids.size).toBe(5)
  expect(await w.texts({ user: 'alice' })).toEqual(['one', 'two', 'three', 'one', 'two'])
})

test('a target that JMessage refuses is noted with its error, and the rest go on', async () => {
  await using town = await BroadcastTown.open({ groups: 3 })
  const groups = [town.groups[0]!, '99999999', town.groups[1]!, town.groups[2]!]
  const broadcast = await town.bot.broadcast({ to: { groups }, text: 'hello' })
  expect(await broadcast.done()).toMatchObject({ state: 'done', sent: 3, failed: 1 })
  const failed = await broadcast.results({ state: 'failed' })
  expect(failed).toMatchObject([
    { position: 1, to: { id: '99999999' }, error: expect.stringContaining('899006') },
  ])
  expect(town.posted.map(({ group }) => group)).toEqual(town.groups)
})

test('a paused broadcast sends no more, also after a restart, until it is resumed', async () => {
  await using town = await BroadcastTown.open({ groups: 50, quota: 600 })
  const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: 'hello' })
  await town.pass(2000)
  expect(await broadcast.pause()).toBe(true)
  expect(await broadcast.pause()).toBe(false)
  await town.pass(5000)
  const sent = town.posted.length
  expect(sent).toBeGreaterThan(5)
  expect(sent).toBeLessThan(40)
  await town.pass(60_000)
  await town.restart()
  await town.pass(60_000)
  expect(town.posted).toHaveLength(sent)
  const again = (await town.bot.findBroadcast(broadcast.id))!
  expect(await again.progress()).toMatchObject({ state: 'paused', sent, waiting: 50 - sent })
  expect(await again.resume()).toBe(true)
  await town.pass(20_000)
  expect(await again.done()).toMatchObject({ state: 'done', sent: 50 })
  expect(town.posted.map(({ group }) => group)).toEqual(town.groups)
})

test('a broadcast that begins paused tells how long it takes, and waits', async () => {
  await using town = await BroadcastTown.open({ groups: 20, quota: 60 })
  const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: 'hello', paused: true })
  await town.pass(60_000)
  expect(town.posted).toEqual([])
  // Five sixths of 60 a minute.
  expect(broadcast.estimateMs).toBe(24_000)
  expect(await broadcast.progress()).toMatchObject({ state: 'paused', waiting: 20, leftMs: 24_000 })
})

test('what has not left of a cancelled broadcast does not leave', async () => {
  await using town = await BroadcastTown.open({ groups: 50, quota: 600 })
  const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: 'hello' })
  await town.pass(2000)
  expect(await broadcast.cancel()).toBe(true)
  const sent = town.posted.length
  expect(await broadcast.cancel()).toBe(false)
  await town.pass(60_000)
  expect(town.posted).toHaveLength(sent)
  expect(await broadcast.done()).toMatchObject({ state: 'cancelled', sent, waiting: 0, cancelled: 50 - sent })
  expect(await broadcast.results({ state: 'cancelled', limit: 1 })).toMatchObject([{ position: sent }])
})

test('while JMessage is away a broadcast waits, and can be cancelled meanwhile', async () => {
  await using town = await BroadcastTown.open({ groups: 30 })
  town.isDown = true
  const kept = await town.bot.broadcast({ to: { groups: town.groups }, text: 'kept' })
  const cancelled = await town.bot.broadcast({ to: { groups: town.groups }, text: 'cancelled' })
  await town.pass(10_000)
  await cancelled.cancel()
  town.isDown = false
  await town.pass(60_000)
  expect(await cancelled.done()).toMatchObject({ state: 'cancelled', sent: 0, cancelled: 30 })
  expect(await kept.done()).toMatchObject({ state: 'done', sent: 30 })
  expect(town.posted.map(({ text }) => text)).toEqual(Array(30).fill('kept'))
})

test('a message whose answer was lost is looked up, and not sent twice', async () => {
  await using town = await BroadcastTown.open({ groups: 10 })
  const lost = new Set(town.groups.slice(2, 5))
  town.fate = group => (lost.delete(group) ? 'lost' : undefined)
  const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: 'hello' })
  await town.pass(30_000)
  expect(await broadcast.done()).toMatchObject({ state: 'done', sent: 10 })
  expect(town.posted.map(({ group }) => group).sort()).toEqual(town.groups)
})

test('undoing takes back what was sent in the last three minutes, and tells of what is too late', async () => {
  await using town = await BroadcastTown.open({ groups: 60, quota: 60 })
  const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: 'wrong' })
  await town.pass(20_000)
  await broadcast.pause()
  await town.pass(2000)
  const early = town.posted.length
  await town.clock.advance(150_000)
  await broadcast.resume()
  await town.pass(10_000)
  expect(await broadcast.undo()).toBe(true)
  expect(await broadcast.undo()).toBe(false)
  await town.pass(60_000, async () => (await broadcast.progress()).endedAt !== undefined)
  const { retracted, tooLate, cancelled, ...end } = await broadcast.done()
  expect(end).toMatchObject({ state: 'undone', sent: 0, waiting: 0 })
  expect(retracted + tooLate + cancelled).toBe(60)
  // The early ones fall due as fast as they can be taken back: chosen too late, not one of them would be in time.
  expect(tooLate).toBeGreaterThan(0)
  expect(tooLate).toBeLessThan(early / 2)
  const results = await broadcast.results({ limit: 60 })
  expect(results[0]).toMatchObject({
    state: 'too-late',
    msgId: expect.any(Number),
    error: expect.any(String),
  })
  for (const { to, state } of results) {
    expect(await town.texts(to.id)).toEqual(state === 'too-late' ? ['wrong'] : [])
  }
})

test('what is done can be undone', async () => {
  await using town = await BroadcastTown.open({ groups: 5 })
  const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: 'wrong' })
  await broadcast.done()
  await broadcast.undo()
  expect(await broadcast.done()).toMatchObject({ state: 'undone', retracted: 5, sent: 0 })
  expect(await town.texts(town.groups[0]!)).toEqual([])
})

test('the log tells of the beginning, of every tenth, and of the end', async () => {
  await using town = await BroadcastTown.open({ groups: 40, quota: 600 })
  const broadcast = await town.bot.broadcast({
    to: { groups: town.groups },
    text: 'hello',
    title: 'Greeting',
  })
  await town.pass(15_000)
  await broadcast.done()
  await town.quiet()
  const lines = town.log.lines.filter(({ fields }) => fields.broadcast === broadcast.id)
  expect(lines[0]).toMatchObject({
    message: 'a broadcast was begun',
    fields: { title: 'Greeting', total: 40, bot: 'bot' },
  })
  expect(lines.at(-1)).toMatchObject({
    message: 'a broadcast has ended',
    fields: { state: 'done', sent: 40 },
  })
  const between = lines.filter(({ message }) => message === 'a broadcast goes on')
  expect(between.length).toBeGreaterThanOrEqual(8)
  expect(between.length).toBeLessThanOrEqual(10)
})

test('nothing of a broadcast in the shadow leaves, and it is noted as if it had', async () => {
  const bot = { id: 'shade', username: 'test-bot', mode: 'shadow' } as const
  await using w = await world({ bots: [bot] })
  const [shade] = w.runtime.host.bots as [Bot]
  const to = { groups: [w.groups.square!], users: ['alice', 'bobby'] }
  const broadcast = await shade.broadcast({ to, text: 'hello' })
  expect(broadcast.estimateMs).toBe(0)
  expect(await broadcast.done()).toMatchObject({ state: 'done', sent: 3 })
  await broadcast.undo()
  expect(await broadcast.done()).toMatchObject({ state: 'undone', retracted: 3 })
  await w.restart()
  await w.settled()
  expect(await w.texts({ group: 'square' })).toEqual([])
  expect(await w.texts({ user: 'alice' })).toEqual([])
})
