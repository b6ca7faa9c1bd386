import { definePlugin } from 'beadle'
import { expect, test } from 'vitest'
import { world } from '../world.ts'

const MINUTE = 60_000

test('an event at which JMessage fails for long, while it does all else, is set aside and does not stop its conversation', async () => {
  const asker = definePlugin({
    name: 'asker',
    setup(ctx) {
      ctx.command('members', async ({ group }) => `${(await group!.members()).length} members`)
      ctx.webhook('beat', { auth: 'none', dedupe: 'off' }, ({ bot }) => bot.group(10000001).text('beat'))
    },
  })
  await using w = await world({ plugins: [{ use: asker }] })
  await w.misbehave([{ fault: 'error', status: 500, endpoints: ['groups.members.list'] }])
  await w.say({ from: 'alice', group: 'square', text: '/members' })
  for (let minute = 0; minute < 40; minute++) {
    await w.clock.advance(MINUTE)
    await w.hook('/hooks/bot/asker/beat', {})
  }
  await w.settled()
  expect(w.log.filter(({ message }) => message.startsWith('set aside'))).toHaveLength(1)
  await w.misbehave([])
  await w.say({ from: 'alice', group: 'square', text: '/members' })
  expect((await w.texts({ group: 'square' })).at(-1)).toBe('4 members')
})

test('an outage of all of JMessage sets nothing aside, however long it lasts', async () => {
  const asker = definePlugin({
    name: 'asker',
    setup(ctx) {
      ctx.command('members', async ({ group }) => `${(await group!.members()).length} members`)
    },
  })
  await using w = await world({ plugins: [{ use: asker }] })
  const heard = await w.write({ from: 'alice', group: 'square', text: '/members' })
  await w.misbehave([{ fault: 'refused' }])
  await w.hear(heard)
  for (let minute = 0; minute < 60; minute++) await w.clock.advance(MINUTE)
  await w.misbehave([])
  await w.clock.advance(MINUTE)
  await w.settled()
  expect((await w.texts({ group: 'square' })).at(-1)).toBe('4 members')
})
