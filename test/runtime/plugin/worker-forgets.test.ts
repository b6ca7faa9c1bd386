import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import type { Attempt } from '../../../src/runtime/dispatch/attempt.ts'
import type { World } from '../../../src/testing/index.ts'
import { ask, said, threaded, until, worldOf } from './worker-world.ts'

const square = { group: 'square' } as const
/** Longer than a handler may take. */
const TOO_LONG_MS = 31_000

function gc(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** Attempts that a plugin's thread is handed from now on, as far as they are still in memory. */
function attemptsOf(w: World): () => Attempt[] {
  const instance = w.runtime.host.instance('bot', 'plugin')!
  const handle = instance.handle.bind(instance)
  const refs: WeakRef<Attempt>[] = []
  instance.handle = attempt => {
    refs.push(new WeakRef(attempt))
    return handle(attempt)
  }
  return () => refs.flatMap(ref => ref.deref() ?? [])
}

test('a handler that never comes to its end is forgotten in both threads once its time is up', async () => {
  const plugin = await threaded(`
    const { setFlagsFromString } = process.getBuiltinModule('node:v8')
    const { runInNewContext } = process.getBuiltinModule('node:vm')
    const events = []
    ctx.webhook('hang', { auth: 'none' }, async ({ bot, event }) => {
      events.push(new WeakRef(event))
      if (events.length > 1) return
      await bot.group(10000001).text('begun')
      await new Promise(() => {})
    })
    ctx.command('alive', () => {
      setFlagsFromString('--expose-gc')
      runInNewContext('gc')()
      return String(events.filter(event => event.deref()).length)
    })
  `)
  await using w = await worldOf([plugin])
  const alive = attemptsOf(w)
  await w.hook('/hooks/bot/plugin/hang', {})
  await said(w, square, ['begun'])
  await w.clock.advance(TOO_LONG_MS)
  await until(async () => {
    await w.clock.advance(1000)
    return w.runtime.waiting === 0
  })
  await until(async () => (await ask(w, '/alive')).at(-1) === '0')
  await until(() => {
    gc()
    return alive().every(({ delivery }) => delivery.event.type !== 'webhook')
  })
})

test('an attempt whose time was up as its thread died is not made by the next thread', async () => {
  const plugin = await threaded(`
    ctx.webhook('spin', { auth: 'none' }, async ({ bot }) => {
      if (await ctx.state.get('spun')) return
      await ctx.state.set('spun', true)
      await bot.group(10000001).text('spinning')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })
    ctx.webhook('plain', { auth: 'none' }, () => ctx.state.update('plain', (n = 0) => n + 1))
    ctx.command('plain', async () => String(await ctx.state.get('plain')))
  `)
  await using w = await worldOf([plugin])
  await w.hook('/hooks/bot/plugin/spin', {})
  await said(w, square, ['spinning'])
  await w.hook('/hooks/bot/plugin/plain', {})
  await w.clock.advance(TOO_LONG_MS)
  await until(async () => {
    await w.clock.advance(50)
    return w.runtime.waiting === 0
  })
  expect(await ask(w, '/plain')).toEqual(['1'])
}, 60_000)
