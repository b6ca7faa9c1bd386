import { definePlugin, UserError, z } from 'beadle'
import { expect, test } from 'vitest'
import { world } from '../world.ts'

const echo = definePlugin({
  name: 'echo',
  config: z.strictObject({ word: z.string('must be a string').default('pong') }),
  setup(ctx, { word }) {
    ctx.command('ping', () => word)
    ctx.command('quit', { role: 'moderator' }, () => {
      throw new UserError('never')
    })
    ctx.command('later <after:duration>', async ({ args, group, job }) => {
      await job('later', { after: args.after }, { gid: group?.gid })
    })
    ctx.onJob<{ gid: number }>('later', async ({ data, bot }) => {
      await bot.group(data.gid).text('later')
    })
    ctx.command('stuck', async () => {
      await new Promise<void>(resolve => ctx.clock.after(20_000, resolve))
      return 'free'
    })
    ctx.webhook('post', { auth: 'none', body: z.object({ text: z.string() }) }, async ({ body, bot }) => {
      await bot.group(10000001).text(body.text)
    })
  },
})

test('answers in the group, the room and the direct chat where a command was given', async () => {
  await using w = await world({ plugins: [{ use: echo }] })
  await w.say({ from: 'alice', group: 'square', text: '/ping' })
  await w.say({ from: 'bobby', room: 'hall', text: '/ping' })
  await w.say({ from: 'carol', user: 'test-bot', text: '/ping' })
  expect(await w.texts({ group: 'square' })).toEqual(['/ping', 'pong'])
  expect(await w.texts({ room: 'hall' })).toEqual(['/ping', 'pong'])
  expect(await w.texts({ user: 'carol' })).toEqual(['/ping', 'pong'])
  expect(await w.texts({ user: 'dave' })).toEqual([])
})

test('numbers groups and rooms as the town of npm start does', async () => {
  await using w = await world({ groups: ['square', 'market'], rooms: ['hall'] })
  expect(w.groups).toEqual({ square: 10000001, market: 10000002 })
  expect(w.rooms).toEqual({ hall: 20000001 })
})

test('calls webhooks, and answers what they answer', async () => {
  await using w = await world({ plugins: [{ use: echo }] })
  const taken = await w.hook('/hooks/bot/echo/post', { text: 'hello' })
  expect(taken.status).toBe(202)
  expect(await w.texts({ group: 'square' })).toEqual(['hello'])
  expect((await w.hook('/hooks/bot/echo/post', {})).status).toBe(400)
})

test('lets time pass only when it is told to', async () => {
  await using w = await world({ plugins: [{ use: echo }] })
  await w.say({ from: 'alice', group: 'square', text: '/later 2h' })
  await w.clock.advance(2 * 3_600_000 - 1)
  await w.settled()
  expect(await w.texts({ group: 'square' })).toEqual(['/later 2h'])
  await w.clock.advance(1)
  await w.settled()
  expect(await w.texts({ group: 'square' })).toEqual(['/later 2h', 'later'])
})

test('keeps what waits over a restart', async () => {
  await using w = await world({ plugins: [{ use: echo }] })
  await w.say({ from: 'alice', group: 'square', text: '/later 1h' })
  await w.restart()
  await w.clock.advance(3_600_000)
  await w.settled()
  expect(await w.texts({ group: 'square' })).toEqual(['/later 1h', 'later'])
})

test('names what still waits when it does not settle', async () => {
  await using w = await world({ plugins: [{ use: echo }] })
  await w.say({ from: 'alice', group: 'square', text: '/stuck' })
  await expect(w.settled()).rejects.toThrow(/this still waits: message\.text \S+ for echo of bot/)
  await w.clock.advance(20_000)
  await w.settled()
  expect(await w.texts({ group: 'square' })).toEqual(['/stuck', 'free'])
})

test('finds what was said weeks ago', async () => {
  await using w = await world({ plugins: [{ use: echo }] })
  await w.say({ from: 'alice', group: 'square', text: 'first' })
  await w.clock.advance(20 * 86_400_000)
  await w.say({ from: 'alice', group: 'square', text: 'second' })
  expect(await w.texts({ group: 'square' })).toEqual(['first', 'second'])
})

test('refuses to speak for those who may not', async () => {
  await using w = await world()
  await w.client.groups.silence({ gid: w.groups.square!, status: true, body: ['bobby'] })
  await expect(w.say({ from: 'bobby', group: 'square', text: 'hello' })).rejects.toThrow('silent')
  await expect(w.say({ from: 'nobody', group: 'square', text: 'hello' })).rejects.toThrow('No such user')
  await expect(w.say({ from: 'alice', group: 'nowhere', text: 'hello' })).rejects.toThrow(
    "there is no 'nowhere' in this world",
  )
})

test('gives bots the roles it is told', async () => {
  const bot = { roles: { moderator: ['carol'] } }
  await using w = await world({ plugins: [{ use: echo, name: 'other' }], bot })
  await w.say({ from: 'carol', group: 'square', text: '/quit' })
  await w.say({ from: 'alice', group: 'square', text: '/quit' })
  expect(await w.texts({ group: 'square' })).toEqual([
    '/quit',
    'never',
    '/quit',
    "/quit is for the role 'moderator'.",
  ])
})

test('refuses wrong settings by the name of the field', async () => {
  await expect(world({ plugins: [{ use: echo, config: { word: 1 } }] })).rejects.toThrow(
    'the settings of echo are wrong: word must be a string',
  )
})

test('captures the log', async () => {
  await using w = await world()
  expect(w.log).toContainEqual(
    expect.objectContaining({ level: 'info', message: 'registered the admin account of a bot' }),
  )
})

test('runs several bots side by side', async () => {
  const bots = [
    { id: 'one', username: 'bot-one', plugins: [{ use: echo, config: { word: 'one' } }] },
    { id: 'two', username: 'bot-two', prefix: '!', plugins: [{ use: echo, config: { word: 'two' } }] },
  ]
  await using w = await world({ bots })
  await w.say({ from: 'alice', group: 'square', text: '/ping' })
  await w.say({ from: 'alice', group: 'square', text: '!ping' })
  expect(await w.texts({ group: 'square' })).toEqual(['/ping', 'one', '!ping', 'two'])
})

test('fails calls when it is told to, and bots cope', async () => {
  await using w = await world({ plugins: [{ use: echo }] })
  const sends = { endpoints: ['messages.send'], times: 1 }
  await w.misbehave([
    { ...sends, fault: 'rate-limited', retry_after_s: 30 },
    { ...sends, fault: 'lost' },
  ])
  await w.say({ from: 'alice', group: 'square', text: '/ping' })
  await w.clock.advance(29_000)
  expect(await w.texts({ group: 'square' })).toEqual(['/ping'])
  await w.clock.advance(31_000)
  await w.settled()
  expect(await w.texts({ group: 'square' })).toEqual(['/ping', 'pong'])
  await w.misbehave([])
  await expect(w.misbehave([{ fault: 'slow', delay_ms: -1 }])).rejects.toThrow(/delay_ms must be from 0/)
})
