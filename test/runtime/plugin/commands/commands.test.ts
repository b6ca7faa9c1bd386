import { describe, expect, test } from 'vitest'
import { ask, worldWith } from './commands-world.ts'

describe('sub-commands', () => {
  const notices = () =>
    worldWith(ctx => {
      ctx.command('notice fire <name>', 'Send it now', ({ args }) => `fired ${args.name}`)
      ctx.command('notice fire all', 'Send all', () => 'fired all')
      ctx.command('notice pause <name>', { role: 'moderator' }, ({ args }) => `paused ${args.name}`)
      ctx.command('tea', () => 'tea')
      ctx.command('tea green', () => 'green tea')
    })

  test('are found by the longest name that fits', async () => {
    await using w = await notices()
    expect(await ask(w, '/notice fire x')).toEqual(['fired x'])
    expect(await ask(w, '/NOTICE  Fire　all')).toEqual(['fired all'])
    expect(await ask(w, '/tea')).toEqual(['tea'])
    expect(await ask(w, '/tea green')).toEqual(['green tea'])
    expect(await ask(w, '/notice fire "all"')).toEqual(['fired all'])
  })

  test('are shown where one is missing or mistyped: those that the asker may use', async () => {
    await using w = await notices()
    const usage = 'Usage:\n/notice fire <name> – Send it now\n/notice fire all – Send all'
    expect(await ask(w, '/notice')).toEqual([usage])
    expect(await ask(w, '/notice fier x')).toEqual([
      `There is no /notice fier. Did you mean /notice fire?\n${usage}`,
    ])
    expect(await ask(w, '/notice burn', 'carol')).toEqual([
      `There is no /notice burn.\n${usage}\n/notice pause <name>`,
    ])
    expect(await ask(w, '/tea grene')).toEqual([
      'There is no /tea grene. Did you mean /tea green?\nUsage: /tea',
    ])
  })

  test('name the role by the word they have in common if it is that of all', async () => {
    await using w = await worldWith(ctx => {
      ctx.command('a b', { role: 'moderator' }, () => 'b')
      ctx.command('a c', { role: 'moderator' }, () => 'c')
      ctx.command('d e', { role: ['moderator', 'helper'] }, () => 'e')
      ctx.command('d f', () => 'f')
    })
    expect(await ask(w, '/a b')).toEqual(["/a is for the role 'moderator'."])
    expect(await ask(w, '/a')).toEqual(["/a is for the role 'moderator'."])
    expect(await ask(w, '/d e')).toEqual(["/d e is for the roles 'moderator', 'helper'."])
    expect(await ask(w, '/d e', 'carol')).toEqual(['e'])
    expect(await ask(w, '/d e', 'alice')).toEqual(['e'])
  })
})

describe('names', () => {
  test('are several, in several languages, and usage shows that of the bot', async () => {
    const setup: Parameters<typeof worldWith>[0] = ctx => {
      ctx.command(
        'mute <user>',
        { aliases: ['silence', 'be quiet'], names: { zh: ['禁言', '闭嘴'] } },
        ({ args }) => `muted ${args.user}`,
      )
      ctx.command(
        'word add <word>',
        { aliases: ['new'], names: { zh: '词语 添加' } },
        ({ args }) => `added ${args.word}`,
      )
      ctx.command('word', { names: { zh: '词' } }, () => 'words')
    }
    await using w = await worldWith(setup)
    for (const text of [
      '/mute bob',
      '/silence @bob',
      '/be quiet ＠bob',
      '/禁言 bob',
      '/闭嘴 bob',
      '／ＭＵＴＥ　bob',
    ])
      expect(await ask(w, text)).toEqual(['muted bob'])
    for (const text of ['/word add x', '/word new x', '/词 add x', '/词 new x', '/词语 添加 x'])
      expect(await ask(w, text)).toEqual(['added x'])
    expect(await ask(w, '/silence')).toEqual(['user is missing\nUsage: /mute <user>'])
    const zh = w.runtime.bots.map(bot => ({
      ...bot,
      language: 'zh-CN',
      plugins: [{ use: bot.plugins[0]!.definition }],
    }))
    await w.restart({ bots: zh })
    expect(await ask(w, '/silence')).toEqual(['缺少 user\n用法：/禁言 <user>'])
  })

  test.each<[Parameters<typeof worldWith>[0], RegExp]>([
    [ctx => ctx.command('a', { aliases: ['b', 'a c<'] }, () => ''), /'a c<' cannot be a name/],
    [ctx => ['a', 'b'].map(name => ctx.command(name, { aliases: ['C'] }, () => '')), /'c' is there twice/],
    [ctx => ctx.command('a', { in: 'town' as never }, () => ''), /in must be of group, room, direct/],
    [ctx => ctx.command('a', { cooldown: '1ms' }, () => ''), /cooldown must be from 1s to 30d/],
    [ctx => ctx.command('a', { cooldown: { for: '1s', uses: 0 } }, () => ''), /uses must be a whole number/],
    [ctx => ctx.command('a', { cooldown: { for: '1s', per: 'x' as never } }, () => ''), /per must be one of/],
    [ctx => ctx.command('a --yes', { confirm: true }, () => ''), /the option --yes is there already/],
  ])('and options that are wrong are refused when the plugin is set up', async (setup, problem) => {
    await expect(worldWith(ctx => void setup(ctx))).rejects.toThrow(problem)
  })
})

test('a command is answered with where it works', async () => {
  await using w = await worldWith(ctx => {
    ctx.command('here', { in: ['room', 'direct'] }, () => 'yes')
  })
  expect(await ask(w, '/here')).toEqual(['/here works in chat rooms and direct chats only.'])
  expect(await ask(w, '/here', 'bobby', { room: 'hall' } as never)).toEqual(['yes'])
  await w.say({ from: 'bobby', user: 'test-bot', text: '/here' })
  expect((await w.texts({ user: 'bobby' })).at(-1)).toBe('yes')
})

test('times are read from when the message was sent, in the zone of the bot', async () => {
  await using w = await worldWith(
    ctx => {
      ctx.command('at <time> [date]', ({ args }) => JSON.stringify([args.time, args.date]))
    },
    { bot: { timezone: 'Asia/Shanghai' } },
  )
  const today = Math.floor((w.clock.now() + 8 * 3_600_000) / 86_400_000) * 86_400_000 - 8 * 3_600_000
  expect(await ask(w, '/at 23:30 tomorrow')).toEqual([
    JSON.stringify([today + 23.5 * 3_600_000, today + 86_400_000]),
  ])
  expect(await ask(w, '/at 晚上11点半 明天')).toEqual([
    JSON.stringify([today + 23.5 * 3_600_000, today + 86_400_000]),
  ])
})

describe('what has to be confirmed', () => {
  test('is said first, and done after a yes, or at once with --yes', async () => {
    const done: string[] = []
    await using w = await worldWith(ctx => {
      ctx.command(
        'wipe <what> [days:int=1]',
        { sideEffects: { en: 'deletes everything', zh: '删除所有内容' }, confirm: args => args.days > 1 },
        ({ args }) => {
          done.push(JSON.stringify(args))
          return 'done'
        },
      )
      ctx.command('leave', { confirm: true }, () => 'gone')
    })
    expect(await ask(w, '/wipe it 3')).toEqual(['/wipe it 3 deletes everything. Go on? (yes/no)'])
    expect(await ask(w, 'no')).toEqual(['Nothing was done.'])
    expect(done).toEqual([])
    expect(await ask(w, '/wipe it 3')).toHaveLength(1)
    expect(await ask(w, 'yes')).toEqual(['done'])
    expect(done.splice(0)).toEqual(['{"what":"it","days":3}'])
    expect(await ask(w, '/wipe it 3 --yes')).toEqual(['done'])
    expect(await ask(w, '/wipe it 3 ——确认')).toEqual(['done'])
    expect(await ask(w, '/wipe it')).toEqual(['done'])
    expect(done[0]).toBe('{"what":"it","days":3}')
    expect(await ask(w, '/leave')).toEqual(['Are you sure that you want /leave? (yes/no)'])
    expect(await ask(w, '/leave --yse')).toEqual([
      'there is no option --yse. Did you mean --yes?\nUsage: /leave',
    ])
    expect(await ask(w, '/leave --yes')).toEqual(['gone'])
  })
})
