import { expect, test } from 'vitest'
import { world } from '../../world.ts'
import { threaded, until } from '../plugin/worker-world.ts'

test('a plugin in a thread of its own lets nothing out of the shadow either', async () => {
  const plugin = await threaded(`
    ctx.command('all', async ({ message, group, bot, log }) => {
      log.info({}, 'at it')
      const sent = await message.reply('shadow')
      await group.image({ data: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'), name: 'a.gif' })
      await group.mute('bobby', { for: '10m' })
      await group.kick('carol')
      await bot.user('dave').ban()
      await message.retract()
      await sent.retract()
      await bot.broadcast({ to: { groups: [10000001] }, text: 'to all' })
    })
  `)
  const shadow = { id: 'next', username: 'test-bot', mode: 'shadow' as const, plugins: [plugin] }
  await using w = await world({ bots: [shadow] })
  await w.say({ from: 'alice', group: 'square', text: '/all' })
  await until(() => w.runtime.waiting === 0)
  const { calls, events } = await w.recorded()
  expect(calls.map(({ endpoint }) => endpoint)).toEqual([
    ...['messages.send', 'messages.send', 'groups.silence', 'groups.members.remove', 'users.forbidden'],
    ...['messages.retract', 'messages.retract'],
  ])
  const [broadcast] = events[0]!.broadcasts
  // Its posts are told of with the broadcast.
  expect((await (await w.runtime.broadcasts.find(broadcast!.id))!.done()).sent).toBe(1)
  expect(await w.texts({ group: 'square' })).toEqual(['/all'])
  expect(await w.client.groups.members.list({ gid: 10000001 })).toHaveLength(4)
  const line = w.log.find(({ message }) => message === 'at it')
  expect(line?.fields).toMatchObject({ bot: 'next', event: events[0]!.id })
})
