import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { World } from '../../../src/testing/index.ts'
import { folder } from '../../e2e/places.ts'
import { said, threaded, until, worldOf } from './worker-world.ts'

const square = { group: 'square' } as const
const hall = { room: 'hall' } as const
/** Longer than a handler may take. */
const TOO_LONG_MS = 31_000
const LONG_MS = 60_000

const errorsOf = (w: World) =>
  w.runtime.dispatcher.health('bot', 'plugin').lastErrors.map(({ message }) => message)

/** Lets pauses pass, in little steps, until nothing waits. */
const handled = (w: World) =>
  until(async () => {
    await w.clock.advance(50)
    return w.runtime.waiting === 0
  })

test('an event whose time is up while its thread is started anew is not counted as tried', async () => {
  const gate = join(folder({}), 'gate')
  const plugin = await threaded(`
    const { existsSync, writeFileSync } = process.getBuiltinModule('node:fs')
    const wait = () => new Promise(resolve => setTimeout(resolve, 20))
    ctx.webhook('exit', { auth: 'none' }, async () => {
      if (await ctx.state.get('exited')) return
      await ctx.state.set('exited', true)
      process.exit(1)
    })
    ctx.webhook('plain', { auth: 'none' }, ({ bot }) => bot.room(20000001).text('plain'))
    return (async () => {
      if (existsSync('${gate}')) writeFileSync('${gate}.reached', '')
      while (existsSync('${gate}')) await wait()
    })()
  `)
  await using w = await worldOf([plugin])
  writeFileSync(gate, '')
  await w.hook('/hooks/bot/plugin/exit', {})
  await until(() => w.log.some(({ message }) => message.includes('it is started again')))
  await w.hook('/hooks/bot/plugin/plain', {})
  await w.clock.advance(1000)
  await until(() => existsSync(`${gate}.reached`))
  await w.clock.advance(TOO_LONG_MS)
  rmSync(gate)
  await handled(w)
  expect(await w.texts(hall)).toEqual(['plain'])
  expect(errorsOf(w).filter(message => message.includes('took longer'))).toEqual([])
})

test(
  'an event whose time is up before a stuck thread came to it is not counted; the one it is stuck in is',
  async () => {
    const plugin = await threaded(`
    ctx.webhook('spin', { auth: 'none' }, async ({ bot, event }) => {
      if (await ctx.state.get('spun')) return
      await ctx.state.set('spun', event.id)
      await bot.group(10000001).text('spinning')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })
    ctx.webhook('plain', { auth: 'none' }, ({ bot }) => bot.room(20000001).text('plain'))
  `)
    await using w = await worldOf([plugin])
    const spin = (await (await w.hook('/hooks/bot/plugin/spin', {})).json()) as { event_id: string }
    await said(w, square, ['spinning'])
    await w.hook('/hooks/bot/plugin/plain', {})
    await w.clock.advance(TOO_LONG_MS)
    await handled(w)
    expect(await w.texts(hall)).toEqual(['plain'])
    const late = w.runtime.dispatcher.health('bot', 'plugin').lastErrors
    expect(late.filter(({ message }) => message.includes('took longer')).map(({ event }) => event)).toEqual([
      spin.event_id,
    ])
  },
  LONG_MS,
)
