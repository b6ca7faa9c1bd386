import { expect, test } from 'vitest'
import { ConfigError } from '../../../src/app/config/index.ts'
import { loadBotSpecs } from '../../../src/app/plugins.ts'
import { load } from './files.ts'

test('a bot’s file says in which languages it talks with whom', async () => {
  const config = await load({
    'bots/herald.yaml': `username: herald-bot
language: en
languages:
  groups: { 10000001: zh, '10000002': zh-TW }
  rooms: { 20000001: zh }
  users:
    dave: zh
`,
  })
  const [bot] = await loadBotSpecs(config)
  expect(bot?.languages).toEqual({
    groups: { 10000001: 'zh', 10000002: 'zh-TW' },
    rooms: { 20000001: 'zh' },
    users: { dave: 'zh' },
  })
})

test.each([
  [
    'languages: { groups: { 10000001: Chinese } }',
    'languages.groups.10000001',
    'must be a language such as en or zh',
  ],
  ['languages: { users: { dave: en-ab-cd } }', 'languages.users.dave', 'must be a language such as en or zh'],
  ['languages: { rooms: { hall: zh } }', 'languages.rooms.hall', 'must be the id of a group or chat room'],
  ['languages: { rooms: [20000001] }', 'languages.rooms', 'must be a map of room ids and languages'],
  ['languages: { people: { dave: zh } }', 'languages.people', ''],
])('%s is refused', async (text, field, message) => {
  const error = await load({ 'bots/herald.yaml': `username: herald-bot\n${text}\n` }).catch(error => error)
  expect(error).toBeInstanceOf(ConfigError)
  expect((error as ConfigError).problems).toEqual([
    expect.objectContaining({ field, message: expect.stringContaining(message) }),
  ])
})
