import { card, definePlugin, type Message, type SendOptions, Template } from 'beadle'
import { expect, test } from 'vitest'
import type { MessageRecord } from '../../../src/protocol/index.ts'
import { type World, world } from '../../world.ts'

const square = { group: 'square' } as const
const APP = 'beadle00world00000000001'

/** Has a bot do something in answer to what alice says. */
async function withBot(act: (message: Message) => unknown, options: object = {}): Promise<World> {
  const failures: unknown[] = []
  const plugin = definePlugin({
    name: 'plugin',
    setup(ctx) {
      ctx.on('message.text', async message => {
        await Promise.resolve(act(message)).catch(error => failures.push(error))
      })
    },
  })
  const w = await world({ plugins: [{ use: plugin }], bot: options })
  await w.say({ from: 'alice', ...square, text: 'go' })
  await w.settled()
  expect(failures).toEqual([])
  return w
}

/** The messages as they were asked of JMessage. */
async function asked(w: World): Promise<Record<string, unknown>[]> {
  const { calls } = await w.recorded()
  return calls.flatMap(({ endpoint, args }) =>
    endpoint === 'messages.send' ? [(args as { body: Record<string, unknown> }).body] : [],
  )
}
/** What stands in the history after what alice said, without the marker. */
async function bodies(w: World): Promise<Record<string, unknown>[]> {
  const all = await w.history(square)
  return all.slice(1).map(({ msg_body: { _beadle, extras, ...body } }) => {
    const { _beadle: __, ...kept } = (extras ?? {}) as Record<string, unknown>
    return Object.keys(kept).length > 0 ? { ...body, extras: kept } : body
  })
}

/** What somebody's phone is told from now on. */
async function phoneOf(w: World, user: string): Promise<() => Promise<MessageRecord[]>> {
  const response = await w.server.fetch(new Request(`http://world/sandbox/apps/${APP}/users/${user}/inbox`))
  const reader = response.body!.getReader()
  let text = ''
  void (async () => {
    for (let read = await reader.read(); !read.done; read = await reader.read())
      text += new TextDecoder().decode(read.value)
  })()
  return async () => {
    await new Promise(resolve => setTimeout(resolve, 50))
    await reader.cancel()
    return [...text.matchAll(/^event: message\ndata: (.*)$/gm)].map(([, data]) => JSON.parse(data!))
  }
}

const OPTIONS: SendOptions = {
  fromName: 'The Herald',
  notification: { title: 'News', alert: 'Something new' },
  noOffline: true,
  noNotification: true,
}

test('the name of the sender, the notification, no_offline and no_notification leave as JMessage reads them', async () => {
  await using w = await withBot(({ chat }) => chat.text('hello', OPTIONS))
  expect(await asked(w)).toEqual([
    expect.objectContaining({
      from_name: 'The Herald',
      notification: { title: 'News', alert: 'Something new' },
      no_offline: true,
      no_notification: true,
    }),
  ])
  expect((await w.history(square))[1]).toMatchObject({ from_name: 'The Herald', set_from_name: 1 })
})

test('a phone is told of the notification, and misses what was not to be kept for it', async () => {
  await using w = await world()
  const chat = w.runtime.host.bots[0]!.user('bobby')
  const online = await phoneOf(w, 'bobby')
  await chat.text('now', OPTIONS)
  expect(await online()).toEqual([
    expect.objectContaining({
      notification: { title: 'News', alert: 'Something new' },
      no_notification: true,
    }),
  ])
  await chat.text('later', { noOffline: true })
  await chat.text('kept')
  const afterwards = await phoneOf(w, 'bobby')
  expect((await afterwards()).map(({ msg_body }) => msg_body.text)).toEqual(['kept'])
})

test('names of those that are mentioned are put in front, unless the text has them', async () => {
  await using w = await withBot(async ({ chat }) => {
    await chat.text('lunch?', { mention: ['bobby', 'carol', 'bobby'] })
    await chat.text('Hey @bobby, lunch?', { mention: ['bobby', 'carol'], extras: { n: 1 } })
    await chat.text('@bobbys and a@bobby are others', { mention: ['bobby'] })
    await chat.text('Ask @bobby.', { mention: ['bobby'] })
    await chat.text('lunch!', { mention: 'all' })
    await chat.text('@所有人 lunch!', { mention: 'all' })
    await chat.custom({ kind: 'poll' }, { mention: ['bobby'] })
  })
  expect(await bodies(w)).toEqual([
    { text: '@bobby @carol lunch?', extras: { mention: ['bobby', 'carol'] } },
    { text: '@carol Hey @bobby, lunch?', extras: { n: 1, mention: ['bobby', 'carol'] } },
    { text: '@bobby @bobbys and a@bobby are others', extras: { mention: ['bobby'] } },
    { text: 'Ask @bobby.', extras: { mention: ['bobby'] } },
    { text: '@all lunch!', extras: { mention: 'all' } },
    { text: '@所有人 lunch!', extras: { mention: 'all' } },
    { kind: 'poll', mention: ['bobby'] },
  ])
})

test('all are called in the language of the bot', async () => {
  await using w = await withBot(({ chat }) => chat.text('吃饭', { mention: 'all' }), { language: 'zh' })
  expect(await bodies(w)).toEqual([{ text: '@所有人 吃饭', extras: { mention: 'all' } }])
})

test.each([
  [{ mention: [] }, 'mention names nobody'],
  [{ mention: 'bobby' }, "mention must be 'all' or a list of usernames"],
  [{ mention: ['bobby', ''] }, 'mention[1] must be a username'],
  [{ mention: Array.from({ length: 101 }, (_, n) => `user${n}`) }, 'mention may name 100 users, not 101'],
  [{ mention: ['bobby'], extras: { mention: 1 } }, 'mention is there twice, as extras.mention too'],
  [{ retractAfter: '171s' }, 'retractAfter is 2m51s'],
  [{ retractAfter: 999 }, 'retractAfter is 999ms'],
  [{ retractAfter: 'soon' }, "'soon' is no duration"],
  [{ extras: { x: 'x'.repeat(4100) } }, 'extras is 70 bytes too long; a message has at most 4096'],
])('a message with %j is refused before anything is sent', async (options, problem) => {
  await using w = await world()
  const chat = w.runtime.host.bots[0]!.group(w.groups.square!)
  await expect(chat.text('hi', options as never)).rejects.toThrow(problem)
  expect(await w.texts(square)).toEqual([])
})

test('a text that is too long is refused with how many bytes it is over, and what can be done', async () => {
  await using w = await world()
  const chat = w.runtime.host.bots[0]!.group(w.groups.square!)
  await expect(chat.text('x'.repeat(4050))).rejects.toMatchObject({
    message: expect.stringContaining('text is 11 bytes too long; a message has at most 4096 bytes of JSON'),
    hint: expect.stringContaining('chat.texts(text) sends it in parts'),
  })
  await chat.text('x'.repeat(4039))
  await expect(chat.text('x'.repeat(4040))).rejects.toThrow('text is 1 byte too long')
  await expect(chat.custom({ x: 'x'.repeat(4096) })).rejects.toThrow('the custom body is')
})

test('a reply goes where the message was said, and may mention who said it, but in a direct chat', async () => {
  await using w = await withBot(message => message.reply('yes', { mention: true, extras: { n: 1 } }))
  expect(await bodies(w)).toEqual([{ text: '@alice yes', extras: { n: 1, mention: ['alice'] } }])
  await w.say({ from: 'alice', user: 'test-bot', text: 'go' })
  expect(await w.texts({ user: 'alice' })).toEqual(['go', 'yes'])
})

test('a template is filled in, and what people wrote is no template', async () => {
  const template = Template.parse('{{ who }} says {{ what }} on {{ day | date: "%H:%M" }}')
  const values = { who: '{{ what }}', what: '<b>&{% if %}', day: 0 }
  await using w = await withBot(async message => {
    await message.chat.text(template, { values, timezone: 'Asia/Shanghai' })
    await message.reply(template, { values, mention: true })
    await expect(message.chat.text(template, { values: {} })).rejects.toThrow('undefined variable: who')
    const long = { ...values, what: 'x'.repeat(5000) }
    await expect(message.chat.text(template, { values: long })).rejects.toThrow('bytes too long')
  })
  expect(await w.texts(square)).toEqual([
    'go',
    '{{ what }} says <b>&{% if %} on 08:00',
    '@alice {{ what }} says <b>&{% if %} on 00:00',
  ])
})

test('a card is a custom message that tells of its kind and version', async () => {
  const content = {
    title: 'Deploy of api',
    text: 'Version 7\nis ready.',
    image: 'https://example.org/api.png',
    fields: [{ name: 'Service', value: 'api' }],
    buttons: [
      { text: 'Look', url: 'https://example.org' },
      { text: 'Go', command: '/deploy api' },
    ],
  }
  await using w = await withBot(async ({ chat }) => {
    await chat.card(content)
    await chat.card(card({ title: 'Bare' }), { mention: ['bobby'], notification: { title: 'T' } })
    await chat.card({ title: 'T', fallback: 'See the app.' })
  })
  expect(await bodies(w)).toEqual([
    { kind: 'card', version: 1, ...content },
    { kind: 'card', version: 1, title: 'Bare', mention: ['bobby'] },
    { kind: 'card', version: 1, title: 'T', fallback: 'See the app.' },
  ])
  expect((await asked(w)).map(({ notification }) => notification)).toEqual([
    { alert: 'Deploy of api: Version 7' },
    { alert: 'Bare', title: 'T' },
    { alert: 'See the app.' },
  ])
})

const LARGE = { name: '名'.repeat(30), value: '值'.repeat(100) }

test.each([
  [{}, 'title must be a text'],
  [{ title: ' ' }, 'title must not be empty'],
  [{ title: 'x'.repeat(201) }, 'title must be at most 200 characters'],
  [{ title: 'T', colour: 'red' }, 'card has an unknown key: colour'],
  [{ title: 'T', image: 'javascript:alert(1)' }, 'image must be a URL with http or https'],
  [{ title: 'T', fields: [{ name: 'n', value: 1 }] }, 'fields[0].value must be a text'],
  [{ title: 'T', buttons: [{ text: 'B' }] }, 'buttons[0] must have a text'],
  [{ title: 'T', buttons: [{ text: 'B', url: 'https://a.b', command: '/x' }] }, 'buttons[0] must have'],
  [{ title: 'T', fields: Array.from({ length: 21 }, () => LARGE) }, 'fields must be at most 20'],
  [
    { title: 'T', text: 'x'.repeat(2000), fields: Array.from({ length: 12 }, () => LARGE) },
    /it is \d+ bytes too large for a message \(4096 bytes of JSON\); fields alone takes \d+/,
  ],
])('a card with %j is refused with the field', (content, problem) => {
  expect(() => card(content as never)).toThrow(problem)
})

test('a card that just fits is sent', async () => {
  const fields = Array.from({ length: 2 }, () => ({ name: 'n', value: '值'.repeat(160) }))
  await using w = await withBot(async ({ chat }) => {
    await chat.card({ title: 'T', text: '字'.repeat(900), fields })
  })
  expect(await bodies(w)).toHaveLength(1)
})
