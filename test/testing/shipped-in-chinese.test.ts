import { type World, world } from 'beadle/testing'
import { expect, test } from 'vitest'
import announce from '../../plugins/announce/index.ts'
import notices from '../../plugins/notices/index.ts'
import warden from '../../plugins/warden/index.ts'

const square = { group: 'square' } as const
const to = { groups: [10000001] }
const auth = { type: 'bearer', token: 'let-me-announce' }

/** A world whose bot talks English, but with the square, where it talks Chinese. */
async function town(use: typeof announce | typeof notices | typeof warden, config: object): Promise<World> {
  const w = await world({
    plugins: [{ use: use as never, config }],
    bot: { roles: { owner: ['alice'] }, timezone: 'Asia/Shanghai' },
  })
  expect(await ask(w, '/语言 中文')).toBe('这里的语言：中文 (zh)。')
  return w
}

/** Gives a command in the square, as its owner; resolves with the answer. */
async function ask(w: World, text: string): Promise<string | undefined> {
  await w.say({ from: 'alice', ...square, text })
  return (await w.texts(square)).at(-1)
}

test('announce', async () => {
  await using w = await town(announce, { hooks: { deploy: { auth, to, template: 'api 7' } } })
  expect(await ask(w, '/公告')).toBe('还没有发布过公告。')
  expect(await ask(w, '/撤回 x')).toBe('没有公告 x。命令 announcements 可以列出最近的公告。')
  await w.webhook('deploy')
  expect(await ask(w, '/公告')).toMatch(/^2026-01-01 08:00 deploy，1 个目标：[0-9A-Z]{26}$/)
  expect(await ask(w, '/撤回')).toBe('已撤回公告 deploy 的 1 条消息，共 1 条。')
  expect(await ask(w, '/undo')).toBe('公告 deploy 已经撤回过了。')
  expect(await ask(w, '/公告')).toMatch(/，1 个目标，已撤回：/)
  expect(await ask(w, '/帮助 撤回')).toContain('撤回公告：最近的一条，或指定事件的那一条')
})

test('notices', async () => {
  await using w = await town(notices, { notices: { standup: { cron: '0 9 * * 1-5', to, text: '早' } } })
  expect(await ask(w, '/提醒')).toBe('standup：周四 2026-01-01 09:00 (Asia/Shanghai)')
  expect(await ask(w, '/提醒 暂停 standup')).toBe('提醒 standup 已暂停。')
  expect(await ask(w, '/提醒')).toBe('standup：已暂停')
  expect(await ask(w, '/提醒 恢复 standup')).toBe(
    '提醒 standup 已恢复，下次：周四 2026-01-01 09:00 (Asia/Shanghai)。',
  )
  expect(await ask(w, '/提醒 发送 lunch')).toBe('没有提醒 lunch。现有：standup。')
  expect(await ask(w, '/提醒 发送 standup')).toBe('提醒 standup 已发送。')
})

test('warden', async () => {
  await using w = await town(warden, { words: ['badword', 'spam'], actions: { mute: false } })
  await w.say({ from: 'dave', ...square, text: 'badword' })
  expect((await w.texts(square)).at(-1)).toBe('dave，请遵守规则。')
  expect(await ask(w, '/禁言 dave 1h30m 太吵')).toBe('dave 在这里被禁言 1小时30分钟：太吵')
  expect(await ask(w, '/解除禁言 dave')).toBe('dave 可以在这里发言了。')
  expect(await ask(w, '/封禁 dave')).toBe('dave 已被封禁。')
  expect(await ask(w, '/解封 dave')).toBe('dave 已解除封禁。')
  expect(await ask(w, '/免打扰 dave 开')).toBe('dave 的免打扰已开启。')
  expect(await ask(w, '/敏感词')).toBe('共有 2 个敏感词。')
  expect(await ask(w, '/移出 nobody')).toBe('没有用户 nobody。')
  expect(await ask(w, '/移出 test-bot')).toBe('那就是我。')
  expect(await ask(w, '/移出 dave')).toBe('dave 已被移出。')
  // Who asks in a chat of their own is answered in the language of the bot.
  await w.say({ from: 'alice', user: 'test-bot', text: '/words' })
  expect((await w.texts({ user: 'alice' })).at(-1)).toBe('2 words are forbidden: badword, spam.')
})
