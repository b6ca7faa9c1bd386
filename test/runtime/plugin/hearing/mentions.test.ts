import { expect, test } from 'vitest'
import type { MessageRecord } from '../../../../src/protocol/index.ts'
import type { Bot } from '../../../../src/runtime/bot/bot.ts'
import { Message } from '../../../../src/runtime/plugin/message.ts'

const bot = { username: 'herald-bot' } as Bot
const said = (text: string, more: Partial<MessageRecord> = {}) =>
  new Message(bot, { msg_type: 'text', msg_body: { text }, ...more } as MessageRecord, [
    'herald-bot',
    '小喇叭',
  ])

test.each([
  ['@herald-bot hello', true],
  ['hello @herald-bot', true],
  ['你好@herald-bot，在吗', true],
  ['＠Herald-Bot hello', true],
  ['@herald-bot. Thanks', true],
  ['@herald-bot你好', true],
  ['@小喇叭 在吗', true],
  ['@小喇叭在吗', true],
  ['herald-bot hello', false],
  ['@herald-bot2 hello', false],
  ['@herald-bot-two hello', false],
  ['@herald-bot.two hello', false],
  ['mail@herald-bot', false],
  ['@herald hello', false],
  ['', false],
])('%j names the bot: %s', (text, isMentioned) => {
  expect(said(text).isMentioned).toBe(isMentioned)
})

test.each([
  ['@alice and @bobby, and @alice again', ['alice', 'bobby']],
  ['＠alice：你好', ['alice']],
  ['(@alice) @b.c-d_e. @', ['alice', 'b.c-d_e']],
  ['alice@example.org', []],
  ['nobody', []],
])('%j names %j', (text, mentions) => {
  expect(said(text).mentions).toEqual(mentions)
})

test('the list that apps send counts, of whatever type the message is', () => {
  const at_list = [{ username: 'herald-bot', appkey: 'x' }, { username: 'alice' }, { uid: 1 }, null]
  const message = said('look', { at_list, msg_type: 'image' })
  expect([message.mentions, message.isMentioned, message.isToAll]).toEqual([
    ['herald-bot', 'alice'],
    true,
    false,
  ])
})

test('a message to all mentions all, and not the bot', () => {
  const message = said('@all look', { at_list: [] })
  expect([message.isToAll, message.isMentioned]).toEqual([true, false])
  expect(said('look').isToAll).toBe(false)
})

test('a list that bots of Beadle send counts as well', () => {
  const of = (mention: unknown) => said('look', { msg_body: { text: 'look', extras: { mention } } })
  expect(of(['herald-bot']).isMentioned).toBe(true)
  expect(of('all').isToAll).toBe(true)
  expect(of({ no: 'list' }).mentions).toEqual([])
})

test('a message tells its extras; a custom one has its own keys', () => {
  expect(said('x', { msg_body: { text: 'x', extras: { a: 1 } } }).extras).toEqual({ a: 1 })
  expect(said('x').extras).toEqual({})
  expect(said('', { msg_type: 'custom', msg_body: { kind: 'poll' } }).extras).toEqual({ kind: 'poll' })
})
