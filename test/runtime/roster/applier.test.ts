import { definePlugin, z } from 'beadle'
import { expect, test } from 'vitest'
import type { MessageRecord } from '../../../src/protocol/index.ts'
import type { BotSpec, PluginSpec } from '../../../src/runtime/options.ts'
import { turns } from '../../quiet.ts'
import { type World, world } from '../../world.ts'

/** Says a word; in memory, it counts how often. */
const parrot = definePlugin({
  name: 'parrot',
  config: z.object({ word: z.string(), fails: z.boolean().default(false) }),
  setup(ctx, { word, fails }) {
    let count = 0
    ctx.command('say', ({ user }) => `${word} ${++count}${ctx.hasRole(user.username, 'boss') ? ' boss' : ''}`)
    ctx.webhook('post', { auth: 'none' }, async ({ bot }) => {
      await bot.group(10000001).text(`${word} post`)
    })
    ctx.cron('0 * * * *', { name: 'hourly' }, ({ bot }) => bot.group(10000001).text(`${word} hour`))
    if (fails) throw new Error('it says no')
  },
})

const parroting = (word: string, more: Partial<PluginSpec> & { fails?: boolean } = {}): PluginSpec => {
  const { fails = false, ...rest } = more
  return { name: 'parrot', definition: parrot, config: { word, fails }, ...rest }
}

const one = (plugins: readonly PluginSpec[], more: Partial<BotSpec> = {}): BotSpec => ({
  ...{ id: 'bot', username: 'test-bot', plugins },
  ...more,
})

const two = (word: string, more: Partial<BotSpec> = {}) =>
  one([parroting(word)], { id: 'second', username: 'second-bot', prefix: '!', ...more })

/** Lets the former version of a plugin go. */
async function gone(w: World): Promise<void> {
  while (paths(w).length > 0) await turns(1)
}

/** A world in which one bot says a word. */
async function home(): Promise<World> {
  const w = await world({ bots: [] })
  await w.runtime.apply([one([parroting('one')])])
  return w
}

const say = (w: World, text: string, from = 'alice') => w.say({ from, group: 'square', text })
const heard = async (w: World) => (await w.texts({ group: 'square' })).filter(text => !/^[/!]/.test(text))
const paths = (w: World) => w.runtime.webhooks.paths
const schedules = (w: World) => w.runtime.schedules.all.map(({ bot, name }) => `${bot} ${name}`)

test('a bot that comes is registered and at work, and one that goes hears and says nothing', async () => {
  await using w = await home()
  const added = await w.runtime.apply([one([parroting('one')]), two('two')])
  expect(added).toEqual({
    changes: [{ bot: 'second', how: 'added', what: ['plugin parrot: added'] }],
    problems: [],
  })
  await say(w, '!say')
  expect(schedules(w)).toEqual(['bot hourly', 'second hourly'])
  const removed = await w.runtime.apply([one([parroting('one')])])
  expect(removed).toEqual({ changes: [{ bot: 'second', how: 'removed', what: [] }], problems: [] })
  await say(w, '!say')
  await say(w, '/say')
  expect(await heard(w)).toEqual(['two 1', 'one 1'])
  expect(paths(w)).toEqual(['/hooks/bot/parrot/post'])
  expect(schedules(w)).toEqual(['bot hourly'])
  expect((await w.runtime.http.request('/hooks/second/parrot/post', { method: 'POST' })).status).toBe(404)
  await w.clock.advance(3_600_000)
  await w.settled()
  expect(await heard(w)).toEqual(['two 1', 'one 1', 'one hour'])
  expect(w.runtime.bots.map(({ id }) => id)).toEqual(['bot'])
})

test('what is the same is not touched: it remembers, and fires once', async () => {
  await using w = await home()
  const other = { ...parroting('other'), name: 'other', definition: { ...parrot } }
  const both = (word: string) => one([parroting(word), { ...other, config: { word: 'other' } }])
  await w.runtime.apply([both('one')])
  await say(w, '/say')
  expect(await w.runtime.apply([both('one')])).toEqual({ changes: [], problems: [] })
  expect(await w.runtime.apply([both('two')])).toEqual({
    changes: [{ bot: 'bot', how: 'changed', what: ['plugin parrot: loaded anew'] }],
    problems: [],
  })
  const mine = w.runtime.host.instance('bot', 'other')
  await w.runtime.apply([both('three')])
  expect(w.runtime.host.instance('bot', 'other')).toBe(mine)
  await w.clock.advance(3_600_000)
  await w.settled()
  const hours = (await heard(w)).filter(text => text.endsWith('hour'))
  expect(hours.sort()).toEqual(['other hour', 'three hour'])
})

test('a plugin that is removed leaves nothing behind, and what is for it waits to be tried', async () => {
  await using w = await home()
  const applied = await w.runtime.apply([one([])])
  expect(applied.changes).toEqual([{ bot: 'bot', how: 'changed', what: ['plugin parrot: removed'] }])
  expect([paths(w), schedules(w)]).toEqual([[], []])
  await say(w, '/say')
  const recipients = [{ bot: 'bot', plugin: 'parrot' }]
  const data = { name: 'post', body: {} }
  await w.runtime.journal.accept([{ type: 'webhook', conversation: '', data, recipients }])
  await turns(20)
  await w.runtime.apply([one([parroting('back')])])
  await w.clock.advance(5000)
  await w.settled()
  expect(await heard(w)).toEqual(['back post'])
})

test('settings that do not set up leave the bot as it was, and others are applied', async () => {
  await using w = await home()
  await w.runtime.apply([one([parroting('one')]), two('two')])
  const first = parroting('first', { name: 'first' })
  await w.runtime.apply([one([first, parroting('one')]), two('two')])
  const bad = parroting('bad', { fails: true })
  const others = { roles: { boss: ['alice'] }, prefix: '?' }
  const { changes, problems } = await w.runtime.apply([
    one([parroting('better', { name: 'first' }), bad], others),
    two('three'),
  ])
  expect(problems.map(({ bot, error }) => [bot, error.message])).toEqual([
    ['bot', 'plugin parrot cannot be set up: it says no'],
  ])
  expect(changes.map(({ bot }) => bot)).toEqual(['second'])
  await say(w, '?say')
  await say(w, '/say')
  await say(w, '!say')
  expect((await heard(w)).sort()).toEqual(['?say', 'first 1', 'one 1', 'three 1'])
  await w.hook('/hooks/bot/parrot/post', {})
  await w.settled()
  expect((await heard(w)).at(-1)).toBe('one post')
  // The same again, and then what is right.
  expect((await w.runtime.apply([one([first, bad]), two('three')])).problems).toHaveLength(1)
  expect((await w.runtime.apply([one([first, parroting('two')]), two('three')])).problems).toEqual([])
})

test('a bot that cannot be raised is not there, and comes with the next try', async () => {
  await using w = await home()
  const failing = one([parroting('x', { fails: true })], { id: 'second', username: 'second-bot' })
  const { problems } = await w.runtime.apply([one([parroting('one')]), failing])
  expect(problems).toMatchObject([{ bot: 'second' }])
  expect(w.runtime.bots.map(({ id }) => id)).toEqual(['bot'])
  await w.runtime.apply([one([parroting('one')]), two('two')])
  await say(w, '!say')
  expect(await heard(w)).toEqual(['two 1'])
})

test('roles, prefix and what is heard take effect', async () => {
  await using w = await home()
  const what = async (more: Partial<BotSpec>) =>
    (await w.runtime.apply([one([parroting('one')], more)])).changes.flatMap(change => change.what)
  expect(await what({ roles: { boss: ['alice'] } })).toEqual(['roles'])
  await say(w, '/say')
  expect(await what({ roles: { boss: ['alice'] }, prefix: '!' })).toEqual(['prefix'])
  await say(w, '!say')
  const instance = w.runtime.host.instance('bot', 'parrot')
  const deaf = { hearing: { groups: 'none', rooms: 'all', direct: true } } as const
  expect(await what({ roles: { boss: ['alice'] }, prefix: '!', ...deaf })).toEqual(['listen'])
  expect(w.runtime.host.instance('bot', 'parrot')).toBe(instance)
  await say(w, '!say')
  expect(await heard(w)).toEqual(['one 1 boss', 'one 1 boss'])
})

test('limits take effect, and do not load the plugin anew', async () => {
  await using w = await home()
  await say(w, '/say')
  const { changes } = await w.runtime.apply([one([parroting('one', { limits: { queue: 1 } })])])
  expect(changes).toEqual([{ bot: 'bot', how: 'changed', what: ['plugin parrot: limits'] }])
  await say(w, '/say')
  expect(await heard(w)).toEqual(['one 1', 'one 2'])
})

test('a bot that goes into the shadow says nothing, and comes back', async () => {
  await using w = await home()
  const { changes } = await w.runtime.apply([one([parroting('one')], { mode: 'shadow' })])
  expect(changes).toEqual([{ bot: 'bot', how: 'changed', what: ['mode'] }])
  await say(w, '/say')
  expect(await heard(w)).toEqual([])
  await w.runtime.apply([one([parroting('one')])])
  await say(w, '/say')
  expect(await heard(w)).toEqual(['one 1'])
})

test('a bot in the shadow that comes hears the webhooks of the one that it is to be like', async () => {
  await using w = await home()
  const next = one([parroting('next')], { id: 'next', mode: 'shadow' })
  await w.runtime.apply([one([parroting('one')]), next])
  await w.hook('/hooks/bot/parrot/post', {})
  await w.settled()
  expect((await w.recorded()).calls.length).toBeGreaterThan(0)
  const { events } = await w.recorded()
  expect(events.flatMap(({ deliveries }) => deliveries.map(({ bot }) => bot)).sort()).toEqual(['bot', 'next'])
})

test('a bot goes on under another username, and does not hear what it said before', async () => {
  await using w = await home()
  const heardBy: string[] = []
  const ear = definePlugin({
    name: 'ear',
    setup: ctx => ctx.on('message.text', ({ text }) => void heardBy.push(text)),
  })
  const bot = (username: string) =>
    one([parroting('one'), { name: 'ear', definition: ear, config: {} }], { username })
  await w.runtime.apply([bot('test-bot')])
  expect((await w.runtime.apply([bot('new-bot')])).changes).toMatchObject([{ what: ['username'] }])
  await say(w, '/say')
  expect(await heard(w)).toEqual(['one 1'])
  expect(w.runtime.host.bots.map(({ username }) => username)).toEqual(['new-bot'])
  const said = (from_id: string) =>
    w.runtime.host.routesOf('beadle00world00000000001').isOwn({ from_id } as MessageRecord)
  expect(['new-bot', 'test-bot', 'alice'].map(said)).toEqual([true, true, false])
  expect(heardBy).toEqual(['/say'])
})

test('what comes while a plugin is loaded anew is not lost: a message, a call of its webhook, a firing', async () => {
  await using w = await home()
  let isUp = () => {}
  const up = new Promise<void>(resolve => {
    isUp = resolve
  })
  const slow = definePlugin({
    ...{ name: 'parrot', config: parrot.config! },
    setup: (ctx, config) => up.then(() => parrot.setup(ctx, config as never) as never),
  })
  const applied = w.runtime.apply([one([parroting('two', { definition: slow as never })])])
  await gone(w)
  await say(w, '/say')
  const posted = w.runtime.http.request('/hooks/bot/parrot/post', { method: 'POST', body: '{}' })
  const elsewhere = await w.runtime.http.request('/hooks/bot/other/post', { method: 'POST', body: '{}' })
  expect(elsewhere.status).toBe(404)
  isUp()
  expect((await applied).problems).toEqual([])
  expect((await posted).status).toBe(202)
  await w.settled()
  expect((await heard(w)).sort()).toEqual(['two 1', 'two post'])
})

test('who calls a webhook whose plugin does not come is told to come again', async () => {
  await using w = await home()
  const stuck = definePlugin({ name: 'parrot', setup: () => new Promise<never>(() => {}) })
  const applied = w.runtime.apply([one([parroting('two', { definition: stuck })])])
  await gone(w)
  const posted = w.runtime.http.request('/hooks/bot/parrot/post', { method: 'POST', body: '{}' })
  await w.clock.advance(6000)
  expect((await posted).status).toBe(503)
  // It is given up in the end, and the former goes on.
  await w.clock.advance(60_000)
  expect((await applied).problems.map(({ error }) => error.message)).toEqual([
    'plugin parrot cannot be set up: it takes longer than 1m',
  ])
  await say(w, '/say')
  expect(await heard(w)).toEqual(['one 1'])
})

test('changes are applied one after the other', async () => {
  await using w = await home()
  const words = ['two', 'three', 'four']
  const all = await Promise.all(words.map(word => w.runtime.apply([one([parroting(word)])])))
  expect(all.map(({ changes }) => changes.length)).toEqual([1, 1, 1])
  await say(w, '/say')
  expect(await heard(w)).toEqual(['four 1'])
})

test('a broadcast waits while its bot is away, and goes on when it is back', async () => {
  await using w = await home()
  const bot = w.runtime.host.bots[0]!
  const broadcast = await bot.broadcast({
    ...{ to: { groups: ['10000001'] }, text: 'to all', key: 'k', paused: true },
  })
  await w.runtime.apply([])
  await broadcast.resume()
  await w.settled()
  expect(await heard(w)).toEqual([])
  await w.runtime.apply([one([parroting('one')])])
  await w.settled()
  expect(await heard(w)).toEqual(['to all'])
})
