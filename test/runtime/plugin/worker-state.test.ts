import { expect, test } from 'vitest'
import { ask, threaded, worldOf } from './worker-world.ts'

test('values with a schema work in a thread as they do without one', async () => {
  const plugin = await threaded(`
    const points = ctx.state.define('points', z.int().default(0), { per: 'person', ttl: '1h' })
    const common = ctx.state.define('common', z.int().default(0), { per: 'plugin' })
    ctx.command('count', async ({ user, event }) => {
      await common.add(1)
      const all = await Promise.all(Array.from({ length: 20 }, () => points.add(user)))
      await points.add(user, 100, { once: event })
      await points.add(user)
      const once = await points.add(user, 100, { once: event })
      return [Math.max(...all), once, await points.get('alice'), await common.get()].join(' ')
    })
    ctx.command('top', async () => JSON.stringify([await points.top(), await points.entries()]))
    ctx.command('wrong', async () => points.set('alice', 'x').catch(error => error.code))
  `)
  await using w = await worldOf([plugin])
  expect(await ask(w, '/count')).toEqual(['20 120 121 1'])
  const entry = { key: 'alice', value: 121 }
  expect(await ask(w, '/top')).toEqual([JSON.stringify([[entry], [entry]])])
  expect(await ask(w, '/wrong')).toEqual(['state.value'])
  await w.clock.advance(3_600_000)
  expect(await ask(w, '/top')).toEqual(['[[],[]]'])
})
