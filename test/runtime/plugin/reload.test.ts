import { expect, test } from 'vitest'
import { definePlugin } from '../../../src/runtime/plugin/define.ts'
import { world } from '../../../src/testing/index.ts'

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
