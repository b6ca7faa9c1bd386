import { definePlugin, z } from 'beadle'
import { expect, test } from 'vitest'
import { PluginState } from '../../../src/runtime/plugin/state/state.ts'
import { storedState } from '../../../src/runtime/plugin/state/state-keep.ts'
import { openStore } from '../../../src/store/index.ts'
import { runtimeSchema } from '../../../src/store/schema/runtime.ts'
import { database, engine } from '../../engine.ts'
import { QuietClock } from '../../quiet.ts'
import { world } from '../../world.ts'
import { home } from './state-world.ts'

const DAY = 86_400_000

test('entries come a page at a time, and the highest ones first', async () => {
  const { w, ctx } = await home()
  await using _ = w
  const points = ctx.state.define('points', z.number(), { per: 'person' })
  const numbers = [3, -20, 100, 20.5, 3, 0]
  await Promise.all(numbers.map((n, at) => points.set(`user-${at}`, n)))
  const names: string[] = []
  for (let after: string | undefined; ; ) {
    const page = await points.entries({ limit: 4, ...(after === undefined ? {} : { after }) })
    names.push(...page.map(({ key }) => key))
    after = page.at(-1)?.key
    if (page.length < 4) break
  }
  expect(names).toEqual(numbers.map((_, at) => `user-${at}`))
  expect((await points.top()).map(({ value }) => value)).toEqual([100, 20.5, 3, 3, 0, -20])
  expect(await points.top(1)).toEqual([{ key: 'user-2', value: 100 }])
  await expect(points.top(1001)).rejects.toMatchObject({ code: 'state.limit' })
  await expect(points.entries({ limit: 0 })).rejects.toMatchObject({ code: 'state.limit' })
})

test('of many additions at once, none is lost', async () => {
  const { w, ctx } = await home()
  await using _ = w
  const points = ctx.state.define('points', z.int().default(0), { per: 'person' })
  const added = await Promise.all(Array.from({ length: 500 }, (_, n) => points.add(`user-${n % 5}`, 1)))
  expect(added.sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, n) => Math.floor(n / 5) + 1))
  expect((await points.top()).map(({ value }) => value)).toEqual([100, 100, 100, 100, 100])
})

test.runIf(engine === 'postgres')('of many additions by several processes, none is lost', async () => {
  const url = await database()
  const stores = await Promise.all([1, 2, 3].map(() => openStore(runtimeSchema, { url })))
  const counters = stores.map(store => {
    const owner = { bot: 'bot', plugin: 'plugin' }
    const keep = storedState({ store, clock: new QuietClock(), owner, shared: owner })
    return new PluginState(keep, async saved => saved as never, 'plugin').define('n', z.int())
  })
  await Promise.all(Array.from({ length: 300 }, (_, n) => counters[n % 3]!.add()))
  expect(await counters[0]!.get()).toBe(300)
  const once = await Promise.all(counters.map(one => one.add(1, { once: 'the same' })))
  expect(once).toEqual([301, 301, 301])
  await Promise.all(stores.map(store => store.close()))
})

test('a change that is to be made once for an event is not made again by a handler that runs again', async () => {
  let runs = 0
  const results: unknown[] = []
  const plugin = definePlugin({
    name: 'counting',
    setup(ctx) {
      const points = ctx.state.define('points', z.int().default(0), { per: 'person' })
      const log = ctx.state.define('log', z.array(z.string()).default([]))
      ctx.command('count', async ({ user, event }) => {
        const now = await points.add(user, 1, { once: event })
        const lines = await log.update(all => [...all, 'x'], { once: event })
        const plain = await ctx.state.update<number>('plain', (n = 0) => n + 1, { once: event })
        results.push([now, lines.length, plain])
        if (++runs % 2 === 1) {
          // Meanwhile somebody else counts.
          await points.add(user, 100)
          throw new Error('not yet')
        }
        return `${now}`
      })
    },
  })
  await using w = await world({ plugins: [{ use: plugin }] })
  for (let n = 0; n < 2; n++) {
    await w.say({ from: 'alice', group: 'square', text: '/count' })
    await w.clock.advance(60_000)
    await w.settled()
  }
  expect(results).toEqual([
    [1, 1, 1],
    [1, 1, 1],
    [102, 2, 2],
    [102, 2, 2],
  ])
})

test('what is to be done once is known for a week, by any text, whatever becomes of the value', async () => {
  const { w, ctx } = await home()
  await using _ = w
  const sold = ctx.state.define('sold', z.int().default(0))
  expect(await sold.add(5, { once: 'order 1' })).toBe(5)
  await sold.delete()
  expect(await sold.add(5, { once: 'order 1' })).toBe(5)
  expect(await sold.get()).toBe(0)
  await w.clock.advance(8 * DAY)
  expect(await sold.add(7, { once: 'order 1' })).toBe(7)
  // What is long is not kept twice.
  const text = ctx.state.define('text', z.string().default(''))
  const long = 'x'.repeat(5000)
  await text.update(() => long, { once: 'long' })
  await text.set('short')
  expect(await text.update(() => 'other', { once: 'long' })).toBe('short')
  for (const once of ['', 'x'.repeat(201), {} as never, null as never])
    await expect(sold.add(1, { once })).rejects.toMatchObject({ code: 'state.once' })
})
