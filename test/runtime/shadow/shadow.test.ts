import { definePlugin, z } from 'beadle'
import { expect, test } from 'vitest'
import { type World, world } from '../../world.ts'

const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/** Uses every way to get out of a handler. */
const busy = definePlugin({
  name: 'busy',
  config: z.strictObject({ word: z.string().default('live') }),
  setup(ctx, { word }) {
    ctx.command('all', async ({ message, group, user, bot }) => {
      const sent = await message.reply(word)
      await group!.image(GIF)
      await group!.mute('bobby', { for: '10m' })
      await group!.kick('carol')
      await bot.user('dave').ban()
      await user.doNotDisturb({ global: true })
      await message.retract()
      await sent.retract()
    })
    ctx.command('count', async () => {
      await ctx.state.update<number>('count', (count = 0) => count + 1)
      return String(await ctx.state.get('count'))
    })
    ctx.command('many <n:int>', async ({ args, group }) => {
      for (let i = 0; i < args.n; i++) await group!.text(`${word} ${i}`)
    })
    ctx.command('undo', async ({ group, bot }) => {
      const last = (await ctx.state.get<string>('last'))!
      for (const sent of await bot.sentFor(last)) await sent.retract()
      await group!.text('undone')
    })
    ctx.command('members', async ({ group }) => `${(await group!.members()).length} members`)
    ctx.webhook('post', { auth: 'none' }, async ({ bot, event }) => {
      await ctx.state.set('last', event.id)
      await bot.group(10000001).text(`${word} post`)
    })
    ctx.cron('0 * * * *', { name: 'hourly' }, ({ bot }) => bot.group(10000001).text(`${word} hour`))
  },
})

const LIVE = { id: 'live', username: 'test-bot', plugins: [{ use: busy }] }
const SHADOW = {
  ...{ id: 'next', username: 'test-bot', mode: 'shadow' as const },
  plugins: [{ use: busy, config: { word: 'shadow' } }],
}
const both = () => world({ bots: [LIVE, SHADOW] })
const alone = () => world({ bots: [SHADOW] })

/** What a bot did, or would have done, by endpoint. */
async function callsOf(w: World, bot: string): Promise<string[]> {
  const { calls } = await w.recorded()
  return calls.filter(call => call.bot === bot).map(({ endpoint }) => endpoint)
}

const EVERYTHING = [
  ...['messages.send', 'messages.send', 'groups.silence', 'groups.members.remove', 'users.forbidden'],
  ...['users.nodisturb', 'messages.retract', 'messages.retract'],
]

test('a bot in the shadow does nothing, and what it would do is recorded', async () => {
  await using w = await alone()
  await w.say({ from: 'alice', group: 'square', text: '/all' })
  expect(await w.texts({ group: 'square' })).toEqual(['/all'])
  expect(await callsOf(w, 'next')).toEqual(EVERYTHING)
  const { events } = await w.recorded()
  const calls = events.flatMap(({ deliveries }) => deliveries.flatMap(delivery => delivery.calls))
  expect(new Set(calls.map(({ state }) => state))).toEqual(new Set(['shadow']))
  const [reply] = calls
  expect(reply).toMatchObject({ lane: 'group:10000001', args: { body: { msg_body: { text: 'shadow' } } } })
  const { msg_id } = reply!.result as { msg_id: number }
  expect(msg_id).toBeLessThan(0)
  expect(calls.at(-1)!.args).toMatchObject({ msgid: msg_id })
  const members = await w.client.groups.members.list({ gid: 10000001 })
  expect(members.map(({ username, flag }) => [username, flag])).toHaveLength(4)
  await expect(w.client.users.get({ username: 'test-bot' })).rejects.toThrow('899002')
})

test('what a live bot does beside its shadow is all done, and once', async () => {
  await using w = await both()
  await w.say({ from: 'alice', group: 'square', text: '/all' })
  expect(await callsOf(w, 'live')).toEqual(EVERYTHING)
  expect(await callsOf(w, 'next')).toEqual(EVERYTHING)
  // Both messages were taken back by the live bot; its shadow did not keep it from that.
  const history = await w.history({ group: 'square' })
  expect(history.map(({ msg_type }) => msg_type)).toEqual(['image'])
  expect(await w.client.groups.members.list({ gid: 10000001 })).toHaveLength(3)
})

test('the shadow hears webhooks of the live bot, and schedules of its own', async () => {
  await using w = await both()
  expect((await w.hook('/hooks/live/busy/post', {})).status).toBe(202)
  await w.clock.advance(3_600_000)
  await w.settled()
  expect(await w.texts({ group: 'square' })).toEqual(['live post', 'live hour'])
  const { calls } = await w.recorded()
  const texts = calls.map(({ bot, args }) => [bot, (args.body as { msg_body: object }).msg_body])
  expect(texts).toEqual(
    expect.arrayContaining([
      ['next', { text: 'shadow post' }],
      ['next', { text: 'shadow hour' }],
    ]),
  )
})

test('a mute made in the shadow ends in the shadow', async () => {
  await using w = await alone()
  await w.say({ from: 'alice', group: 'square', text: '/all' })
  await w.clock.advance(10 * 60_000)
  await w.settled()
  const lifts = (await w.recorded()).calls.filter(({ plugin }) => plugin === 'core')
  expect(lifts).toMatchObject([{ bot: 'next', endpoint: 'groups.silence', args: { status: false } }])
})

test('each remembers for itself', async () => {
  await using w = await both()
  await w.say({ from: 'alice', group: 'square', text: '/count' })
  await w.hook('/hooks/next/busy/post', {})
  await w.say({ from: 'alice', group: 'square', text: '/count' })
  expect(await w.texts({ group: 'square' })).toEqual(['/count', '1', '/count', '2'])
})

test('the shadow finds what it said, and the live bot does not', async () => {
  await using w = await both()
  await w.hook('/hooks/live/busy/post', {})
  await w.say({ from: 'alice', group: 'square', text: '/undo' })
  expect(await w.texts({ group: 'square' })).toEqual(['/undo', 'undone'])
  const retracted = (await w.recorded()).calls.filter(({ endpoint }) => endpoint === 'messages.retract')
  const ids = retracted.map(({ bot, args }) => [bot, Math.sign(args.msgid as number)])
  expect(ids.sort()).toEqual([
    ['live', 1],
    ['next', -1],
  ])
})

test('more calls than are kept with an event are recorded, too, and do not leave after a restart as a live bot', async () => {
  await using w = await alone()
  await w.say({ from: 'alice', group: 'square', text: '/many 40' })
  expect(await callsOf(w, 'next')).toHaveLength(40)
  await w.restart({ bots: [{ ...SHADOW, mode: 'live' }] })
  await w.settled()
  expect(await w.texts({ group: 'square' })).toEqual(['/many 40'])
})

test('reads of the shadow are made', async () => {
  await using w = await alone()
  await w.say({ from: 'alice', group: 'square', text: '/members' })
  const { calls } = await w.recorded()
  expect(calls).toMatchObject([{ args: { body: { msg_body: { text: '4 members' } } } }])
})

test('what a live bot of its username says is not heard by the shadow', async () => {
  const ears = definePlugin({
    name: 'ears',
    setup(ctx) {
      ctx.on('message', message => void message.reply('heard'))
    },
  })
  await using w = await world({ bots: [LIVE, { ...SHADOW, plugins: [{ use: ears }] }] })
  await w.hook('/hooks/live/busy/post', {})
  const [said] = await w.history({ group: 'square' })
  await w.hear(said!)
  expect(await callsOf(w, 'next')).toEqual([])
})
