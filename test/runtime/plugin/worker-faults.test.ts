import { expect, test } from 'vitest'
import { definePlugin } from '../../../src/index.ts'
import type { World } from '../../../src/testing/index.ts'
import { ask, said, threaded, until, worldOf } from './worker-world.ts'

const square = { group: 'square' } as const
const hall = { room: 'hall' } as const

/** Little enough that handlers, who take real time, are not cut off by a clock that runs away. */
const STEP_MS = 50

/** Puts the clock on, as the pauses before restarts and retries run by it, until something is so. */
const inTime = (w: World, what: () => unknown) =>
  until(async () => {
    await w.clock.advance(STEP_MS)
    return what()
  })

/** For tests that let several threads die. */
const LONG_MS = 90_000

const neighbour = definePlugin({
  name: 'neighbour',
  setup(ctx) {
    ctx.command('near', () => 'here')
  },
})

const errorsOf = (w: World) =>
  w.log.filter(({ level }) => level === 'error').map(({ fields }) => (fields.err as { code: string }).code)

test(
  'a handler in an endless loop is killed and named, and harms nobody else',
  async () => {
    const plugin = await threaded(`
    ctx.webhook('spin', { auth: 'none', body: z.object({ once: z.boolean() }) }, async ({ body, bot, event }) => {
      await bot.group(10000001).text('spinning')
      if (body.once && await ctx.state.get('spun')) return
      await ctx.state.set('spun', true)
      while (true) {}
    })
    ctx.webhook('plain', { auth: 'none', conversation: () => 'c' }, ({ bot, body }) => bot.room(20000001).text(body.n))
    ctx.webhook('open', { auth: 'none' }, ({ bot }) => bot.room(20000001).text('open'))
    ctx.webhook('slow', { auth: 'none' }, async ({ bot }) => {
      await new Promise(resolve => setTimeout(resolve, 1000))
      await bot.room(20000001).text('slow')
    })
    ctx.cron('* * * * *', () => {})
    ctx.command('ping', () => 'pong')
  `)
    await using w = await worldOf([plugin, { use: neighbour }])
    await w.hook('/hooks/bot/plugin/slow', {})
    expect((await w.hook('/hooks/bot/plugin/spin', { once: true })).status).toBe(202)
    // It spins now: the neighbour answers, what needs no look at the body is taken, what does is refused for a while.
    await said(w, square, ['spinning'])
    await w.say({ from: 'alice', ...square, text: '/near' })
    await said(w, square, ['/near', 'here'])
    expect((await w.hook('/hooks/bot/plugin/open', {})).status).toBe(202)
    const refused = await w.hook('/hooks/bot/plugin/plain', { n: '0' })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])

    await until(() => errorsOf(w).length > 0)
    expect(w.log.find(({ level }) => level === 'error')).toMatchObject({
      message: 'the thread of a plugin ended; it is started again',
      fields: {
        bot: 'bot',
        plugin: 'plugin',
        err: {
          code: 'plugin.stuck',
          message: expect.stringContaining('plugin plugin of bot bot made no turn'),
        },
      },
    })
    expect(w.runtime.webhooks.paths).toContain('/hooks/bot/plugin/plain')
    await inTime(w, () => w.runtime.waiting === 0)
    // Each was handled in the end; the one that was not at fault was not said twice, nor was 'spinning'.
    expect((await w.texts(hall)).sort()).toEqual(['open', 'slow'])
    expect((await w.texts(square)).filter(text => text === 'spinning')).toHaveLength(1)
    expect(await ask(w, '/ping')).toEqual(['pong'])
    const counted = w.log.filter(({ fields }) => (fields.err as { code?: string })?.code === 'plugin.stuck')
    expect(counted.map(({ message }) => message)).toContain('a handler failed; it is tried again')
  },
  LONG_MS,
)

test(
  'a plugin that exits, throws in a timer or takes all memory is started again, and its events are handled',
  async () => {
    const plugin = await threaded(`
    ctx.webhook('go', { auth: 'none' }, async ({ bot, body: { how } }) => {
      const n = await ctx.state.update(how, (n = 0) => n + 1)
      if (n > 1) return bot.room(20000001).text(how + ' ' + n)
      if (how === 'exit') process.exit(7)
      if (how === 'throw') setTimeout(() => { throw new Error('in a timer') }, 1)
      const all: unknown[] = []
      while (how === 'memory') all.push(new Array(1e5).fill(0))
      await new Promise(() => {})
    })
  `)
    await using w = await worldOf([plugin, { use: neighbour }])
    const failures = {
      exit: { code: 'plugin.exited', message: expect.stringContaining('code 7') },
      throw: { code: 'plugin.crashed', message: expect.stringContaining('in a timer') },
      // It may take so long over its last bytes that it counts as stuck.
      memory: { code: expect.stringMatching(/crashed|stuck/) },
    }
    for (const [how, error] of Object.entries(failures)) {
      w.log.splice(0)
      await w.hook('/hooks/bot/plugin/go', { how })
      await until(() => errorsOf(w).length > 0)
      expect(w.log.find(({ level }) => level === 'error')!.fields.err).toMatchObject(error)
      await w.say({ from: 'alice', ...square, text: '/near' })
      await said(w, square, ['/near', 'here'])
      await inTime(w, async () => (await w.texts(hall)).at(-1) === `${how} 2`)
    }
    expect(await w.texts(hall)).toEqual(['exit 2', 'throw 2', 'memory 2'])
  },
  LONG_MS,
)

test('rejections that nobody heeds, and floods of lines and calls, end nothing', async () => {
  const plugin = await threaded(`
    ctx.command('stray', () => { void Promise.reject(new AppError('left alone', { code: 'test.stray' })) })
    ctx.command('flood', async () => {
      for (let i = 0; i < 2000; i++) console.log('line', i)
      await Promise.all(Array.from({ length: 2000 }, (_, i) => ctx.state.set('k' + (i % 10), i)))
      return String(await ctx.state.get('k9'))
    })
  `)
  await using w = await worldOf([plugin])
  await ask(w, '/stray')
  await until(() => errorsOf(w).length > 0)
  expect(errorsOf(w)).toEqual(['test.stray'])
  await w.say({ from: 'alice', ...square, text: '/flood' })
  await said(w, square, ['1999'])
  const lines = w.log.filter(({ message }) => message.startsWith('line '))
  expect(lines[0]).toMatchObject({
    level: 'info',
    message: 'line 0',
    fields: { bot: 'bot', plugin: 'plugin' },
  })
  expect(lines.length).toBeLessThan(2000)
})

test('the time limit of a handler reaches the thread', async () => {
  const plugin = await threaded(`
    ctx.webhook('hang', { auth: 'none' }, async ({ bot, signal }) => {
      if (await ctx.state.get('hung')) return
      await ctx.state.set('hung', true)
      await bot.group(10000001).text('begun')
      await new Promise(resolve => signal.addEventListener('abort', resolve))
      ctx.log.info({ reason: signal.reason.code }, 'aborted')
      await bot.group(10000001).text('too late').catch(error => ctx.log.info({ code: error.code }, 'refused'))
    })
  `)
  await using w = await worldOf([plugin])
  await w.hook('/hooks/bot/plugin/hang', {})
  await said(w, square, ['begun'])
  await w.clock.advance(31_000)
  await until(() => w.log.some(({ message }) => message === 'refused'))
  expect(w.log.find(({ message }) => message === 'aborted')?.fields.reason).toBe('plugin.timeout')
  expect(w.log.find(({ message }) => message === 'refused')?.fields.code).toBe('plugin.timeout')
  await inTime(w, () => w.runtime.waiting === 0)
  expect(await w.texts(square)).toEqual(['begun'])
})

test('thousands of events keep their order in each conversation, and a restart takes up what waits', async () => {
  const plugin = await threaded(`
    ctx.webhook('n', { auth: 'none', dedupe: 'off', conversation: body => String(body.of) }, async ({ body }) => {
      await ctx.state.update('seen-' + body.of, (seen = []) => [...seen, body.n])
    })
    ctx.command('seen <of:int>', async ({ args }) => JSON.stringify(await ctx.state.get('seen-' + args.of)))
    ctx.effect(() => () => ctx.state.set('undone', true))
    ctx.command('undone', async () => String(await ctx.state.get('undone')))
  `)
  await using w = await worldOf([plugin])
  const [conversations, each] = [20, 100]
  const sent: Promise<Response>[] = []
  for (let n = 0; n < each; n++)
    for (let of = 0; of < conversations; of++)
      sent.push(Promise.resolve(w.runtime.http.request('/hooks/bot/plugin/n', post({ of, n }))))
  for (const answer of await Promise.all(sent)) expect(answer.status).toBe(202)
  // In the middle: what runs is interrupted, and taken up by the next start with the rest.
  await w.restart()
  await until(() => w.runtime.waiting === 0)
  for (const of of [0, 7, 19]) {
    const [seen] = await ask(w, `/seen ${of}`)
    const inOrder = [...new Set(JSON.parse(seen!) as number[])]
    expect(inOrder).toEqual(Array.from({ length: each }, (_, n) => n))
  }
  expect(await ask(w, '/undone')).toEqual(['true'])
})

const post = (body: object) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

test('an unloaded plugin is gone, with its thread and all that it registered', async () => {
  const plugin = await threaded(`
    ctx.webhook('go', { auth: 'none' }, () => {})
    ctx.cron('* * * * *', () => {})
    ctx.command('ping', () => 'pong')
  `)
  await using w = await worldOf([plugin, { use: neighbour }])
  const { host, webhooks, schedules } = w.runtime
  expect([webhooks.paths.length, schedules.all.length]).toEqual([1, 1])
  await host.unload('bot', 'plugin')
  expect([webhooks.paths.length, schedules.all.length]).toEqual([0, 0])
  expect(await ask(w, '/ping')).toEqual([])
  expect(await ask(w, '/near')).toEqual(['here'])
})
