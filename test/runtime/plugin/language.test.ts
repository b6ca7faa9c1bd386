import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../../src/base/clock.ts'
import { definePlugin } from '../../../src/index.ts'
import { StoredLanguages } from '../../../src/runtime/plugin/language/language-choices.ts'
import { FRESH_MS } from '../../../src/runtime/plugin/state/fresh.ts'
import { runtimeStore } from '../../engine.ts'
import { world } from '../../world.ts'
import { ask, plugin, square } from './commands/commands-world.ts'
import { ask as askThread, threaded, worldOf } from './worker-world.ts'

const SHOPS = 10_000_001

const hello = {
  use: definePlugin({
    name: 'hello',
    texts: {
      en: { hello: 'Hello, {name}!', bye: 'Bye.' },
      zh: { hello: '你好，{name}！', bye: '再见。' },
      'zh-TW': { bye: '掰掰。' },
      fr: { hello: 'Bonjour, {name} !', bye: 'Salut.' },
    },
    setup(ctx) {
      ctx.command('hello', { description: { en: 'Greets', zh: '问候' }, cooldown: '10s' }, ({ t, user }) =>
        t('hello', { name: user.id }),
      )
      ctx.command('bye', ({ t }) => t('bye'))
      ctx.command('greet <user>', ({ args: { user }, t }) => t.in('fr')('hello', { name: user }))
      ctx.command('which', ({ language }) => language)
      ctx.command('whose <user> <group:int>', async ({ args: { user, group }, languageOf, room }) => {
        const asked = [{ user }, { group }, { user, group }, { room: room ?? 1 }, {}]
        return (await Promise.all(asked.map(who => languageOf(who)))).join(' ')
      })
      ctx.command('drop', { confirm: true }, () => 'dropped')
      ctx.on('message.text', { text: 'hi' }, (message, _, { t }) => message.reply(t('bye')))
      ctx.on('group.members-added', ({ t, group }) => group!.text(t('hello', { name: 'you' })))
      ctx.cron('0 9 * * *', async ({ bot, t, languageOf }) => {
        for (const user of ['bobby', 'carol'])
          await bot.user(user).text(t.in(await languageOf({ user }))('bye'))
        await bot.user('dave').text(t('bye'))
      })
    },
  }),
}
const roles = { owner: ['alice'] }
const town = (bot: object = {}) =>
  world({ plugins: [hello], groups: ['square', 'shops'], bot: { roles, ...bot } })

/** Says something to the bot alone; resolves with what it says to that. */
async function alone(w: Awaited<ReturnType<typeof town>>, text: string, from = 'bobby') {
  const before = (await w.texts({ user: from })).length
  await w.say({ from, user: 'test-bot', text })
  return (await w.texts({ user: from })).slice(before + 1)
}

describe('/language', () => {
  test('in a direct chat sets one’s own, which counts there and in groups that have none', async () => {
    await using w = await town()
    expect(await alone(w, '/language')).toEqual([
      'Language here: English (en). I speak: English (en), 中文 (zh), 中文（台灣） (zh-TW), français (fr).',
    ])
    expect(await alone(w, '/lang zh')).toEqual(['这里的语言：中文 (zh)。'])
    expect(await alone(w, '/hello')).toEqual(['你好，bobby！'])
    expect(await alone(w, '/hello')).toEqual([expect.stringMatching(/^太快了：/)])
    expect(await alone(w, '/help hello')).toEqual([expect.stringContaining('问候')])
    expect(await ask(w, '/bye')).toEqual(['再见。'])
    expect(await ask(w, 'hi')).toEqual(['再见。'])
    expect(await ask(w, '/bye', 'carol')).toEqual(['Bye.'])
    await w.restart()
    expect(await ask(w, '/bye')).toEqual(['再见。'])
    expect(await alone(w, '/语言 默认')).toEqual(['Language here: English (en).'])
    expect(await ask(w, '/bye')).toEqual(['Bye.'])
  })

  test('in a group sets the group’s, for owners, which goes over what its members chose', async () => {
    await using w = await town()
    expect(await ask(w, '/language zh')).toEqual([
      "/language is for the role 'owner'. In a direct chat it sets your own language.",
    ])
    await alone(w, '/language fr', 'carol')
    expect(await ask(w, '/bye', 'carol')).toEqual(['Salut.'])
    expect(await ask(w, '/language Chinese', 'alice')).toEqual(['这里的语言：中文 (zh)。'])
    for (const from of ['bobby', 'carol']) expect(await ask(w, '/bye', from)).toEqual(['再见。'])
    expect(await ask(w, '/bye', 'carol', { group: 'shops' })).toEqual(['Salut.'])
    expect(await alone(w, '/bye', 'carol')).toEqual(['Salut.'])
    expect((await ask(w, '/language'))[0]).toMatch(/^这里的语言：中文/)
    expect(await ask(w, '/hel')).toEqual(['没有 /hel 这个命令。是不是 /help？'])
    await w.happens('group.members-added', { gid: w.groups.square! })
    expect((await w.texts(square)).at(-1)).toBe('你好，you！')
    expect(await ask(w, '/language default', 'alice')).toEqual(['Language here: English (en).'])
    expect(await ask(w, '/bye', 'carol')).toEqual(['Salut.'])
  })

  test('knows languages by tags and names, and says which it speaks', async () => {
    await using w = await town()
    const set = async (name: string) => {
      await alone(w, `/language ${name}`)
      return (await alone(w, '/which'))[0]
    }
    expect(await set('ZH-tw')).toBe('zh-TW')
    expect(await alone(w, '/bye')).toEqual(['掰掰。'])
    // What it does not say by itself is said in that of which it is a kind.
    expect(await alone(w, '/hello')).toEqual(['你好，bobby！'])
    expect(await set('en-GB')).toBe('en-GB')
    expect(await set('中文')).toBe('zh')
    expect(await set('法语')).toBe('fr')
    // Texts that are built in are not in French.
    expect(await alone(w, '/language')).toEqual([expect.stringMatching(/^Language here: français \(fr\)/)])
    for (const odd of ['de', 'zh-', 'en-ab-cd', '__proto__', 'x'.repeat(500)])
      expect(await alone(w, `/language ${odd}`)).toEqual([expect.stringMatching(/^I do not speak /)])
    expect(await alone(w, '/which')).toEqual(['fr'])
  })

  test('is left to a plugin that has such a command', async () => {
    const own = plugin(ctx => ctx.command('lang', () => 'mine'), { name: 'own' })
    await using w = await world({ plugins: [own] })
    expect(await ask(w, '/lang')).toEqual(['mine'])
    expect((await ask(w, '/language'))[0]).toMatch(/^Language here/)
  })
})

describe('the language', () => {
  test('is what people chose, else as the bot’s file says, else the bot’s', async () => {
    const languages = { groups: { [SHOPS]: 'fr' }, rooms: { 1: 'fr' }, users: { carol: 'zh', dave: 'en' } }
    await using w = await town({ language: 'zh-TW', languages })
    const shops = w.groups.shops!
    const restarted = { ...languages, groups: { [shops]: 'fr' } }
    await w.restart({
      bots: [
        { id: 'bot', username: 'test-bot', roles, language: 'zh-TW', languages: restarted, plugins: [hello] },
      ],
    })
    const inShops = { group: 'shops' }
    expect(await ask(w, '/which')).toEqual(['zh-TW'])
    expect(await ask(w, '/which', 'carol')).toEqual(['zh'])
    expect(await ask(w, '/which', 'carol', inShops)).toEqual(['fr'])
    expect(await ask(w, `/whose carol ${shops}`)).toEqual(['zh fr fr fr zh-TW'])
    expect(await ask(w, `/whose dave ${w.groups.square}`)).toEqual(['en zh-TW en fr zh-TW'])
    await alone(w, '/language en', 'carol')
    await ask(w, '/language zh', 'alice', inShops)
    expect(await ask(w, '/which', 'carol')).toEqual(['en'])
    expect(await ask(w, '/which', 'carol', inShops)).toEqual(['zh'])
  })

  test('changes with the bot’s file while it runs', async () => {
    await using w = await town()
    expect(await ask(w, '/bye')).toEqual(['Bye.'])
    const users = { bobby: 'zh' }
    const { changes } = await w.runtime.apply(w.runtime.bots.map(bot => ({ ...bot, languages: { users } })))
    expect(changes).toEqual([{ bot: 'bot', how: 'changed', what: ['languages'] }])
    expect(await ask(w, '/bye')).toEqual(['再见。'])
  })

  test('is that of each who is talked to, where nobody asked', async () => {
    await using w = await town({ language: 'zh' })
    await alone(w, '/language fr')
    await w.cron('0 9 * * *')
    const last = async (user: string) => (await w.texts({ user })).at(-1)
    expect([await last('bobby'), await last('carol'), await last('dave')]).toEqual([
      'Salut.',
      '再见。',
      '再见。',
    ])
  })

  test('is one in a dialogue until that ends', async () => {
    await using w = await town()
    expect(await ask(w, '/drop')).toEqual(['Are you sure that you want /drop? (yes/no)'])
    await alone(w, '/language zh')
    expect(await ask(w, 'perhaps')).toEqual([expect.stringMatching(/^Please answer yes or no\./)])
    expect(await ask(w, '好')).toEqual(['dropped'])
    expect(await ask(w, '/drop')).toEqual(['确定要执行 /drop 吗？（是/否）'])
    expect(await ask(w, '取消')).toEqual(['已取消。'])
  })

  test('that was set in another process is known after a while', async () => {
    const store = await runtimeStore()
    const clock = new ManualClock()
    const [here, there] = [StoredLanguages.of(store, clock, 'bot'), StoredLanguages.of(store, clock, 'bot')]
    const key = 'single:bobby'
    expect(await here.chosen([key])).toEqual({})
    await there.set(key, 'zh')
    expect(here.chosen([key])).toEqual({})
    await clock.advance(FRESH_MS)
    expect(await here.chosen([key, 'group:1'])).toEqual({ [key]: 'zh' })
    await there.set('group:1', 'fr')
    await there.set(key, undefined)
    expect(here.chosen([key, 'group:1'])).toEqual({ [key]: 'zh' })
    await clock.advance(FRESH_MS)
    expect(await here.chosen([key, 'group:1'])).toEqual({ 'group:1': 'fr' })
    // What is read while it is set is not remembered.
    const reading = there.chosen(['group:1'])
    await there.set('group:1', 'zh')
    await reading
    expect(await there.chosen(['group:1'])).toEqual({ 'group:1': 'zh' })
  })

  test('in which all are called is that of the group', async () => {
    const call = plugin(ctx => {
      ctx.command('call', async ({ group }) => void (await group!.text('lunch', { mention: 'all' })))
      ctx.command('long', async ({ group }) => {
        await group!.texts(`lunch ${'x'.repeat(5000)}`, { mention: 'all' })
      })
    })
    await using w = await world({ plugins: [call], bot: { roles } })
    expect(await ask(w, '/call')).toEqual(['@all lunch'])
    await ask(w, '/language zh', 'alice')
    expect(await ask(w, '/call')).toEqual(['@所有人 lunch'])
    expect((await ask(w, '/long'))[0]).toMatch(/^@所有人 lunch/)
  })

  test('reaches plugins in threads', async () => {
    const setup = `
      ctx.command('bye', ({ t }) => t('bye'))
      ctx.command('call', async ({ group }) => { await group.text('lunch', { mention: 'all' }) })
      ctx.command('drop', { confirm: true }, () => 'dropped')
      ctx.on('message.text', { text: 'whose' }, async (m, _, { languageOf }) => m.reply(await languageOf({ user: 'bobby' })))`
    const texts = `{ en: { bye: 'Bye.' }, zh: { bye: '再见。' } }`
    const use = await threaded(setup, { texts })
    await using w = await worldOf([use], { bot: { roles, languages: { users: { carol: 'zh' } } } })
    expect(await askThread(w, '/bye')).toEqual(['Bye.'])
    expect(await askThread(w, '/bye', 'carol')).toEqual(['再见。'])
    await alone(w as never, '/language zh')
    expect(await askThread(w, 'whose')).toEqual(['zh'])
    expect(await askThread(w, '/bye', 'bobby')).toEqual(['再见。'])
    await askThread(w, '/language zh', 'alice')
    expect(await askThread(w, '/call')).toEqual(['@所有人 lunch'])
    expect(await askThread(w, '/drop')).toEqual(['确定要执行 /drop 吗？（是/否）'])
    await askThread(w, '/language en', 'alice')
    expect(await askThread(w, '是')).toEqual(['dropped'])
  }, 60_000)
})

test('a world tells where the languages of a plugin differ, and with which key', async () => {
  const use = definePlugin({
    name: 'partial',
    texts: {
      en: { hello: 'Hello, {name}!', bye: 'Bye.' },
      zh: { hello: '你好！' },
      'zh-TW': { bye: '掰掰。' },
    },
    setup() {},
  })
  await expect(world({ plugins: [{ use }] })).rejects.toThrow(
    "the languages of partial differ: 'hello' in zh leaves out {name}; zh has no text 'bye'",
  )
})
