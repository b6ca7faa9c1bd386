import { definePlugin } from 'beadle'
import { expect, test } from 'vitest'
import { botOf, street } from './street.ts'

/** Handles nothing until it is told to. */
function sleeper() {
  let wake = () => {}
  const awake = new Promise<void>(resolve => {
    wake = resolve
  })
  const plugin = definePlugin({
    name: 'sleeper',
    setup(ctx) {
      ctx.webhook('call', { auth: 'none', dedupe: 'off' }, () => awake)
      ctx.webhook('say', { auth: 'none', dedupe: 'off' }, ({ bot }) => bot.group(10000001).text('hello'))
    },
  })
  return { plugin, wake: () => wake() }
}

test('an app may have as many events waiting as there is room for yet, so that no other one finds none', async () => {
  const w = await street({ bread: {}, iron: {}, wool: {} })
  const { plugin, wake } = sleeper()
  const bots = ['bread', 'iron', 'wool'].map(app => botOf(app, app, plugin))
  await w.start(bots, { limits: { pending: 12 } })
  const flood = async (bot: string) => {
    let taken = 0
    while ((await w.hook(`${bot}/sleeper/call`)) === 202) taken++
    return taken
  }
  // Half of all, then half of what is left, and of that.
  expect(await flood('bread')).toBe(6)
  expect(await flood('iron')).toBe(3)
  expect(await flood('wool')).toBe(2)
  expect(await w.hook('bread/sleeper/call')).toBe(503)
  wake()
  await w.quiet()
  expect(await w.hook('bread/sleeper/call')).toBe(202)
})

test('one app alone may have all of it', async () => {
  const w = await street({ bread: {} })
  const { plugin, wake } = sleeper()
  await w.start([botOf('baker', 'bread', plugin)], { limits: { pending: 12 } })
  let taken = 0
  while ((await w.hook('baker/sleeper/call')) === 202) taken++
  expect(taken).toBe(12)
  wake()
  await w.quiet()
})

test('calls that wait count as events do: an app with many of them is refused more, and others are not', async () => {
  const w = await street({ bread: {}, iron: {} })
  const { plugin } = sleeper()
  await w.start([botOf('baker', 'bread', plugin), botOf('smith', 'iron', plugin)], {
    limits: { pending: 12 },
  })
  w.away.add('bread')
  for (let n = 0; n < 20; n++) {
    await w.hook('baker/sleeper/say')
    await w.clock.advance(500)
  }
  await w.quiet()
  expect(w.runtime.outbox.main.waiting).toBe(6)
  expect(await w.hook('baker/sleeper/say')).toBe(503)
  expect(await w.hook('smith/sleeper/say')).toBe(202)
  await w.quiet()
  expect(await w.texts('iron')).toEqual(['hello'])
})
