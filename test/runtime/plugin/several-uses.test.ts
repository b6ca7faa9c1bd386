import { definePlugin, defineService, z } from 'beadle'
import { expect, test } from 'vitest'
import { world } from '../../world.ts'

const Score = defineService<{ read(): Promise<string> }>('score')

/** Everything of it is by the name of its instance, but for its command, which its settings name. */
const counter = definePlugin({
  name: 'counter',
  config: z.strictObject({ command: z.string(), every: z.string() }),
  provides: [Score],
  setup(ctx, { command, every }) {
    const total = ctx.state.define('total', z.int().default(0))
    const count = ctx.defineJob('count', z.object({ by: z.int() }), ({ data }) => total.add(data.by))
    ctx.command(`${command} <by:int>`, async ({ args, job, event }) => {
      await job(count, { every, key: 'count' }, { by: args.by })
      await ctx.state.update<number>('asked', (n = 0) => n + 1, { once: event })
      return `${ctx.name} counts`
    })
    ctx.command(`${command}-stop`, () => ctx.cancelJob('count', 'count'))
    ctx.webhook('count', { auth: 'none', body: z.object({ by: z.int() }) }, ({ body }) => total.add(body.by))
    ctx.cron('0 * * * *', { name: 'hourly' }, () => total.add(1000))
    ctx.provide(Score, {
      read: async () => `${ctx.name} ${await total.get()}, ${await ctx.state.get('asked')}`,
    })
  },
})

const show = definePlugin({
  name: 'show',
  needs: [Score],
  setup(ctx) {
    const score = ctx.service(Score)
    ctx.command(ctx.name, () => score.read())
  },
})

test('a plugin that is used twice has its own state, jobs, webhooks, schedules and services each time', async () => {
  const use = (name: string, command: string, every: string) => ({
    use: counter,
    name,
    config: { command, every },
  })
  const plugins = [use('apples', 'apple', '1m'), use('pears', 'pear', '10m'), { use: show }]
  const bots = (score: string) => [{ id: 'bot', username: 'test-bot', plugins, services: { score } }]
  await using w = await world({ bots: bots('apples') })
  const say = async (text: string) => {
    await w.say({ from: 'alice', group: 'square', text })
    return (await w.texts({ group: 'square' })).at(-1)
  }
  expect(await say('/apple 1')).toBe('apples counts')
  expect(await say('/pear 2')).toBe('pears counts')
  expect(await say('/pear 3')).toBe('pears counts')
  await w.clock.advance(20 * 60_000)
  await w.settled()
  expect((await w.hook('/hooks/bot/apples/count', { by: 100 })).status).toBe(202)
  expect(await say('/show')).toBe('apples 120, 1')
  await w.restart({ bots: bots('pears') })
  expect(await say('/show')).toBe('pears 6, 2')
  await say('/apple-stop')
  await w.clock.advance(60 * 60_000)
  await w.settled()
  // The clock began at a full hour.
  expect(await say('/show')).toBe('pears 1024, 2')
  await w.restart({ bots: bots('apples') })
  expect(await say('/show')).toBe('apples 1120, 1')
})
