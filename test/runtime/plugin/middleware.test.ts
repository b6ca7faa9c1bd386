import { expect, test } from 'vitest'
import { definePlugin, type PluginDefinition } from '../../../src/runtime/plugin/define.ts'
import { UserError } from '../../../src/runtime/plugin/user-error.ts'
import { type World, world } from '../../world.ts'
import { ask as askThread, threaded, worldOf } from './worker-world.ts'

const square = { group: 'square' } as const

const worldWith = (setup: PluginDefinition['setup']) =>
  world({
    bot: { roles: { moderator: ['carol'] } },
    plugins: [{ use: definePlugin({ name: 'plugin', setup }) }],
  })

async function ask(w: World, text: string, from = 'alice'): Promise<string[]> {
  const before = (await w.texts(square)).length
  await w.say({ from, ...square, text })
  return (await w.texts(square)).slice(before + 1)
}

test('what is registered on the context of a middleware runs within it, and what is registered on the other does not', async () => {
  const runs: string[] = []
  await using w = await worldWith(ctx => {
    const known = ctx.use(async ({ event, message, user, group }, next) => {
      runs.push(`${event.type} ${message?.text} ${user?.username} ${group?.gid}`)
      return next({ profile: { name: (user?.username ?? 'nobody').toUpperCase() } })
    })
    known.command('who [name]', ({ profile, args, user }) => `${profile.name} ${user.username} ${args.name}`)
    ctx.command('plain', context => `${'profile' in context}`)
    known.on('message.text', { text: /^hi (\w+)$/ }, (message, _, { profile, match }) =>
      message.reply(`hi ${match[1]} from ${profile.name}`),
    )
    known.on('group.updated', ({ profile, data, group }) => group!.text(`${profile.name} ${data.name}`))
    known.webhook('hook', { auth: 'none' }, ({ profile, body, bot }) =>
      bot.group(10000001).text(`${profile.name} ${JSON.stringify(body)}`),
    )
    known.cron('0 9 * * *', { name: 'nine' }, ({ profile, scheduledAt, bot }) =>
      bot.group(10000001).text(`${profile.name} ${new Date(scheduledAt).getUTCHours()}`),
    )
    known.onJob<string>('job', ({ profile, data, bot }) =>
      bot.group(10000001).text(`${profile.name} ${data}`),
    )
    ctx.command('later', ({ job }) => job('job', { after: '1m' }, 'of a job'))
  })
  expect(await ask(w, '/who x')).toEqual(['ALICE alice x'])
  expect(await ask(w, '/plain')).toEqual(['false'])
  expect(await ask(w, 'hi bob', 'bobby')).toEqual(['hi bob from BOBBY'])
  await w.happens('group.updated', { gid: w.groups.square! })
  expect((await w.texts(square)).at(-1)).toBe('NOBODY group.updated')
  await w.hook('/hooks/bot/plugin/hook', { a: 1 })
  expect((await w.texts(square)).at(-1)).toBe('NOBODY {"a":1}')
  await ask(w, '/later')
  await w.clock.advance(60_000)
  await w.settled()
  expect((await w.texts(square)).at(-1)).toBe('NOBODY of a job')
  await w.clock.advance(9 * 3_600_000)
  await w.settled()
  expect((await w.texts(square)).at(-1)).toBe('NOBODY 9')
  expect(runs).toEqual([
    'message.text /who x alice 10000001',
    'message.text hi bob bobby 10000001',
    'im undefined undefined 10000001',
    'webhook undefined undefined undefined',
    'job undefined undefined undefined',
    'cron undefined undefined undefined',
  ])
})

test('middleware on the context of another runs within that, and knows its fields', async () => {
  const order: string[] = []
  await using w = await worldWith(ctx => {
    const outer = ctx.use(async (_, next) => {
      order.push('outer')
      const passed = await next({ a: 1 })
      order.push('after outer')
      return passed
    })
    const inner = outer.use(async ({ a }, next) => {
      order.push(`inner ${a}`)
      const passed = await next({ b: a + 1 })
      order.push('after inner')
      return passed
    })
    const beside = outer.use((_, next) => next())
    inner.command('both', ({ a, b }) => {
      order.push('handler')
      return `${a} ${b}`
    })
    beside.command('one', context => `${context.a} ${'b' in context}`)
  })
  expect(await ask(w, '/both')).toEqual(['1 2'])
  expect(order).toEqual(['outer', 'inner 1', 'handler', 'after inner', 'after outer'])
  expect(await ask(w, '/one')).toEqual(['1 false'])
})

test('middleware that does not call next ends it, and may answer', async () => {
  const runs: string[] = []
  await using w = await worldWith(ctx => {
    const guarded = ctx.use(async ({ message }, next) => {
      if (message?.sender === 'alice') return next()
      await message?.reply('Not you.')
      return undefined
    })
    const strict = ctx.use(({ user }, next) => {
      if (user?.username !== 'alice') throw new UserError('Never.')
      return next()
    })
    guarded.command('go', () => 'gone')
    strict.command('dare', () => 'done')
    guarded.on('message.text', { text: 'hm' }, (_, next) => next())
    ctx.on('message.text', { text: 'hm' }, () => runs.push('behind'))
  })
  expect(await ask(w, '/go')).toEqual(['gone'])
  expect(await ask(w, '/go', 'bobby')).toEqual(['Not you.'])
  expect(await ask(w, '/dare', 'bobby')).toEqual(['Never.'])
  expect(await ask(w, '/dare')).toEqual(['done'])
  await ask(w, 'hm')
  expect(runs).toEqual(['behind'])
  await ask(w, 'hm', 'bobby')
  expect(runs).toEqual(['behind'])
})

test('a command asks for the role, and reads its arguments, before middleware runs', async () => {
  const runs: string[] = []
  await using w = await worldWith(ctx => {
    const seen = ctx.use(({ user }, next) => {
      runs.push(user!.username)
      return next()
    })
    seen.command('close <n:int>', { role: 'moderator' }, ({ args }) => `closed ${args.n}`)
  })
  expect(await ask(w, '/close 1')).toEqual(["/close is for the role 'moderator'."])
  expect((await ask(w, '/close x', 'carol'))[0]).toContain('n must be a whole number')
  expect(await ask(w, '/close 1', 'carol')).toEqual(['closed 1'])
  expect(runs).toEqual(['carol'])
})

test('the answer of a command is said though middleware returns nothing, and does not wait', async () => {
  await using w = await worldWith(ctx => {
    const careless = ctx.use(async (_, next) => {
      void next({ n: 1 })
    })
    careless.command('slow', async context => {
      await Promise.resolve()
      return `slow ${'n' in context}`
    })
  })
  expect(await ask(w, '/slow')).toEqual(['slow true'])
})

test('middleware sees errors, and may take them upon itself', async () => {
  const seen: string[] = []
  await using w = await worldWith(ctx => {
    const brave = ctx.use(async ({ message }, next) => {
      try {
        return await next()
      } catch (error) {
        seen.push((error as Error).message)
        await message?.reply('Something went wrong.')
        return undefined
      }
    })
    brave.command('fail', () => {
      throw new Error('oh')
    })
  })
  expect(await ask(w, '/fail')).toEqual(['Something went wrong.'])
  expect(seen).toEqual(['oh'])
  expect(w.log.filter(({ level }) => level === 'error')).toEqual([])
})

test.each([
  ['waits for both', async (next: () => Promise<unknown>) => [await next(), await next()]],
  ['waits for none', async (next: () => Promise<unknown>) => [void next(), void next().catch(() => {})]],
])('next is called once: middleware that %s fails, and its handler has run once', async (_, call) => {
  let runs = 0
  await using w = await worldWith(ctx => {
    const twice = ctx.use(async (_context, next) => {
      await call(next)
    })
    twice.onJob('job', () => void runs++)
    ctx.command('go', ({ job }) => job('job', { after: '1s' }))
  })
  await ask(w, '/go')
  await w.clock.advance(1000)
  await w.settled()
  expect(runs).toBe(1)
  const [failure] = w.runtime.dispatcher.health('bot', 'plugin').lastErrors
  expect(failure?.message).toContain('next a second time')
})

test('fields that contexts have by themselves are refused', async () => {
  await using w = await worldWith(ctx => {
    const wrong = ctx.use((_, next) => next({ user: 'alice' } as never))
    wrong.command('go', () => 'never')
  })
  expect(await ask(w, '/go')).toEqual([
    "That did not work: middleware adds 'user', which contexts have by themselves. Give it another name.",
  ])
})

test('the context that use returns is the same in all else', async () => {
  await using w = await worldWith(ctx => {
    const branch = ctx.use((_, next) => next())
    const same = ['bot', 'state', 'log', 'clock', 'name', 'timezone'] as const
    expect(same.filter(key => branch[key] !== ctx[key])).toEqual([])
    expect(branch.hasRole('carol', 'moderator')).toBe(true)
    expect(() => ctx.use('no' as never)).toThrow('middleware has to be a function')
    let undone = false
    branch.effect(() => () => {
      undone = true
    })
    branch.command('gone', () => `${undone}`)
    branch.command('job', async () => branch.cancelJob('a', 'b').then(() => 'none'))
  })
  expect(await ask(w, '/job')).toEqual(['none'])
  await w.runtime.host.unload('bot', 'plugin')
  expect(await ask(w, '/gone')).toEqual([])
})

test('what middleware adds in one handler is not seen by the next one of the same event', async () => {
  const seen: unknown[] = []
  await using w = await worldWith(ctx => {
    let n = 0
    const counted = ctx.use((_, next) => next({ n: ++n }))
    for (let i = 0; i < 2; i++) {
      counted.on('message.text', async (_, next, context) => {
        seen.push(context.n)
        await next()
      })
    }
    ctx.on('message.text', (_, __, context) => seen.push('n' in context))
  })
  await ask(w, 'hello')
  expect(seen).toEqual([1, 2, false])
})

test('middleware works in a thread', async () => {
  const plugin = await threaded(`
    const known = ctx.use(async ({ user, message }, next) => {
      if (user.username === 'dave') return message.reply('Not you.')
      return next({ loud: user.username.toUpperCase() })
    })
    known.command('who', ({ loud }) => loud)
    known.on('message.text', { keywords: ['tea'] }, (message, next, { loud }) => message.reply('Tea, ' + loud))
  `)
  await using w = await worldOf([plugin])
  expect(await askThread(w, '/who')).toEqual(['ALICE'])
  expect(await askThread(w, '/who', 'dave')).toEqual(['Not you.'])
  expect(await askThread(w, 'some tea')).toEqual(['Tea, ALICE'])
})
