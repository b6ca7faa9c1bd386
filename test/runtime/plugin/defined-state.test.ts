import { definePlugin, z } from 'beadle'
import { expect, test } from 'vitest'
import { world } from '../../world.ts'
import { bare, home } from './state-world.ts'

const DAY = 86_400_000

test('a value per person is the default at first, and is found by name, message and user', async () => {
  const heard: number[] = []
  const plugin = definePlugin({
    name: 'points',
    setup(ctx) {
      const points = ctx.state.define('points', z.int().default(0), { per: 'person' })
      ctx.command('mine', async ({ message, user, bot }) => {
        heard.push(await points.get(message))
        heard.push(await points.add(user, 2))
        heard.push(await points.update('alice', n => n * 10))
        await points.set(bot.user('bobby'), 7)
        heard.push(await points.get('bobby'))
        await points.delete(message)
        heard.push(await points.get('alice'))
      })
    },
  })
  await using w = await world({ plugins: [{ use: plugin }] })
  await w.say({ from: 'alice', group: 'square', text: '/mine' })
  expect(heard).toEqual([0, 2, 20, 7, 0])
})

test('what is kept is still there after a restart', async () => {
  const { plugin, of } = bare()
  await using w = await world({ plugins: [{ use: plugin }] })
  const define = () => of().state.define('mood', z.enum(['good', 'bad']).default('good'))
  await define().set('bad')
  await w.restart()
  expect(await define().get()).toBe('bad')
})

test('values are apart by bot, instance and conversation, and those per plugin are common to all', async () => {
  const { plugin, of } = bare()
  const other = bare('other')
  const use = { use: plugin }
  await using w = await world({
    bots: [
      { id: 'one', username: 'one-bot', plugins: [use, { ...use, name: 'twin' }] },
      { id: 'two', username: 'two-bot', plugins: [use, { use: other.plugin }] },
    ],
  })
  await w.settled()
  const all = [of('one/bare'), of('one/twin'), of('two/bare'), other.of('two/other')]
  const own = all.map(({ state }) => state.define('own', z.int().default(0)))
  const common = all.map(({ state }) => state.define('common', z.int().default(0), { per: 'plugin' }))
  const mine = all.map(({ state }) => state.define('mine', z.int().default(0), { per: 'person' }))
  await Promise.all(all.flatMap((_, n) => [own[n]!.set(n + 1), common[n]!.add(), mine[n]!.set('alice', n)]))
  // A plain value of the name of a definition is another one.
  await all[0]!.state.set('own', 'plain')
  expect(await Promise.all(own.map(one => one.get()))).toEqual([1, 2, 3, 4])
  expect(await Promise.all(common.map(one => one.get()))).toEqual([3, 3, 3, 1])
  expect(await Promise.all(mine.map(one => one.get('alice')))).toEqual([0, 1, 2, 3])
  const { state, bot } = all[0]!
  const here = state.define('here', z.string(), { per: 'conversation' })
  await here.set(bot.group(10000001), 'group')
  await here.set(bot.room(10000001), 'room')
  await here.set(bot.user('alice'), 'user')
  expect(await here.get('group:10000001')).toBe('group')
  expect(await here.entries()).toEqual([
    { key: 'chatroom:10000001', value: 'room' },
    { key: 'group:10000001', value: 'group' },
    { key: 'single:alice', value: 'user' },
  ])
  await expect(here.get('group:' as never)).rejects.toMatchObject({ code: 'state.conversation' })
  await expect(here.get({} as never)).rejects.toMatchObject({ code: 'state.conversation' })
  await expect(mine[0]!.get('')).rejects.toMatchObject({ code: 'state.person' })
  await expect(mine[0]!.set('a'.repeat(200), 1)).rejects.toMatchObject({ code: 'state.person' })
})

test('a value is gone when its time is up, and each write gives it the whole time again', async () => {
  const { w, ctx } = await home()
  await using _ = w
  const points = ctx.state.define('points', z.int().default(0), { per: 'person', ttl: '30d' })
  await points.add('alice', 1)
  await w.clock.advance(29 * DAY)
  expect(await points.add('alice', 1)).toBe(2)
  await w.clock.advance(29 * DAY)
  expect(await points.get('alice')).toBe(2)
  expect(await points.entries()).toHaveLength(1)
  await w.clock.advance(DAY)
  expect(await points.get('alice')).toBe(0)
  expect([await points.entries(), await points.top()]).toEqual([[], []])
  expect(await points.add('alice', 5)).toBe(5)

  await ctx.state.set('plain', 1, { ttl: 1000 })
  // It is kept no longer by that.
  expect(await ctx.state.update<number>('plain', (n = 0) => n + 1)).toBe(2)
  await w.clock.advance(1000)
  expect(await ctx.state.get('plain')).toBeUndefined()
  expect(await ctx.state.update<number>('plain', (n = 0) => n + 1, { ttl: '1h' })).toBe(1)
  await ctx.state.set('plain', 9)
  await w.clock.advance(DAY)
  expect(await ctx.state.get('plain')).toBe(9)
  await expect(ctx.state.set('plain', 1, { ttl: 'soon' })).rejects.toMatchObject({ code: 'duration.invalid' })
  await expect(ctx.state.set('plain', 1, { ttl: 1e300 })).rejects.toMatchObject({ code: 'state.ttl' })
})

test('what does not fit the schema is not written, and the error names plugin, value and field', async () => {
  const { w, ctx } = await home()
  await using _ = w
  const Player = z.strictObject({
    name: z.string(),
    level: z.int().max(9).default(1),
    since: z.date().optional(),
  })
  const player = ctx.state.define('player', Player)
  expect(await player.get()).toBeUndefined()
  const refused = (field: string) => ({ code: 'state.value', message: expect.stringContaining(field) })
  await expect(player.set({ name: 'a', level: 'x' } as never)).rejects.toMatchObject({
    code: 'state.value',
    message: "'player' of plugin bare is not changed: level must be a number",
  })
  await expect(player.set({ name: 'a', level: 10 })).rejects.toMatchObject(refused('level'))
  await expect(player.set({ name: 'a' } as never)).rejects.toMatchObject(refused('level'))
  await expect(player.set(undefined as never)).rejects.toMatchObject(refused('delete'))
  // JSON would make a text of it.
  await expect(player.set({ name: 'a', level: 1, since: new Date() })).rejects.toMatchObject(refused('since'))
  await expect(player.update((async () => ({ name: 'a', level: 1 })) as never)).rejects.toMatchObject(
    refused('async'),
  )
  expect(await player.get()).toBeUndefined()
  const score = ctx.state.define('score', z.int().max(10))
  expect(await score.add(4)).toBe(4)
  await expect(score.add(7)).rejects.toMatchObject(refused('it is not valid'))
  await expect(score.add(Number.NaN)).rejects.toMatchObject({ code: 'state.number' })
  await expect((player as never as typeof score).add(1)).rejects.toMatchObject({ code: 'state.value' })
  expect(await score.get()).toBe(4)
  const length = ctx.state.define(
    'length',
    z.string().transform(text => text.length),
  )
  await expect(length.set(3)).rejects.toMatchObject({
    code: 'state.schema',
    hint: expect.stringContaining('codec'),
  })
  const Moment = z.codec(z.iso.datetime(), z.date(), {
    decode: text => new Date(text),
    encode: date => date.toISOString(),
  })
  const last = ctx.state.define('last', Moment)
  await last.set(new Date(0))
  expect(await last.get()).toEqual(new Date(0))
})

test('a former value that does not fit any more is told of, caught, or made to fit', async () => {
  const { plugin, of } = bare()
  await using w = await world({ plugins: [{ use: plugin }] })
  const old = of().state.define('player', z.object({ level: z.string() }), { per: 'person' })
  await old.set('alice', { level: 'three' })
  const strict = z.object({ level: z.int() })
  await w.restart()
  const mismatch = {
    code: 'state.mismatch',
    message:
      "what is kept as 'player' of alice does not fit the schema of plugin bare: level must be a number",
  }
  const now = of().state.define('player', strict, { per: 'person' })
  await expect(now.get('alice')).rejects.toMatchObject(mismatch)
  await expect(now.update('alice', value => value!)).rejects.toMatchObject(mismatch)
  await expect(now.entries()).rejects.toMatchObject(mismatch)
  await w.restart()
  const caught = of().state.define('player', strict.catch({ level: 0 }), { per: 'person' })
  expect(await caught.get('alice')).toEqual({ level: 0 })
  await w.restart()
  const words = ['zero', 'one', 'two', 'three']
  const migrate = (was: unknown) => ({ level: words.indexOf((was as { level: string }).level) })
  const migrated = of().state.define('player', strict, { per: 'person', migrate })
  expect(await migrated.update('alice', ({ level } = { level: 0 }) => ({ level: level + 1 }))).toEqual({
    level: 4,
  })
  await w.restart()
  const bad = of().state.define('player', z.string(), { per: 'person', migrate: () => 3 as never })
  await expect(bad.get('alice')).rejects.toMatchObject({
    code: 'state.mismatch',
    message: expect.stringContaining('what migrate makes'),
  })
})

test('a definition that cannot be is refused', async () => {
  const { w, ctx } = await home()
  await using _ = w
  ctx.state.define('points', z.int())
  const define =
    (name: string, options = {}) =>
    () =>
      ctx.state.define(name, z.int(), options)
  expect(define('points')).toThrow(expect.objectContaining({ code: 'state.twice' }))
  for (const name of ['', '1st', 'a/b', 'a#b', 'x'.repeat(65)])
    expect(define(name)).toThrow(expect.objectContaining({ code: 'state.name' }))
  expect(define('other', { per: 'planet' })).toThrow(expect.objectContaining({ code: 'state.per' }))
  expect(define('other', { ttl: '0s' })).toThrow(expect.objectContaining({ code: 'duration.invalid' }))
  // Nothing of them is left.
  define('other')()
})
