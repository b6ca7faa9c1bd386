import { describe, expect, test } from 'vitest'
import { fitsMessage } from '../../../../src/runtime/plugin/fields.ts'
import { world } from '../../../world.ts'
import { ask, plugin, worldWith } from './commands-world.ts'

const order = plugin(
  ctx => {
    ctx.command(
      'mute <user> [for:duration=10m] --reason <text...> -s, --silent',
      {
        role: 'moderator',
        in: ['group', 'room'],
        description: { en: 'Mute somebody here', zh: '禁言' },
        aliases: ['silence'],
        names: { zh: ['禁言'] },
        cooldown: { for: '10s', uses: 3 },
        sideEffects: 'mutes a member',
        confirm: true,
        examples: ['mute @bob 1h --reason spam'],
      },
      () => 'muted',
    )
    ctx.command('rules', 'The rules', () => 'Be kind.')
    ctx.command('secret', { hidden: true }, () => 'shh')
    ctx.command('whisper', { in: 'direct', description: 'Only in private' }, () => 'psst')
  },
  { name: 'order' },
)
const fun = plugin(
  ctx => {
    ctx.command('dice [sides:int=6]', 'Roll', () => 'six')
    ctx.command('poll open <text...>', 'Begin a poll', () => 'open')
    ctx.command('poll close', 'End it', () => 'closed')
  },
  { name: 'fun' },
)
const roles = { owner: ['alice'], moderator: ['carol'] }
const town = (language = 'en') => world({ plugins: [order, fun], bot: { roles, language } })

describe('/help', () => {
  test('lists the commands that the asker may use where they ask, by plugin', async () => {
    await using w = await town()
    const everybody = [
      'Commands here (/help … tells more of one):',
      'order',
      '  /rules – The rules',
      'fun',
      '  /dice [sides=6] – Roll',
      '  /poll open <text...> – Begin a poll',
      '  /poll close – End it',
      'besides',
      '  /help [command...] – The commands, or one in full',
      '  /language [language...] – The language that I speak here, or another one',
    ]
    const mute = '  /mute <user> [for=10m] [--reason <text...>] [--silent] – Mute somebody here'
    expect(await ask(w, '/help')).toEqual([everybody.join('\n')])
    expect(await ask(w, '/help', 'carol')).toEqual([everybody.toSpliced(2, 0, mute).join('\n')])
    expect((await ask(w, '/help', 'alice')).join()).toContain('/commands off <command...>')
    await w.say({ from: 'bobby', user: 'test-bot', text: '/help' })
    expect((await w.texts({ user: 'bobby' })).at(-1)).toContain('/whisper – Only in private')
  })

  test('tells all of one', async () => {
    await using w = await town()
    const whole = [
      'Usage: /mute <user> [for=10m] [--reason <text...>] [--silent]',
      'Mute somebody here',
      'Argument <user>: a username such as @alice',
      'Argument [for=10m]: a duration such as 10m or 2h30m',
      'Option --reason <text...>: a text',
      'Option -s, --silent',
      'Also: /silence, /禁言',
      "For: 'moderator'",
      'In: groups and chat rooms',
      'At most 3 in 10s per person',
      'It mutes a member.',
      'It asks before it does so; --yes goes on at once.',
      'Example: /mute @bob 1h --reason spam',
    ].join('\n')
    for (const text of ['/help mute', '/help /mute', '/HELP Silence'])
      expect(await ask(w, text)).toEqual([whole])
    expect(await ask(w, '/help poll')).toEqual([
      '  /poll open <text...> – Begin a poll\n  /poll close – End it',
    ])
    expect(await ask(w, '/help poll close')).toEqual(['Usage: /poll close\nEnd it'])
    expect(await ask(w, '/help fun')).toEqual([
      'fun\n  /dice [sides=6] – Roll\n  /poll open <text...> – Begin a poll\n  /poll close – End it',
    ])
    expect(await ask(w, '/help dcie')).toEqual(['I know no dcie. Did you mean /help dice?'])
    expect(await ask(w, '/help nonsense')).toEqual(['I know no nonsense.'])
  })

  test('speaks Chinese with who does', async () => {
    await using w = await town('zh')
    expect((await ask(w, '/帮助', 'carol'))[0]).toContain(
      '  /禁言 <user> [for=10m] [--reason <text...>] [--silent] – 禁言',
    )
    expect((await ask(w, '/help 禁言'))[0]).toContain('别名：/mute, /silence')
  })

  test('splits what does not fit into a message, and counts what is too much', async () => {
    await using w = await worldWith(ctx => {
      for (let n = 0; n < 400; n++) ctx.command(`command-${n}`, `Does the thing number ${n}`, () => '')
    })
    const pages = await ask(w, '/help')
    expect(pages).toHaveLength(3)
    expect(pages.every(page => fitsMessage(page))).toBe(true)
    const shown = pages.join('\n').match(/^ {2}\/command-/gm)!.length
    // With /help itself and /language, which are not shown either.
    expect(pages.at(-1)).toContain(`… and ${400 + 2 - shown} more: /help …`)
  })

  test('leaves it to a plugin that has such a command, and is silent where the file says so', async () => {
    const own = plugin(ctx => ctx.command('help', () => 'mine'), { name: 'own' })
    await using w = await world({ plugins: [own] })
    expect(await ask(w, '/help')).toEqual(['mine'])
    await w.restart({ bots: [{ id: 'bot', username: 'test-bot', help: false, plugins: [fun] }] })
    for (const text of ['/help', '/helpp', '/dcie']) expect(await ask(w, text)).toEqual([])
    expect(await ask(w, '/dice')).toEqual(['six'])
  })
})

describe('a command that is not there', () => {
  test('is answered with one that is close, if the asker may use that', async () => {
    await using w = await town()
    expect(await ask(w, '/dcie 6')).toEqual(['There is no /dcie. Did you mean /dice?'])
    expect(await ask(w, '／Rulez')).toEqual(['There is no /Rulez. Did you mean /rules?'])
    expect(await ask(w, '/mut bob')).toEqual([])
    expect(await ask(w, '/mut bob', 'carol')).toEqual(['There is no /mut. Did you mean /mute?'])
    for (const text of ['/secrets', '/whispr', '/nothing', '/', '/?', 'dcie', '//dice'])
      expect(await ask(w, text)).toEqual([])
  })

  test('is answered by the bot that has what is closest, and by none where one of them has that very word', async () => {
    const bot = (id: string, words: readonly string[], more: object = {}) => ({
      ...{ id, username: `${id}-bot`, ...more },
      plugins: [
        plugin(ctx => words.forEach(word => void ctx.command(word, () => `${id} ${word}`)), {
          name: 'words',
        }),
      ],
    })
    await using w = await world({
      bots: [
        bot('b', ['balance', 'balances', 'weather']),
        bot('a', ['ballance', 'whether']),
        bot('deaf', ['wether'], { hearing: { groups: 'none', rooms: 'none', direct: true } }),
        bot('other', ['wether'], { prefix: '!' }),
        bot('shadow', ['wether'], { mode: 'shadow' }),
      ],
    })
    expect(await ask(w, '/balances')).toEqual(['b balances'])
    expect(await ask(w, '/balanc')).toEqual(['There is no /balanc. Did you mean /balance?'])
    // Both have one that is as close, and one speaks.
    expect(await ask(w, '/wether')).toEqual(['There is no /wether. Did you mean /whether?'])
    expect(await ask(w, '/hlep')).toEqual(['There is no /hlep. Did you mean /help?'])
    expect(await ask(w, '!weter')).toEqual(['There is no !weter. Did you mean !wether?'])
  })
})

describe('/commands', () => {
  test('switches a command off and on in a group, for owners', async () => {
    await using w = await world({ plugins: [order, fun], groups: ['square', 'market'], bot: { roles } })
    expect(await ask(w, '/commands off dice')).toEqual(["/commands is for the role 'owner'."])
    expect(await ask(w, '/commands off /dice', 'alice')).toEqual(['/dice is off here.'])
    expect(await ask(w, '/commands off poll', 'alice')).toEqual(['/poll is off here.'])
    expect(await ask(w, '/dice')).toEqual([])
    expect(await ask(w, '/dcie')).toEqual([])
    expect(await ask(w, '/poll close')).toEqual([])
    expect(await ask(w, '/poll')).toEqual([])
    expect((await ask(w, '/help')).join()).not.toMatch(/dice|poll/)
    expect(await ask(w, '/dice', 'bobby', { group: 'market' })).toEqual(['six'])
    await w.restart()
    expect(await ask(w, '/dice')).toEqual([])
    const states = (await ask(w, '/commands', 'alice')).join('\n').split('\n')
    expect(states).toEqual(
      expect.arrayContaining(['/mute: on', '/secret: on', '/dice: off here', '/poll open: off here']),
    )
    expect(await ask(w, '/commands on dice', 'alice')).toEqual(['/dice is on here.'])
    expect(await ask(w, '/dice')).toEqual(['six'])
    expect(await ask(w, '/commands off silence', 'alice')).toEqual(['/mute is off here.'])
    expect(await ask(w, '/mute bob', 'carol')).toEqual([])
    expect(await ask(w, '/commands off commands on', 'alice')).toEqual([
      '/commands on cannot be switched off.',
    ])
    expect(await ask(w, '/commands off dcie', 'alice')).toEqual(['I know no dcie. Did you mean /dice?'])
    await w.say({ from: 'alice', user: 'test-bot', text: '/commands off dice' })
    expect((await w.texts({ user: 'alice' })).at(-1)).toBe(
      '/commands off works in groups and chat rooms only.',
    )
  })

  test('is told by another process within ten seconds', async () => {
    await using w = await world({ plugins: [fun], bot: { roles } })
    expect(await ask(w, '/dice')).toEqual(['six'])
    const keep = `off:group:${w.groups.square}`
    await using other = await world({ plugins: [fun], bot: { roles } })
    expect(await ask(other, '/commands off dice', 'alice')).toEqual(['/dice is off here.'])
    const state = w.runtime.host.instance('bot', 'core') as never as {
      state: { set(key: string, value: unknown): Promise<void> }
    }
    await state.state.set(keep, ['dice'])
    expect(await ask(w, '/dice')).toEqual(['six'])
    await w.clock.advance(10_001)
    expect(await ask(w, '/dice')).toEqual([])
  })
})

describe('the bot’s file', () => {
  const rules = {
    dice: { groups: [10000002] },
    poll: { role: 'moderator' },
    'poll close': { role: [], cooldown: '10s' },
    rules: { enabled: false },
  } as const

  test('says where commands are, for whom, and how often', async () => {
    const { rules: off, ...rest } = rules
    const bot = { id: 'bot', username: 'test-bot', roles }
    const plugins = [
      { ...order, commands: { rules: off } },
      { ...fun, commands: rest },
    ]
    await using w = await world({ bots: [{ ...bot, plugins }], groups: ['square', 'market'] })
    const market = { group: 'market' }
    expect(await ask(w, '/dice')).toEqual([])
    expect(await ask(w, '/dice', 'bobby', market)).toEqual(['six'])
    expect(await ask(w, '/rules')).toEqual([])
    expect(await ask(w, '/rulse')).toEqual([])
    expect(await ask(w, '/poll open tea?')).toEqual(["/poll open is for the role 'moderator'."])
    expect(await ask(w, '/poll close')).toEqual(['closed'])
    expect(await ask(w, '/poll close')).toEqual(['Too soon: /poll close can be used again in 10 s.'])
    expect((await ask(w, '/help')).join()).not.toMatch(/dice|rules|open/)
    const states = (await ask(w, '/commands', 'alice')).join('\n').split('\n')
    expect(states).toEqual(
      expect.arrayContaining(["/rules: off in the bot's file", "/dice: off here in the bot's file"]),
    )
    expect(await ask(w, '/commands on rules', 'alice')).toEqual(["/rules is off in the bot's file."])
  })

  test('is taken up while it runs', async () => {
    await using w = await world({ plugins: [fun] })
    const [spec] = w.runtime.bots
    const rest = { ...spec!, plugins: [{ ...spec!.plugins[0]!, commands: { dice: { enabled: false } } }] }
    const { changes } = await w.runtime.apply([rest])
    expect(changes).toMatchObject([{ what: ['plugin fun: loaded anew'] }])
    expect(await ask(w, '/dice')).toEqual([])
    await w.runtime.apply([spec!])
    expect(await ask(w, '/dice')).toEqual(['six'])
    expect((await w.runtime.apply([{ ...spec!, help: true }])).changes).toEqual([])
    await w.runtime.apply([{ ...spec!, help: false }])
    expect(await ask(w, '/help')).toEqual([])
  })

  test('cannot say anything of a command that is not there', async () => {
    const wrong = world({ plugins: [{ ...fun, commands: { dcie: { enabled: false } } }] })
    await expect(wrong).rejects.toMatchObject({
      code: 'command.unknown',
      message: "plugin fun has no command 'dcie'",
      hint: "plugins.fun.commands in the bot's file names it. Did you mean 'dice'?",
    })
  })
})
