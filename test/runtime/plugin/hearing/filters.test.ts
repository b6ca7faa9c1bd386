import { expect, test } from 'vitest'
import type { MessageRecord } from '../../../../src/protocol/index.ts'
import { definePlugin, type PluginDefinition } from '../../../../src/runtime/plugin/define.ts'
import { type World, world } from '../../../world.ts'
import { threaded, until, worldOf } from '../worker-world.ts'

const APP = 'beadle00world00000000001'
const GROUP = 10_000_001
const ROOM = 20_000_001

let ids = 1000
/** A message as JMessage hands it over. */
function record(more: Partial<MessageRecord> & { readonly text?: string } = {}): MessageRecord {
  const { text = 'Good morning', ...rest } = more
  return {
    ...{ version: 1, target_type: 'group', target_id: String(GROUP), from_id: 'alice', from_type: 'user' },
    ...{ msg_type: 'text', msg_body: { text }, create_time: 1, msgid: ++ids, msg_ctime: 1000 },
    ...rest,
  }
}
const direct = { target_type: 'single', target_id: 'test-bot' } as const
const inRoom = { target_type: 'chatroom', target_id: String(ROOM) } as const
const image = { msg_type: 'image', msg_body: { media_id: 'm', width: 640, height: 480 } }

/** Name and filter as they are written in a plugin, a message that passes, and messages that do not. */
const cases: readonly (readonly [string, MessageRecord, readonly MessageRecord[]])[] = [
  [`'message'`, record(image), []],
  [`'message.image'`, record(image), [record()]],
  [`'message', { in: 'group' }`, record(), [record(direct), record(inRoom)]],
  [`'message', { in: 'room' }`, record(inRoom), [record(direct), record()]],
  [`'message.text', { in: 'direct' }`, record(direct), [record(), record({ ...direct, ...image })]],
  [
    `'message', { in: { groups: [${GROUP}] } }`,
    record(),
    [record({ target_id: '10000002' }), record(inRoom)],
  ],
  [
    `'message', { in: { groups: ['${GROUP}'] } }`,
    record(),
    [record({ ...inRoom, target_id: String(GROUP) })],
  ],
  [`'message', { in: { groups: [1], rooms: [${ROOM}] } }`, record(inRoom), [record(), record(direct)]],
  [`'message', { in: { groups: [] } }`, record(), [record()].slice(1)],
  [`'message', { from: 'alice' }`, record(), [record({ from_id: 'bobby' })]],
  [`'message', { from: ['alice', 'bobby'] }`, record({ from_id: 'bobby' }), [record({ from_id: 'carol' })]],
  [
    `'message', { from: { role: 'moderator' } }`,
    record({ from_id: 'carol' }),
    [record(), record({ from_id: 'bobby' })],
  ],
  [
    `'message', { text: 'good MORNING' }`,
    record({ text: ' Ｇood Morning\n' }),
    [record({ text: 'Good morning!' }), record(image)],
  ],
  [`'message.text', { text: /mor(ning)?/i }`, record(), [record({ text: 'Good evening' })]],
  [`'message.text', { text: /morning$/g }`, record(), [record({ text: 'morning!' })]],
  [`'message.text', { text: /Good/y }`, record(), [record({ text: 'No Good' })]],
  [
    `'message', { keywords: ['tea', 'MORN', '天气'] }`,
    record({ text: '今天天气' }),
    [record({ text: 'coffee' }), record(image)],
  ],
  [
    `'message', { mention: true }`,
    record({ text: '@test-bot hi' }),
    [record({ text: '@alice hi' }), record({ at_list: [] })],
  ],
  [`'message', { mention: true }`, record({ text: '@小助手 hi' }), [record()]],
  [
    `'message.image', { mention: true }`,
    record({ ...image, at_list: [{ username: 'test-bot' }] }),
    [record(image)],
  ],
  [`'message', { mention: 'bobby' }`, record({ text: 'hi @bobby' }), [record({ text: '@test-bot' })]],
  [
    `'message', { extras: { kind: 'poll', n: true } }`,
    record({ msg_body: { text: 'x', extras: { kind: 'poll', n: 0 } } }),
    [record(), record({ msg_body: { text: 'x', extras: { kind: 'poll' } } })],
  ],
  [
    `'message.custom', { extras: { kind: 'poll' } }`,
    record({ msg_type: 'custom', msg_body: { kind: 'poll' } }),
    [record({ msg_type: 'custom', msg_body: { kind: 'vote' } })],
  ],
  [
    `'message.text', { in: 'group', from: 'alice', keywords: ['morning'] }`,
    record(),
    [record(inRoom), record({ from_id: 'bobby' }), record({ text: 'evening' })],
  ],
]
/** `in: { groups: [] }` is no group at all. */
const none = `'message', { in: { groups: [] } }`
const bot = { nickname: '小助手', roles: { moderator: ['carol'] } }

const routed = (w: World, message: MessageRecord) =>
  w.runtime.host
    .routesOf(APP)
    .route(message)
    .map(({ plugin }) => plugin)

test.each(cases.filter(([written]) => written !== none))(
  'ctx.on(%s) hears what passes, and nothing else',
  async (written, passes, others) => {
    const heard: number[] = []
    const args = new Function(`return [${written}]`)() as never[]
    const setup: PluginDefinition['setup'] = ctx => {
      ;(ctx.on as (...args: unknown[]) => void)(...args, (message: { msgId: number }) =>
        heard.push(message.msgId),
      )
    }
    await using w = await world({ bot, plugins: [{ use: definePlugin({ name: 'plugin', setup }) }] })
    for (const message of others) {
      // Nothing is kept for a plugin that does not want it.
      expect(routed(w, message)).toEqual([])
      await w.hear(message)
    }
    // Twice: no expression remembers where it was.
    const again = { ...passes, msgid: ++ids }
    for (const message of [passes, again]) {
      expect(routed(w, message)).toEqual(['plugin'])
      await w.hear(message)
    }
    expect(heard).toEqual([passes.msgid, again.msgid])
  },
)

test('a list of no groups is none of them', async () => {
  const setup: PluginDefinition['setup'] = ctx => ctx.on('message', { in: { groups: [] } }, () => {})
  await using w = await world({ bot, plugins: [{ use: definePlugin({ name: 'plugin', setup }) }] })
  expect(routed(w, record())).toEqual([])
})

test('filters hold in a thread as they do here; what needs no expression is kept from it', async () => {
  const listeners = cases.map(
    ([written], index) => `ctx.on(${written}, async (message, next, { bot }) => {
      await ctx.state.update('heard', (all = []) => [...all, ${index} + ' ' + message.msgId])
      await next()
    })`,
  )
  const plugin = await threaded(`${listeners.join('\n')}
    ctx.webhook('heard', { auth: 'none' }, async ({ bot }) => {
      const heard: string[] = (await ctx.state.get('heard')) ?? []
      for (let at = 0; at < heard.length; at += 100) await bot.room(${ROOM}).text(heard.slice(at, at + 100).join())
      await bot.room(${ROOM}).text('end')
    })`)
  await using w = await worldOf([plugin], { bot })
  const all = cases.flatMap(([, passes, others]) => [passes, ...others])
  for (const message of all) await w.hear(message)
  await until(() => w.runtime.waiting === 0)
  await w.hook('/hooks/bot/plugin/heard', {})
  await until(async () => (await w.texts({ room: 'hall' })).includes('end'))
  const heard = new Set((await w.texts({ room: 'hall' })).flatMap(text => text.split(',')))
  for (const [index, [written, passes, others]] of cases.entries()) {
    if (written === none) continue
    expect([written, heard.has(`${index} ${passes.msgid}`)]).toEqual([written, true])
    for (const { msgid } of others)
      expect([written, heard.has(`${index} ${msgid}`)]).toEqual([written, false])
  }
})

test('the main thread knows the filters of a thread, but leaves expressions to it', async () => {
  const plugin = await threaded(`
    ctx.on('message.text', { keywords: ['tea'], in: { groups: [${GROUP}] } }, message => message.reply('Tea!'))
    ctx.on('message.text', { from: 'bobby', text: /^(a+)+$/ }, message => message.reply('aaa'))
  `)
  await using w = await worldOf([plugin])
  expect(routed(w, record({ text: 'coffee' }))).toEqual([])
  expect(routed(w, record({ ...inRoom, text: 'tea' }))).toEqual([])
  expect(routed(w, record({ text: 'tea' }))).toEqual(['plugin'])
  // One that takes forever here would hold up all.
  const startedAt = performance.now()
  expect(routed(w, record({ from_id: 'bobby', text: `${'a'.repeat(200)}b` }))).toEqual(['plugin'])
  expect(performance.now() - startedAt).toBeLessThan(1000)
})

test('a listener is told what its expression found', async () => {
  const found: unknown[] = []
  const setup: PluginDefinition['setup'] = ctx => {
    ctx.on('message.text', { text: /deploy (?<what>\w+)/g }, async (_, next, { match }) => {
      found.push(match[1], match.groups?.what, match.index)
      await next()
    })
    ctx.on('message', async (_, next, context) => {
      found.push('match' in context)
      await next()
    })
  }
  await using w = await world({ plugins: [{ use: definePlugin({ name: 'plugin', setup }) }] })
  await w.say({ from: 'alice', group: 'square', text: 'please deploy api and deploy shop' })
  expect(found).toEqual(['api', 'api', 7, false])
})

test('what does not pass goes on to those behind', async () => {
  const heard: string[] = []
  const setup: PluginDefinition['setup'] = ctx => {
    ctx.on('message.text', { from: 'bobby' }, () => heard.push('bobby only'))
    ctx.on('message.text', (_, next) => {
      heard.push('all')
      return next()
    })
    ctx.command('ping', () => void heard.push('ping'))
  }
  await using w = await world({ plugins: [{ use: definePlugin({ name: 'plugin', setup }) }] })
  await w.say({ from: 'alice', group: 'square', text: '/ping' })
  await w.say({ from: 'bobby', group: 'square', text: '/ping' })
  expect(heard).toEqual(['all', 'ping', 'bobby only'])
})

const refused: readonly (readonly [string, readonly unknown[], RegExp])[] = [
  ['a name that is not there', ['message.txt'], /nothing named 'message.txt'/],
  ['a field that is not there', ['message', { form: 'alice' }], /filter.*form/],
  ['a place that is none', ['message', { in: 'space' }], /in must be 'group', 'room'/],
  ['a place without groups or rooms', ['message', { in: {} }], /in must/],
  [
    'too many keywords',
    ['message', { keywords: Array.from({ length: 1001 }, String) }],
    /at most 1000 words/,
  ],
  ['an empty keyword', ['message', { keywords: [' '] }], /keywords\[0\] must be a word/],
  ['a keyword that is too long', ['message', { keywords: ['ﷺ'.repeat(12)] }], /at most 200 letters/],
  ['a text that is none', ['message', { text: 5 }], /text must be a text or a regular expression/],
  ['words in pictures', ['message.image', { keywords: ['x'] }], /keywords is in messages of text only/],
  ['extras that JSON does not hold', ['message', { extras: { f: () => {} } }], /extras/],
  ['a filter for an event', ['group.updated', { from: 'alice' }], /takes no filter/],
]
test.each(refused)('%s is refused where it is written', async (_, args, problem) => {
  const setup: PluginDefinition['setup'] = ctx => {
    ;(ctx.on as (...args: unknown[]) => void)(...args, () => {})
  }
  await expect(world({ plugins: [{ use: definePlugin({ name: 'plugin', setup }) }] })).rejects.toThrow(
    problem,
  )
})

test('a listener that is missing is told', async () => {
  const setup: PluginDefinition['setup'] = ctx => ctx.on('message', { from: 'alice' } as never)
  await expect(world({ plugins: [{ use: definePlugin({ name: 'plugin', setup }) }] })).rejects.toThrow(
    'has to be a function',
  )
})
