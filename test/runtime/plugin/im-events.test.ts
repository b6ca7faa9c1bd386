import { expect, test } from 'vitest'
import { definePlugin } from '../../../src/index.ts'
import { world } from '../../world.ts'

const greeter = definePlugin({
  name: 'greeter',
  setup(ctx) {
    ctx.on('group.members-added', async ({ bot, data }) => {
      await bot.group(data.gid!).text(`Welcome, ${data.to_username_list!.join(', ')}!`)
    })
  },
})

test('a plugin hears who joins a group that its bot hears, once', async () => {
  await using w = await world({
    bot: { hearing: { groups: 'all', rooms: 'none', direct: true } },
    plugins: [{ use: greeter }],
  })
  const gid = w.groups.square!
  await w.happens('group.members-added', { gid, to_username_list: ['erin'] })
  await w.happens('group.members-added', { event_id: 1, gid, to_username_list: ['erin'] })
  await w.happens('group.updated', { gid })
  expect(await w.texts({ group: 'square' })).toEqual(['Welcome, erin!'])
})

test('a plugin hears nothing of groups that its bot does not hear', async () => {
  await using w = await world({
    bot: { hearing: { groups: 'none', rooms: 'all', direct: true } },
    plugins: [{ use: greeter }],
  })
  await w.happens('group.members-added', { gid: w.groups.square!, to_username_list: ['erin'] })
  expect(await w.texts({ group: 'square' })).toEqual([])
})
