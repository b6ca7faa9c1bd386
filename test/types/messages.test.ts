import {
  type Bot,
  card,
  definePlugin,
  type SentMessage,
  type SentMessages,
  type Target,
  Template,
} from 'beadle'
import { expect, expectTypeOf, test } from 'vitest'

/** Never called: it is for the compiler to look at. */
async function looked(chat: Target, bot: Bot, sent: SentMessage): Promise<void> {
  const template = Template.parse('{{ n }}')
  await chat.text('hi', { mention: ['alice'], retractAfter: '1m', notification: { title: 'T' } })
  await chat.text('hi', { mention: 'all', retractAfter: 60_000 })
  await chat.text(template, { values: { n: 1 }, timezone: 'Asia/Shanghai', noOffline: true })
  await chat.card({ title: 'T', buttons: [{ text: 'B', command: '/x' }] })
  await sent.replace('two', { late: 'send' })
  await sent.replace(template, { values: { n: 1 } })
  await sent.replace({ image: 'a.png' })
  await sent.replace(card({ title: 'T' }))
  expectTypeOf(await chat.texts('long')).toEqualTypeOf<SentMessages>()
  expectTypeOf(await sent.replace('two')).toEqualTypeOf<SentMessage>()
  expectTypeOf(await bot.undoLast(chat, { by: 'alice', count: 2 })).toEqualTypeOf<SentMessage[]>()

  // @ts-expect-error only 'all' names more than those that are listed
  await chat.text('hi', { mention: 'alice' })
  // @ts-expect-error `true` means who said something, so that it is for replies
  await chat.text('hi', { mention: true })
  // @ts-expect-error an option that there is not
  await chat.text('hi', { silent: true })
  // @ts-expect-error a template needs values
  await chat.text(template)
  // @ts-expect-error a text has no values
  await chat.text('hi', { values: {} })
  // @ts-expect-error a card has a title
  await chat.card({ text: 'x' })
  // @ts-expect-error a button does one thing
  card({ title: 'T', buttons: [{ text: 'B' }] })
  // @ts-expect-error either an error, or it is sent
  await sent.replace('two', { late: 'maybe' })
  // @ts-expect-error a broadcast does not take itself back
  await bot.broadcast({ to: { users: ['alice'] }, text: 'hi', retractAfter: '1m' })
  // @ts-expect-error a chat, not its number
  await bot.undoLast(10000001)
}

test('what bots say is typed', () => {
  expect(looked).toBeTypeOf('function')
})

test('answers of commands are typed', () => {
  const plugin = definePlugin({
    name: 'plugin',
    setup(ctx) {
      ctx.command('a', () => ({ text: 'hi', mention: true, retractAfter: '1m' }))
      ctx.command('b', async () => card({ title: 'T' }))
      ctx.command('c', () => ({ text: Template.parse('x'), values: {} }))
      ctx.on('message', message => message.reply('hi', { mention: true }))
      // @ts-expect-error a number is no answer
      ctx.command('d', () => 5)
      // @ts-expect-error a template needs values
      ctx.command('e', () => ({ text: Template.parse('x') }))
      // @ts-expect-error an option that there is not
      ctx.command('f', () => ({ text: 'hi', retractAfter: true }))
    },
  })
  expect(plugin.name).toBe('plugin')
})
