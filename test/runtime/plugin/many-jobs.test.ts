import { definePlugin } from 'beadle'
import { expect, test } from 'vitest'
import { world } from '../../world.ts'

test('of many calls for one job in a handler the last one counts', async () => {
  const came: unknown[] = []
  const hasty = definePlugin({
    name: 'hasty',
    setup(ctx) {
      ctx.command('flush', async ({ job }) => {
        for (let n = 1; n <= 12; n++) await job('flush', { after: `${n}s`, key: 'flush' }, n)
      })
      ctx.onJob('flush', ({ data }) => void came.push(data))
    },
  })
  await using w = await world({ plugins: [{ use: hasty }] })
  await w.say({ from: 'alice', group: 'square', text: '/flush' })
  await w.clock.advance(60_000)
  await w.settled()
  expect(came).toEqual([12])
})
