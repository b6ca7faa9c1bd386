import { expect, test } from 'vitest'
import { z } from 'zod'
import { ManualClock } from '../../../src/base/clock.ts'
import { AppError } from '../../../src/base/errors.ts'
import { definePlugin, type PluginDefinition } from '../../../src/runtime/plugin/define.ts'
import { Effects } from '../../../src/runtime/plugin/effects.ts'
import { UserError } from '../../../src/runtime/plugin/user-error.ts'
import { type World, type WorldOptions, world } from '../../world.ts'
import { captured } from '../capture.ts'

const square = { group: 'square' } as const

/** What a bot answers to a command of alice. */
async function ask(w: World, text: string, from = 'alice'): Promise<string[]> {
  const before = (await w.texts(square)).length
  await w.say({ from, ...square, text })
  return (await w.texts(square)).slice(before + 1)
}

const withCommands = (setup: PluginDefinition['setup'], options: WorldOptions = {}) =>
  world({ ...options, plugins: [{ use: definePlugin({ name: 'plugin', setup }) }] })

test('a command answers with what its handler returns', async () => {
  await using w = await withCommands(ctx => {
    ctx.command('ping', 'Am I alive?', () => 'pong')
    ctx.command('quiet', () => {})
    ctx.command('add <a:int> <b:int>', async ({ args }) => String(args.a + args.b))
  })
  expect(await ask(w, '/ping')).toEqual(['pong'])
  expect(await ask(w, '/PING  ')).toEqual(['pong'])
  expect(await ask(w, '/quiet')).toEqual([])
  expect(await ask(w, '/add 2 3')).toEqual(['5'])
  expect(await ask(w, '/unknown')).toEqual([])
  expect(await ask(w, 'ping')).toEqual([])
})

test('a command called in a wrong way is answered with its usage', async () => {
  await using w = await withCommands(ctx => ctx.command('add <a:int> <b:int>', () => 'never'))
  expect(await ask(w, '/add 2')).toEqual(['b is missing\nUsage: /add <a> <b>'])
  expect(await ask(w, '/add 2 x')).toEqual(["b must be a whole number, got 'x'\nUsage: /add <a> <b>"])
})

test('a command with a role is for those who have it, and for owners', async () => {
  const roles = { moderator: ['alice'], owner: ['bobby'] }
  await using w = await withCommands(ctx => ctx.command('shutdown', { role: 'moderator' }, () => 'done'), {
    bot: { roles },
  })
  expect(await ask(w, '/shutdown', 'alice')).toEqual(['done'])
  expect(await ask(w, '/shutdown', 'bobby')).toEqual(['done'])
  expect(await ask(w, '/shutdown', 'carol')).toEqual(["/shutdown is for the role 'moderator'."])
})

test('a UserError is the answer, a refusal is explained, and neither is tried again', async () => {
  let runs = 0
  await using w = await withCommands(ctx => {
    ctx.command('user', () => {
      runs++
      throw new UserError('Not today.')
    })
    ctx.command('refused', () => {
      runs++
      throw new AppError('the door is shut', { code: 'x', hint: 'Knock.' })
    })
  })
  expect(await ask(w, '/user')).toEqual(['Not today.'])
  expect(await ask(w, '/refused')).toEqual(['That did not work: the door is shut. Knock.'])
  await w.clock.advance(600_000)
  expect(runs).toBe(2)
})

test('a command that fails is tried again, and what it said is not said again', async () => {
  let runs = 0
  await using w = await withCommands(ctx => {
    ctx.command('shaky', async ({ bot, group }) => {
      await bot.group(group!).text('step one')
      if (++runs < 3) throw new Error('not yet')
      return 'step two'
    })
  })
  await w.say({ from: 'alice', ...square, text: '/shaky' })
  await w.clock.advance(60_000)
  await w.settled()
  expect(await w.texts(square)).toEqual(['/shaky', 'step one', 'step two'])
})

test('listeners are a chain in their order, with the commands at its end', async () => {
  const heard: string[] = []
  await using w = await withCommands(ctx => {
    ctx.on('message', async (message, next) => {
      heard.push(`all ${message.text}`)
      if (message.text !== 'stop') await next()
    })
    ctx.on('message.image', () => heard.push('image'))
    ctx.on('message.text', async (_, next) => {
      heard.push('text')
      await next()
      heard.push('after')
    })
    ctx.command('ping', () => void heard.push('ping'))
  })
  await ask(w, '/ping')
  await ask(w, 'stop')
  expect(heard).toEqual(['all /ping', 'text', 'ping', 'after', 'all stop'])
})

const everything = (log: string[], more: PluginDefinition['setup'] = () => {}) =>
  definePlugin({
    name: 'everything',
    setup(ctx, config) {
      for (const n of [1, 2, 3]) {
        ctx.effect(() => {
          log.push(`do ${n}`)
          return async () => void log.push(`undo ${n}`)
        })
      }
      ctx.command('here', () => 'yes')
      ctx.on('message.image', () => {})
      ctx.webhook('hook', { auth: 'none' }, () => {})
      ctx.cron('0 9 * * *', () => {})
      ctx.onJob('job', () => {})
      return more(ctx, config)
    },
  })

test('what a plugin set up is undone in reverse order when it is unloaded', async () => {
  const log: string[] = []
  await using w = await world({
    plugins: [{ use: everything(log, () => () => void log.push('undo setup')) }],
  })
  const { host, webhooks, schedules } = w.runtime
  expect(await ask(w, '/here')).toEqual(['yes'])
  expect([webhooks.paths, schedules.all.length]).toEqual([['/hooks/bot/everything/hook'], 1])
  await host.unload('bot', 'everything')
  expect(log).toEqual(['do 1', 'do 2', 'do 3', 'undo setup', 'undo 3', 'undo 2', 'undo 1'])
  expect([webhooks.paths, schedules.all]).toEqual([[], []])
  expect(await ask(w, '/here')).toEqual([])
  expect((await w.hook('/hooks/bot/everything/hook', {})).status).toBe(404)
})

test('a setup that fails half-way leaves nothing behind', async () => {
  const log: string[] = []
  const failing = everything(log, async () => {
    throw new Error('half-way')
  })
  await expect(world({ plugins: [{ use: failing }] })).rejects.toThrow('half-way')
  expect(log.slice(3)).toEqual(['undo 3', 'undo 2', 'undo 1'])
})

test.each([
  ['a command', (ctx: never) => (ctx as Ctx).command('here', () => ''), /'here' is there twice/],
  [
    'a webhook',
    (ctx: never) => (ctx as Ctx).webhook('hook', { auth: 'none' }, () => {}),
    /'hook' is there twice/,
  ],
  ['a schedule', (ctx: never) => (ctx as Ctx).cron('0 9 * * *', () => {}), /is there twice/],
  ['a job', (ctx: never) => (ctx as Ctx).onJob('job', () => {}), /'job' is there twice/],
  [
    'auth',
    (ctx: never) => (ctx as Ctx).webhook('x', { auth: { type: 'bearer', token: 'short' } }, () => {}),
    /token must be at least 8/,
  ],
  [
    'a zone',
    (ctx: never) => (ctx as Ctx).cron('0 9 * * *', { name: 'z', timezone: 'Mars' }, () => {}),
    /'Mars' is no time zone/,
  ],
])('%s that is wrong fails the setup in words', async (_, add, message) => {
  await expect(world({ plugins: [{ use: everything([], add as never) }] })).rejects.toThrow(message)
})

type Ctx = Parameters<PluginDefinition['setup']>[0]

test('one undoing that fails does not keep the others from being done, and what comes late is undone at once', async () => {
  const log = captured()
  const effects = new Effects(log, new ManualClock())
  const done: string[] = []
  effects.add('first', () => void done.push('first'))
  effects.add('bad', async () => {
    throw new Error('stuck')
  })
  effects.add('last', () => void done.push('last'))
  expect(effects.labels).toEqual(['first', 'bad', 'last'])
  await effects.dispose()
  effects.add('late', () => void done.push('late'))
  effects.add('late and bad', () => {
    throw new Error('stuck')
  })
  expect(done).toEqual(['last', 'first', 'late'])
  expect(log.lines.map(({ fields }) => fields.effect)).toEqual(['bad', 'late and bad'])
})

test('an undoing that never ends is told of, and the others are done without it', async () => {
  const clock = new ManualClock()
  const log = captured()
  const effects = new Effects(log, clock)
  const done: string[] = []
  effects.add('first', () => void done.push('first'))
  effects.add('endless', () => new Promise<void>(() => {}))
  const disposed = effects.dispose().then(() => done.push('disposed'))
  await clock.advance(4999)
  expect(done).toEqual([])
  await clock.advance(1)
  await disposed
  expect(done).toEqual(['first', 'disposed'])
  expect(log.lines).toMatchObject([{ level: 'error', fields: { effect: 'endless', ms: 5000 } }])
})

const version = (answer: string, setUp: () => unknown = () => {}) =>
  definePlugin({
    name: 'greeter',
    async setup(ctx) {
      await setUp()
      ctx.command('version', () => answer)
      ctx.webhook(
        'hook',
        { auth: 'none' },
        async ({ bot }) => void (await bot.group(10_000_001).text(`hook ${answer}`)),
      )
    },
  })

test('a reload puts the new version in place of the old one', async () => {
  await using w = await world({ plugins: [{ use: version('one') }] })
  const old = w.runtime.host.instance('bot', 'greeter')!
  await w.runtime.host.load(version('two'), {}, old.deps)
  expect(await ask(w, '/version')).toEqual(['two'])
})

test('a reload that fails brings the former version back', async () => {
  await using w = await world({ plugins: [{ use: version('one') }] })
  const old = w.runtime.host.instance('bot', 'greeter')!
  const broken = version('two', () => {
    throw new Error('broken')
  })
  await expect(w.runtime.host.load(broken, {}, old.deps)).rejects.toThrow('broken')
  expect(await ask(w, '/version')).toEqual(['one'])
  expect(w.log.map(({ message }) => message)).toContain('reload failed; the former version goes on')
})

test('what happens while a plugin reloads is handled by the new version', async () => {
  await using w = await world({ plugins: [{ use: version('one') }] })
  const old = w.runtime.host.instance('bot', 'greeter')!
  let ready = () => {}
  const slow = version('two', () => new Promise<void>(resolve => (ready = resolve)))
  const hooked = w.hook('/hooks/bot/greeter/hook', {})
  const loading = w.runtime.host.load(slow, {}, old.deps)
  await w.say({ from: 'alice', ...square, text: '/version' })
  await hooked
  ready()
  await loading
  await w.settled()
  expect((await w.texts(square)).toSorted()).toEqual(['/version', 'hook two', 'two'].toSorted())
})

test('the body of a webhook is what the schema makes of it, also after a restart', async () => {
  const seen: unknown[] = []
  const plugin = definePlugin({
    name: 'dates',
    setup(ctx) {
      ctx.webhook(
        'hook',
        { auth: 'none', body: z.object({ at: z.coerce.date(), n: z.number().default(7) }) },
        ({ body }) => {
          seen.push(body)
          if (seen.length === 1) throw new Error('again')
        },
      )
    },
  })
  await using w = await world({ plugins: [{ use: plugin }] })
  await w.hook('/hooks/bot/dates/hook', { at: '2026-01-01T00:00:00Z' })
  await w.restart()
  await w.clock.advance(60_000)
  await w.settled()
  expect(seen).toEqual(Array(2).fill({ at: new Date('2026-01-01T00:00:00Z'), n: 7 }))
})

test('a plugin remembers, changes in one step, and forgets', async () => {
  await using w = await withCommands(ctx => {
    ctx.command('count', async () => String(await ctx.state.update<number>('n', (n = 0) => n + 1)))
    ctx.command('get', async () => String(await ctx.state.get('n')))
    ctx.command('forget', () => ctx.state.delete('n') as never)
  })
  await ask(w, '/count')
  await w.restart()
  expect(await ask(w, '/count')).toEqual(['2'])
  await ask(w, '/forget')
  expect(await ask(w, '/get')).toEqual(['undefined'])
})

test('a job without a handler is refused', async () => {
  await using w = await withCommands(ctx => {
    ctx.command('later', async () => ctx.job('nothing', { after: '1m' }))
  })
  expect((await ask(w, '/later'))[0]).toContain("no handler for jobs 'nothing'")
})
