import { definePlugin, UserError, z } from 'beadle'
import { expect, test } from 'vitest'
import { world } from '../world.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

const parrot = definePlugin({
  name: 'parrot',
  setup(ctx) {
    ctx.command('ping', () => 'pong')
    ctx.command('twice', async ({ message }) => {
      await message.reply('one')
      await message.reply('two')
    })
    ctx.command(
      'card',
      ({ group, bot }) =>
        void (group ?? bot.group(10000001)).custom({ kind: 'card', title: 'Hello', tags: ['a', 'b'] }),
    )
    ctx.command('refuse', () => {
      throw new UserError('Not today.')
    })
    ctx.command('break', () => {
      throw new Error('the spring is broken')
    })
    ctx.command('oops', async ({ message }) => {
      const sent = await message.reply('a slip')
      await sent.retract()
    })
    ctx.on('message', (message, next) =>
      message.record.msg_type === 'text' ? next() : message.reply(`a ${message.record.msg_type}`),
    )
    ctx.on('message.retracted', ({ data, bot }) =>
      bot.group(10000001).text(`${data.from_username} took something back`),
    )
  },
})

const plugins = [{ use: parrot }]

test('people say something, and what bots say there is expected of the group', async () => {
  await using w = await world({ plugins })
  const { alice, group } = w
  await alice.says('/ping')
  await group.expect('pong')
  await group.expectNothing()
})

test('people speak in groups, in rooms and to bots, named or at hand', async () => {
  await using w = await world({ plugins, groups: ['square', 'market'] })
  const { alice, bobby, room } = w
  await alice.says('/ping', { in: 'market' })
  await w.place('market').expect('pong')
  await w.group.expectNothing()
  await bobby.says('/ping', { in: room })
  await room.expect('pong')
  await bobby.says('/ping', { in: w.bot })
  await bobby.expect('pong')
  await alice.says('/ping', { in: 'test-bot' })
  await alice.expect('pong')
  await bobby.expectNothing()
  expect(await w.place('market').said()).toEqual(['pong'])
  expect(await bobby.said()).toEqual(['pong'])
})

test('a message is expected by its text, by a pattern, or by some of its fields, each once', async () => {
  await using w = await world({ plugins })
  const { alice, group } = w
  await alice.says('/twice')
  await group.expect(/^o/)
  await group.expect('two')
  await expect(group.expect('two')).rejects.toThrow('no bot said "two" in square, and nothing else')
  await alice.says('/card')
  const card = await group.expect({ msg_type: 'custom', msg_body: { kind: 'card', title: /^H/ } })
  expect(card.msg_body.tags).toEqual(['a', 'b'])
  await alice.says('/card')
  await expect(group.expect({ msg_body: { tags: ['a'] } })).rejects.toThrow(/custom \{"kind":"card"/)
})

test('what was said instead is shown when an expectation is not met, and what went wrong', async () => {
  await using w = await world({ plugins })
  const { alice, group } = w
  await alice.says('/refuse')
  await expect(group.expect('pong')).rejects.toThrow(
    'no bot said "pong" in square; since the last expectation they said:\n  test-bot: "Not today."',
  )
  await expect(group.expectNothing()).rejects.toThrow('bots were to say nothing in square')
  await alice.says('/break')
  await expect(group.expect('pong')).rejects.toThrow(/The log says:\n.*the spring is broken/)
  await expect(alice.expect('pong')).rejects.toThrow('no bot said "pong" to alice')
})

test('what was taken back was not said', async () => {
  await using w = await world({ plugins })
  await w.alice.says('/oops')
  await w.group.expectNothing()
})

test('people send pictures, files, places and what is their own', async () => {
  await using w = await world({ plugins })
  const { alice, group } = w
  await alice.sends({ image: PNG })
  await group.expect('a image')
  await alice.sends({ file: { data: Buffer.from('text'), name: 'a.txt' } }, { in: w.bot })
  await alice.expect('a file')
  await alice.sends({ custom: { kind: 'vote' } })
  await group.expect('a custom')
  await alice.sends({ location: { latitude: 39.9, longitude: 116.4 } })
  await group.expect('a location')
})

test('people take back what they said, and bots hear of it', async () => {
  await using w = await world({ plugins })
  const said = await w.alice.says('hello')
  await w.alice.retracts(said)
  expect(await w.texts({ group: 'square' })).not.toContain('hello')
  await w.group.expect(/took something back$/)
})

test('a phone gets what was missed, and from then on what happens', async () => {
  await using w = await world({ plugins })
  await w.alice.says('/ping')
  expect((await w.bobby.inbox()).map(one => one.type === 'message' && one.message.msg_body.text)).toEqual([
    '/ping',
    'pong',
  ])
  const said = await w.alice.says('later')
  await w.alice.retracts(said)
  const [message, event] = (await w.bobby.inbox()).slice(2)
  expect(message).toMatchObject({ type: 'message', message: { msg_body: { text: 'later' } } })
  expect(event).toMatchObject({ type: 'event', event: { event_type: 55, from_username: 'alice' } })
})

test('who and what is not there is refused with what there is', async () => {
  await using w = await world({ groups: [], rooms: [], users: ['zoey'] })
  const zoey = w.person('zoey' as never)
  await expect(async () => zoey.says('hello')).rejects.toThrow('there is no group in this world')
  expect(() => w.room).toThrow('there is no room in this world')
  expect(() => w.person('alice')).toThrow("there is no person 'alice' in this world")
  await expect(async () => zoey.says('hello', { in: 'market' })).rejects.toMatchObject({
    message: "there is no place 'market' in this world",
    hint: 'There are bot.',
  })
})

test('settings are checked as they are in a file', async () => {
  const strict = definePlugin({ name: 'strict', config: z.strictObject({ n: z.int() }), setup() {} })
  await expect(world({ plugins: [{ use: strict, config: { n: 'x' } }] })).rejects.toThrow(
    'the settings of strict are wrong',
  )
})
