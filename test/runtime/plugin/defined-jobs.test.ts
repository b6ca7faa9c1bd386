import { definePlugin, type PluginContext, SentMessage, z } from 'beadle'
import { expect, test } from 'vitest'
import { world } from '../../world.ts'
import { bare } from './state-world.ts'
import { ask, threaded, worldOf } from './worker-world.ts'

const MINUTE = 60_000

const reminding = definePlugin({
  name: 'reminding',
  setup(ctx) {
    const remind = ctx.defineJob(
      'remind',
      z.strictObject({
        who: z.string(),
        text: z.string().default('now'),
        sent: z.instanceof(SentMessage).optional(),
      }),
      async ({ data, bot }) => {
        await bot.group(10000001).text(`${data.who}: ${data.text} ${data.sent?.state ?? ''}`.trim())
      },
    )
    let runs = 0
    ctx.command('remind <in:duration> [text...]', async ({ args, user, job, message }) => {
      const sent = await message.reply('I will.')
      await job(remind, { after: args.in }, { who: user.username, text: args.text, sent })
      if (++runs === 1) throw new Error('not yet')
    })
    ctx.command('waiting', async () => JSON.stringify((await remind.waiting()).map(({ data }) => data.text)))
    ctx.command('daily', async ({ job }) => {
      await job(remind, { every: '0 9 * * *', timezone: 'Asia/Shanghai', key: 'daily' }, { who: 'all' })
      await job('remind', { every: '1d', key: 'other' }, { who: 'all' })
    })
    ctx.command('end', () => remind.cancel('daily'))
  },
})

test('a job with a schema is asked for once in a handler that runs again, with typed data', async () => {
  await using w = await world({ plugins: [{ use: reminding }] })
  const say = (text: string) => w.say({ from: 'alice', group: 'square', text })
  await say('/remind 10m tea')
  await w.clock.advance(MINUTE)
  await say('/waiting')
  expect((await w.texts({ group: 'square' })).at(-1)).toBe('["tea"]')
  await w.restart()
  await w.clock.advance(10 * MINUTE)
  await w.settled()
  expect((await w.texts({ group: 'square' })).filter(text => text.startsWith('alice:'))).toEqual([
    'alice: tea sent',
  ])
})

test('a job comes about every day until it is cancelled, and says how often it does', async () => {
  const given: PluginContext[] = []
  const spy = definePlugin({
    name: 'reminding',
    setup(ctx) {
      given.push(ctx)
      return reminding.setup(ctx, {})
    },
  })
  await using w = await world({ plugins: [{ use: spy }] })
  const say = (text: string) => w.say({ from: 'alice', group: 'square', text })
  await say('/daily')
  const [daily, other] = await given[0]!.jobs('remind')
  expect([daily, other]).toMatchObject([
    { key: 'daily', every: '0 9 * * *', data: { who: 'all', text: 'now' } },
    { key: 'other', every: '1d' },
  ])
  expect(new Date(daily!.dueAt).getUTCHours()).toBe(1)
  expect(await given[0]!.jobs('remind', { after: 'daily', limit: 1 })).toEqual([other])
  await w.clock.advance(2 * 24 * 60 * MINUTE)
  await w.settled()
  await say('/end')
  await w.clock.advance(2 * 24 * 60 * MINUTE)
  await w.settled()
  const said = (await w.texts({ group: 'square' })).filter(text => text === 'all: now')
  expect(said).toHaveLength(2 + 4)
})

test('what is wrong with a job is said where it is asked for', async () => {
  const { plugin, of } = bare()
  await using w = await world({ plugins: [{ use: plugin }] })
  await w.settled()
  const ctx = of()
  const job = ctx.defineJob('typed', z.object({ level: z.int(), at: z.date().optional() }), () => {})
  const refused = (message: string) => ({ code: 'job.data', message: expect.stringContaining(message) })
  await expect(job.schedule({ after: 1 }, { level: 'x' } as never)).rejects.toMatchObject(
    refused("the data of the job 'typed' of plugin bare is wrong: level must be a number"),
  )
  // By its name, too; and JSON makes a text of a date.
  await expect(ctx.job('typed', { after: 1 }, {})).rejects.toMatchObject(refused('level is required'))
  await expect(job.schedule({ after: 1 }, { level: 1, at: new Date() })).rejects.toMatchObject(
    refused('at must be'),
  )
  const every = (when: object) => ctx.job('typed', when as never, { level: 1 })
  for (const when of [
    { every: '10m' },
    { every: '10m', key: '' },
    { every: '10m', key: 'a', after: '1m' },
    { every: 999, key: 'a' },
    { every: '4000d', key: 'a' },
  ])
    await expect(every(when)).rejects.toMatchObject({ code: 'job.every' })
  await expect(every({ every: 'now and then', key: 'a' })).rejects.toMatchObject({ code: 'cron.invalid' })
  await expect(every({ every: '@daily', key: 'a', timezone: 'Moon' })).rejects.toMatchObject({
    code: 'cron.zone',
  })
  await expect(ctx.jobs('typed', { limit: 0 })).rejects.toMatchObject({ code: 'job.limit' })
  expect(await ctx.jobs('typed')).toEqual([])
  expect(() => ctx.defineJob('typed', z.string(), () => {})).toThrow(
    expect.objectContaining({ code: 'plugin.twice' }),
  )
})

test('data that does not fit any more is set aside, and the error names plugin, job and field', async () => {
  const version = (schema: z.ZodType) =>
    definePlugin({
      name: 'changing',
      setup(ctx) {
        ctx.defineJob('typed', schema, ({ bot, data }) => bot.group(10000001).text(JSON.stringify(data)))
        ctx.command('ask', ({ job }) => job('typed', { after: '1m' }, { level: 1 }))
      },
    })
  const bots = (schema: z.ZodType) => [
    { id: 'bot', username: 'test-bot', plugins: [{ use: version(schema) }] },
  ]
  await using w = await world({ bots: bots(z.object({ level: z.int() })) })
  await w.say({ from: 'alice', group: 'square', text: '/ask' })
  await w.restart({ bots: bots(z.object({ level: z.string() })) })
  await w.clock.advance(MINUTE)
  await w.settled()
  const errors = w.log.flatMap(({ level, fields }) => (level === 'error' ? [fields.err] : []))
  expect(errors).toMatchObject([
    {
      code: 'job.mismatch',
      message: "the data of a job 'typed' does not fit the schema of plugin changing: level must be a string",
    },
  ])
})

test('the times of a plugin that is gone are passed over until it is back', async () => {
  const poll = definePlugin({
    name: 'poll',
    async setup(ctx) {
      ctx.onJob('tick', () => {})
      await ctx.job('tick', { every: '10m', key: 'tick' })
    },
  })
  const bots = (plugins: { use: typeof poll }[]) => [{ id: 'bot', username: 'test-bot', plugins }]
  await using w = await world({ bots: bots([{ use: poll }]) })
  await w.clock.advance(25 * MINUTE)
  await w.restart({ bots: bots([]) })
  await w.clock.advance(60 * MINUTE)
  await w.restart({ bots: bots([{ use: poll }]) })
  await w.clock.advance(10 * MINUTE)
  const { events } = await w.recorded()
  const moments = events.map(({ data }) => ((data as { dueAt: number }).dueAt / MINUTE) % 60)
  expect(moments).toEqual([10, 20, 30])
  expect(events.map(({ deliveries }) => deliveries[0]!.state)).toEqual(['done', 'done', 'done'])
})

test('jobs repeat and are listed in a thread, too', async () => {
  const plugin = await threaded(`
    const tick = ctx.defineJob('tick', z.object({ n: z.int() }), ({ bot, data }) => bot.group(10000001).text('tick ' + data.n))
    ctx.command('begin', async ({ job }) => {
      await job(tick, { every: '1m', key: 'tick' }, { n: 7 })
      return 'begun'
    })
    ctx.command('list', async () => JSON.stringify((await ctx.jobs('tick')).map(({ key, every, data }) => [key, every, data])))
  `)
  await using w = await worldOf([plugin])
  expect(await ask(w, '/begin')).toEqual(['begun'])
  expect(await ask(w, '/list')).toEqual(['[["tick","1m",{"n":7}]]'])
  await w.clock.advance(MINUTE)
  await w.settled()
  expect((await w.texts({ group: 'square' })).at(-1)).toBe('tick 7')
})
