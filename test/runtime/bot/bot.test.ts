import { expect, test } from 'vitest'
import { RetractTooLate } from '../../../src/client/index.ts'
import type { SentMessage } from '../../../src/runtime/bot/sent-message.ts'
import { definePlugin } from '../../../src/runtime/plugin/define.ts'
import { type World, world } from '../../world.ts'

const square = { group: 'square' } as const

/** A plugin that says what it is told to, and keeps what it said. */
function parrot() {
  const said: SentMessage[] = []
  const plugin = definePlugin({
    name: 'parrot',
    setup(ctx) {
      ctx.command('echo <text...>', async ({ args, message, bot }) => {
        said.push(await bot.group(message.record.target_id).text(args.text))
      })
      ctx.command('expire <text...>', async ({ args, message, bot, job }) => {
        const sent = await bot.group(message.record.target_id).text(args.text)
        await ctx.state.set('last', { sent, list: [sent], n: 1 })
        await job('expire', { after: '2m' }, { sent })
      })
      ctx.onJob<{ sent: SentMessage }>('expire', async ({ data }) => void (await data.sent.retract()))
      ctx.command('undo', async () => {
        const last = await ctx.state.get<{ sent: SentMessage; list: SentMessage[]; n: number }>('last')
        if (last?.list[0]?.id !== last?.sent.id || last?.n !== 1) return 'odd'
        return last.sent.retract()
      })
    },
  })
  return { plugin, said }
}

test('a sent message knows until when it can be retracted, and is refused later without a request', async () => {
  const { plugin, said } = parrot()
  await using w = await world({ plugins: [{ use: plugin }] })
  await w.say({ from: 'alice', ...square, text: '/echo one' })
  await w.say({ from: 'alice', ...square, text: '/echo two' })
  const [one, two] = said
  expect(one).toMatchObject({ state: 'sent', retractableUntil: w.clock.now() + 180_000 })
  await w.clock.advance(180_000)
  expect(await one!.retract()).toBe('retracted')
  expect(await one!.retract()).toBe('retracted')
  await w.clock.advance(1)
  const texts = await w.texts(square)
  await expect(two!.retract()).rejects.toBeInstanceOf(RetractTooLate)
  expect(texts).toEqual(['/echo one', '/echo two', 'two'])
})

test('a message in the data of a job is such again, also over a restart', async () => {
  const { plugin } = parrot()
  await using w = await world({ plugins: [{ use: plugin }] })
  await w.say({ from: 'alice', ...square, text: '/expire soon gone' })
  expect(await w.texts(square)).toEqual(['/expire soon gone', 'soon gone'])
  await w.clock.advance(60_000)
  await w.restart()
  await w.clock.advance(61_000)
  await w.settled()
  expect(await w.texts(square)).toEqual(['/expire soon gone'])
})

test('a message in the state of a plugin is such again', async () => {
  const { plugin } = parrot()
  await using w = await world({ plugins: [{ use: plugin }] })
  await w.say({ from: 'alice', ...square, text: '/expire hello' })
  await w.restart()
  await w.say({ from: 'alice', ...square, text: '/undo' })
  expect(await w.texts(square)).toEqual(['/expire hello', '/undo', 'retracted'])
})

test('a message in the state of a plugin that was cleared away since is one of which nobody can tell', async () => {
  let found: SentMessage | undefined
  const forgetful = definePlugin({
    name: 'forgetful',
    setup(ctx) {
      ctx.command('last', async () => {
        found = await ctx.state.get<SentMessage>('last')
      })
      // As it is written while the message waits to be sent.
      ctx.command('keep', () => ctx.state.set('last', { $sent: { id: 'gone', lane: 'group:10000001' } }))
    },
  })
  await using w = await world({ plugins: [{ use: forgetful }] })
  await w.say({ from: 'alice', ...square, text: '/keep' })
  await w.say({ from: 'alice', ...square, text: '/last' })
  expect(found?.state).toBe('unsure')
  await expect(found!.retract()).rejects.toThrow('not known whether')
})

const moderator = definePlugin({
  name: 'moderator',
  setup(ctx) {
    ctx.command('mute <user:user> [for:string]', async ({ args, bot, group }) => {
      await bot.group(group!).mute(args.user, args.for === undefined ? {} : { for: args.for })
    })
    ctx.command('unmute <user:user>', async ({ args, bot, group }) => bot.group(group!).unmute(args.user))
    ctx.command('ban <user:user> <for:string>', async ({ args, bot }) =>
      bot.user(args.user).ban({ for: args.for }),
    )
  },
})

/** Whether a user can say something in the square. */
const canSay = (w: World, from: string) =>
  w.say({ from, ...square, text: 'may I?' }).then(
    () => true,
    () => false,
  )
const order = (w: World, text: string) => w.say({ from: 'alice', ...square, text })

test('a timed mute lifts itself, also over a restart', async () => {
  await using w = await world({ plugins: [{ use: moderator }] })
  await order(w, '/mute bobby 10m')
  expect(await canSay(w, 'bobby')).toBe(false)
  await w.clock.advance(9 * 60_000)
  expect(await canSay(w, 'bobby')).toBe(false)
  await w.restart()
  await w.clock.advance(61_000)
  await w.settled()
  expect(await canSay(w, 'bobby')).toBe(true)
})

test('a newer mute takes the place of an older term', async () => {
  await using w = await world({ plugins: [{ use: moderator }] })
  await order(w, '/mute bobby 10m')
  await order(w, '/mute carol 10m')
  await order(w, '/mute bobby 30m')
  await order(w, '/mute carol')
  await w.clock.advance(11 * 60_000)
  await w.settled()
  expect([await canSay(w, 'bobby'), await canSay(w, 'carol')]).toEqual([false, false])
  await w.clock.advance(20 * 60_000)
  await w.settled()
  expect([await canSay(w, 'bobby'), await canSay(w, 'carol')]).toEqual([true, false])
})

test('a term that ended does not lift the mute that came after it', async () => {
  await using w = await world({ plugins: [{ use: moderator }] })
  await order(w, '/mute bobby 10m')
  const bot = w.runtime.host.bots[0]!
  await order(w, '/mute bobby 30m')
  // The lift of the first term, late.
  await bot.lift({ kind: 'group', id: String(w.groups.square), user: 'bobby' })
  expect(await canSay(w, 'bobby')).toBe(false)
  await w.clock.advance(31 * 60_000)
  await w.settled()
  expect(await canSay(w, 'bobby')).toBe(true)
})

test('unmuting by hand ends the term', async () => {
  await using w = await world({ plugins: [{ use: moderator }] })
  await order(w, '/mute bobby 10m')
  await order(w, '/unmute bobby')
  expect(await canSay(w, 'bobby')).toBe(true)
  await order(w, '/mute bobby')
  await w.clock.advance(11 * 60_000)
  await w.settled()
  expect(await canSay(w, 'bobby')).toBe(false)
})

test('a wrong length of time mutes nobody', async () => {
  await using w = await world({ plugins: [{ use: moderator }] })
  await order(w, '/mute bobby soon')
  expect(await canSay(w, 'bobby')).toBe(true)
  expect((await w.texts(square)).join()).toContain("'soon' is no duration")
})

test('a timed ban lifts itself', async () => {
  await using w = await world({ plugins: [{ use: moderator }] })
  await order(w, '/ban bobby 10m')
  await w.clock.advance(11 * 60_000)
  await w.settled()
  expect(await canSay(w, 'bobby')).toBe(true)
})

test('a text that would be too long with its marker is refused with the limit', async () => {
  const { plugin } = parrot()
  await using w = await world({ plugins: [{ use: plugin }] })
  const bot = w.runtime.host.bots[0]!
  const group = bot.group(w.groups.square!)
  await group.text('x'.repeat(4000))
  await expect(group.text('x'.repeat(4080))).rejects.toMatchObject({ code: 'message.invalid' })
  await expect(group.text('')).rejects.toMatchObject({ code: 'message.invalid' })
})
