import { definePlugin } from 'beadle'
import { expect, test } from 'vitest'
import { turns } from '../../quiet.ts'
import { type World, type WorldOptions, world } from '../../world.ts'
import { ask, threaded, until } from '../plugin/worker-world.ts'

const square = { group: 'square' } as const
const MINUTE = 60_000

let fails = 0
const plugin = definePlugin({
  name: 'plugin',
  setup(ctx) {
    ctx.command('say <text...>', ({ args }) => args.text)
    ctx.command('undo [count:int=1]', async ({ args, bot, message, event }) => {
      const undone = await bot.undoLast(message.chat, { count: args.count })
      if (fails-- > 0) throw new Error('not yet')
      await ctx.state.set(event.id, undone.length)
      return `${undone.length} undone`
    })
    ctx.command('mine', async ({ bot, message }) => {
      const undone = await bot.undoLast(message.chat, { by: message.sender })
      return `${undone.length} of yours undone`
    })
    ctx.command('own', async ({ bot, message }) => {
      await message.reply('of my own')
      const before = await bot.lastSent(message.chat, { count: 100 })
      await message.reply(`${before.length} before`)
    })
    ctx.cron('0 * * * *', { name: 'hourly' }, ({ bot }) => bot.group(10000001).text('an hour'))
  },
})

const build = (options: WorldOptions = {}) => world({ plugins: [{ use: plugin }], ...options })
const say = (w: World, text: string, from = 'alice') => w.say({ from, ...square, text })
const said = async (w: World): Promise<string[]> =>
  (await w.history(square)).flatMap(({ from_id, msg_body }) =>
    from_id === 'test-bot' ? [String(msg_body.text)] : [],
  )
const botOf = (w: World) => w.runtime.host.instance('bot', 'plugin')!.bot

test('the last message to a chat is taken back, then the one before it', async () => {
  await using w = await build()
  for (const text of ['one', 'two', 'three']) await say(w, `/say ${text}`)
  await w.say({ from: 'alice', room: 'hall', text: '/say elsewhere' })
  await say(w, '/undo')
  expect(await said(w)).toEqual(['one', 'two', '1 undone'])
  await say(w, '/undo 2')
  expect(await said(w)).toEqual(['one', '2 undone'])
  await say(w, '/undo 9')
  expect(await said(w)).toEqual(['2 undone'])
})

test('what was said in answer to somebody is found apart from all else', async () => {
  await using w = await build()
  await say(w, '/say one')
  await say(w, '/say two', 'bobby')
  await w.clock.advance(MINUTE)
  await say(w, '/mine')
  expect(await said(w)).toEqual(['two', '1 of yours undone'])
  await say(w, '/mine', 'carol')
  expect(await said(w)).toEqual(['two', '1 of yours undone', '0 of yours undone'])
})

test('a handler that runs again takes nothing more back than before', async () => {
  await using w = await build()
  for (const text of ['one', 'two']) await say(w, `/say ${text}`)
  fails = 1
  await say(w, '/undo')
  expect(await said(w)).toEqual(['one'])
  await botOf(w).group(10000001).text('three')
  await w.clock.advance(2000)
  await w.settled()
  expect(await said(w)).toEqual(['one', 'three', '1 undone'])
})

test('also after a restart, and when the three minutes are over by then', async () => {
  await using w = await build()
  for (const text of ['one', 'two']) await say(w, `/say ${text}`)
  await w.restart()
  fails = 1
  await say(w, '/undo')
  await w.restart({ after: 4 * MINUTE })
  await w.clock.advance(MINUTE)
  await w.settled()
  expect(await said(w)).toEqual(['one', '1 undone'])
})

test('what is older than three minutes is not found', async () => {
  await using w = await build()
  await say(w, '/say one')
  await w.clock.advance(3 * MINUTE + 1)
  await say(w, '/undo')
  expect(await said(w)).toEqual(['one', '0 undone'])
})

test('what a schedule or a program said is found, newest first, but not what the handler itself says', async () => {
  await using w = await build()
  await w.clock.advance(60 * MINUTE - (w.clock.now() % (60 * MINUTE)))
  await w.settled()
  const group = botOf(w).group(10000001)
  await group.text('by a program')
  await botOf(w).broadcast({ to: { groups: [10000001] }, text: 'to many' })
  await w.settled()
  const last = await botOf(w).lastSent(group, { count: 10 })
  expect(last.map(({ state }) => state)).toEqual(['sent', 'sent', 'sent'])
  await last[2]!.retract()
  expect(await said(w)).toEqual(['by a program', 'to many'])
  await say(w, '/own')
  expect((await said(w)).at(-1)).toBe('2 before')
  await expect(botOf(w).lastSent(group, { count: 0 })).rejects.toMatchObject({ code: 'sent.count' })
})

test('what was taken back otherwise is not found', async () => {
  await using w = await build()
  await say(w, '/say one')
  await say(w, '/say two')
  const two = (await w.history(square)).at(-1)!
  await botOf(w).retract({ sender: 'test-bot', msgId: two.msgid, lane: 'group:10000001' })
  await say(w, '/undo')
  expect(await said(w)).toEqual(['1 undone'])
})

test('a message that waits is cancelled, and one that is on its way is waited for', async () => {
  await using w = await build()
  const bot = botOf(w)
  await w.misbehave([{ endpoints: ['messages.send'], fault: 'slow', delay_ms: 3000, after: true, times: 1 }])
  const slow = bot.group(10000001).text('slow')
  await turns(20)
  const undone = bot.undoLast(bot.group(10000001))
  await turns(20)
  await w.clock.advance(3000)
  expect((await undone).map(({ id }) => id)).toEqual([(await slow).id])
  await w.misbehave([{ endpoints: ['messages.send'], fault: 'error', status: 503 }])
  expect((await bot.group(10000001).text('waits')).state).toBe('queued')
  expect((await bot.group(10000001).text('waits, too')).state).toBe('queued')
  const both = bot.undoLast(bot.group(10000001), { count: 2 })
  await turns(20)
  await w.misbehave([])
  await w.clock.advance(5 * MINUTE)
  expect((await both).map(({ state }) => state)).toEqual(['cancelled', 'cancelled'])
  await w.settled()
  expect(await said(w)).toEqual([])
})

test('a bot in the shadow finds what it would have said, and nothing of the other', async () => {
  const live = { id: 'bot', username: 'test-bot', plugins: [{ use: plugin }] }
  await using w = await world({ bots: [live, { ...live, id: 'next', mode: 'shadow' }] })
  for (const text of ['one', 'two']) await say(w, `/say ${text}`)
  await say(w, '/undo')
  await w.settled()
  expect(await said(w)).toEqual(['one', '1 undone'])
  const { calls } = await w.recorded()
  const taken = calls.filter(({ endpoint }) => endpoint === 'messages.retract')
  expect(taken.map(({ args }) => (args as { msgid: number }).msgid < 0).sort()).toEqual([false, true])
  const shadow = w.runtime.host.instance('next', 'plugin')!.bot
  await shadow.group(10000001).text('never said', { retractAfter: '5s' })
  expect(await shadow.lastSent(shadow.group(10000001), { count: 9 })).toHaveLength(3)
  await w.clock.advance(5000)
  await w.settled()
  expect(await shadow.lastSent(shadow.group(10000001), { count: 9 })).toHaveLength(2)
})

test('a plugin in a thread of its own does all of it', async () => {
  const inThread = await threaded(`
    ctx.command('say <text...>', ({ args }) => args.text)
    ctx.command('undo', async ({ bot, message }) => {
      const undone = await bot.undoLast(message.chat, { by: message.sender })
      return { text: undone.length + ' undone', mention: true }
    })
    ctx.command('all', ({ message }) => message.reply('hi', { mention: 'all' }).then(() => {}))
    ctx.command('long', () => 'word '.repeat(1000))
    ctx.command('swap', async ({ message }) => {
      const sent = await message.reply('one')
      await sent.replace(TemplateField.parse('{{ n }}'), { values: { n: 2 } })
    })
    ctx.command('brief', ({ message }) => message.reply('brief', { retractAfter: '1s' }).then(() => {}))
  `)
  await using w = await world({ plugins: [inThread], bot: { language: 'zh' } })
  expect(await ask(w, '/say one')).toEqual(['one'])
  await ask(w, '/undo')
  expect(await w.texts(square)).toEqual(['/say one', '/undo', '@alice 1 undone'])
  expect(await ask(w, '/all')).toEqual(['@所有人 hi'])
  expect(await ask(w, '/long')).toHaveLength(2)
  expect(await ask(w, '/swap')).toEqual(['2'])
  expect(await ask(w, '/brief')).toEqual(['brief'])
  await w.clock.advance(1000)
  await until(async () => !(await w.texts(square)).includes('brief'))
})
