import { expect, test } from 'vitest'
import { definePlugin } from '../../../src/runtime/plugin/define.ts'
import { world } from '../../world.ts'

test('a handler that is at it while its plugin reloads comes to its end, and the new version does its job', async () => {
  let goOn = () => {}
  const reminding = (version: string) =>
    definePlugin({
      name: 'greeter',
      setup(ctx) {
        ctx.webhook('hook', { auth: 'none' }, async ({ job }) => {
          await new Promise<void>(resolve => (goOn = resolve))
          await job('remind', { after: 1000 })
        })
        ctx.onJob('remind', ({ bot }) => bot.group(10_000_001).text(`reminded by ${version}`))
      },
    })
  await using w = await world({ plugins: [{ use: reminding('one') }] })
  await w.hook('/hooks/bot/greeter/hook', {})
  const old = w.runtime.host.instance('bot', 'greeter')!
  await w.runtime.host.load(reminding('two'), {}, old.deps)
  goOn()
  await w.settled()
  await w.clock.advance(1000)
  await w.settled()
  expect(await w.texts({ group: 'square' })).toEqual(['reminded by two'])
})

test.each([
  ['until its time is up', 31_000],
  ['for most of its time', 29_000],
] as const)('an event that waits for its plugin to be reloaded %s does not count as tried', async (_, ms) => {
  let loaded = () => {}
  const runs: string[] = []
  const slow = (version: string, isLoaded?: Promise<void>) =>
    definePlugin({
      name: 'greeter',
      setup(ctx) {
        ctx.webhook('hook', { auth: 'none' }, async ({ bot, event }) => {
          runs.push(event.id)
          // Longer than is left of its time.
          if (runs.length === 1) await new Promise<void>(resolve => void ctx.clock.after(5000, resolve))
          await bot.group(10_000_001).text(`greeted by ${version}`)
        })
        return isLoaded as never
      },
    })
  await using w = await world({ plugins: [{ use: slow('one') }] })
  const old = w.runtime.host.instance('bot', 'greeter')!
  const isLoaded = new Promise<void>(resolve => {
    loaded = resolve
  })
  const loading = w.runtime.host.load(slow('two', isLoaded), {}, old.deps)
  await w.hook('/hooks/bot/greeter/hook', {})
  await w.clock.advance(ms)
  expect(runs).toEqual([])
  loaded()
  await loading
  await w.clock.advance(60_000)
  await w.settled()
  expect(await w.texts({ group: 'square' })).toEqual(['greeted by two'])
  expect(w.runtime.dispatcher.health('bot', 'greeter').lastErrors).toEqual([])
  // One whose time was up while it waited was not run in vain, too.
  expect(runs).toHaveLength(ms > 30_000 ? 1 : 2)
})
