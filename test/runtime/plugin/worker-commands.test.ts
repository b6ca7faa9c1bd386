import { expect, test } from 'vitest'
import { ask, threaded, worldOf } from './worker-world.ts'

test('commands in a thread have options, sub-commands, cool-downs, confirmation, help, rules and switches as they have here', async () => {
  const plugin = await threaded(
    `
    ctx.command('dice [sides:int=6] --loud', { cooldown: '10s', description: 'Roll', aliases: ['roll'] }, ({ args }) =>
      args.sides + (args.loud ? '!' : ''))
    ctx.command('wipe <n:int>', { confirm: args => args.n > 1, sideEffects: 'deletes things' }, ({ args }) => 'wiped ' + args.n)
    ctx.command('poll open', () => 'open')
    ctx.command('poll close', { role: 'moderator', names: { zh: ['关闭'] } }, () => 'closed')
    ctx.command('gone', () => 'here')
    `,
    { commands: { gone: { enabled: false }, 'poll open': { groups: 'none' } } },
  )
  await using w = await worldOf([plugin], { bot: { roles: { owner: ['carol'] } } })
  expect(await ask(w, '/roll --loud 20')).toEqual(['20!'])
  expect(await ask(w, '/dice')).toEqual(['Too soon: /dice can be used again in 10 s.'])
  expect(await ask(w, '/dice')).toEqual([])
  expect(await ask(w, '/wipe 2')).toEqual(['/wipe 2 deletes things. Go on? (yes/no)'])
  expect(await ask(w, 'yes')).toEqual(['wiped 2'])
  expect(await ask(w, '/wipe 2 --yes')).toEqual(['wiped 2'])
  expect(await ask(w, '/wipe 1')).toEqual(['wiped 1'])
  expect(await ask(w, '/poll open')).toEqual([])
  expect(await ask(w, '/poll 关闭', 'carol')).toEqual(['closed'])
  expect(await ask(w, '/gone')).toEqual([])
  expect(await ask(w, '/dcie')).toEqual(['There is no /dcie. Did you mean /dice?'])
  const [help = ''] = await ask(w, '/help')
  expect(help).toContain('plugin\n  /dice [sides=6] [--loud] – Roll\n  /wipe <n>\nbesides')
  expect(await ask(w, '/help wipe')).toEqual([
    'Usage: /wipe <n>\nArgument <n>: a whole number\nIt deletes things.\nIt asks before it does so; --yes goes on at once.',
  ])
  expect(await ask(w, '/commands off wipe', 'carol')).toEqual(['/wipe is off here.'])
  expect(await ask(w, '/wipe 1')).toEqual([])
  expect(await ask(w, '/commands on wipe', 'carol')).toEqual(['/wipe is on here.'])
  expect(await ask(w, '/wipe 1')).toEqual(['wiped 1'])
  await w.restart()
  expect(await ask(w, '/dice')).toEqual([])
  await w.clock.advance(10_000)
  expect(await ask(w, '/dice')).toEqual(['6'])
})

test('a rule for a command that a plugin in a thread does not have is told when it is set up', async () => {
  const plugin = await threaded(`ctx.command('dice', () => 'six')`, {
    commands: { dcie: { enabled: false } },
  })
  await expect(worldOf([plugin])).rejects.toThrow("plugin plugin has no command 'dcie'")
})
