import { definePlugin, z } from 'beadle'
import { expect, test } from 'vitest'
import { world } from '../../world.ts'

const counting = definePlugin({
  name: 'counting',
  setup(ctx) {
    const common = ctx.state.define('common', z.int().default(0), { per: 'plugin' })
    const own = ctx.state.define('own', z.int().default(0), { per: 'conversation' })
    ctx.command('count', async ({ message }) => `${await common.add()} ${await own.add(message)}`)
    ctx.command('show', async ({ message }) => `${await common.get()} ${await own.get(message)}`)
  },
})

const textIn = (args: unknown) => (args as { body: { msg_body: { text: string } } }).body.msg_body.text

test('a bot in the shadow changes nothing that other bots have in common', async () => {
  const plugins = [{ use: counting }]
  await using w = await world({
    bots: [
      { id: 'live', username: 'test-bot', plugins },
      { id: 'next', username: 'test-bot', mode: 'shadow', plugins },
    ],
  })
  const say = (text: string) => w.say({ from: 'alice', group: 'square', text })
  await say('/count')
  await say('/count')
  await w.settled()
  expect((await w.texts({ group: 'square' })).at(-1)).toBe('2 2')
  const { events } = await w.recorded()
  const said = events.map(({ deliveries }) =>
    deliveries.flatMap(({ bot, calls }) => calls.map(({ args }) => `${bot} ${textIn(args)}`)).sort(),
  )
  expect(said).toEqual([
    ['live 1 1', 'next 1 1'],
    ['live 2 2', 'next 2 2'],
  ])
})

test('events that are handed over to be tried find what is remembered, and change nothing of it', async () => {
  await using w = await world({ plugins: [{ use: counting }] })
  const say = (text: string) => w.say({ from: 'alice', group: 'square', text })
  await say('/count')
  await say('/count')
  await say('/show')
  const made = await w.replay(await w.recorded())
  expect(made.map(({ args }) => textIn(args))).toEqual(['3 3', '4 4', '4 4'])
  await say('/show')
  expect((await w.texts({ group: 'square' })).at(-1)).toBe('2 2')
})
