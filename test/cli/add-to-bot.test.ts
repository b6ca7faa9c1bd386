import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { withPlugin } from '../../src/cli/new/add-to-bot.ts'
import { folder } from '../e2e/places.ts'

const added = (text: string, settings: Record<string, unknown> = {}) => {
  const file = join(folder({ 'bot.yaml': text }), 'bot.yaml')
  const edit = withPlugin(file, 'ring', settings)
  expect(readFileSync(file, 'utf8')).toBe(text)
  return edit.text
}

test.each([
  ['username: a-bot\n', 'username: a-bot\nplugins:\n  ring: {}\n'],
  ['', 'plugins:\n  ring: {}\n'],
  [
    'username: a-bot\nplugins: {}\nroles: {a: [b]}\n',
    'username: a-bot\nplugins:\n  ring: {}\nroles: {a: [b]}\n',
  ],
  ['plugins: {}', 'plugins:\n  ring: {}\n'],
  ['plugins:\n# none yet\nusername: a-bot\n', 'plugins:\n  ring: {}\n# none yet\nusername: a-bot\n'],
  ['plugins: # none yet\n', 'plugins: # none yet\n  ring: {}\n'],
  ['plugins: { hello: {} } # all\n', 'plugins: { hello: {}, "ring":{} } # all\n'],
  [
    'plugins:\n    hello: # says hello\n      a: [1,2]   # two\n    # the end\nroles: {}\n',
    'plugins:\n    hello: # says hello\n      a: [1,2]   # two\n    ring: {}\n    # the end\nroles: {}\n',
  ],
  ['plugins:\n  hello:\n', 'plugins:\n  hello:\n  ring: {}\n'],
  [
    'plugins:\n  hello:\n    text: |\n      one\n      two\nroles: {}\n',
    'plugins:\n  hello:\n    text: |\n      one\n      two\n  ring: {}\nroles: {}\n',
  ],
  ['plugins:\n  hello: {}', 'plugins:\n  hello: {}\n  ring: {}\n'],
])('a plugin is added, and all else stays to the letter: %j', (before, after) => {
  expect(added(before)).toBe(after)
})

test('settings are written as they are read', () => {
  const settings = { token: "it's: #1", list: [1, { a: true }], text: 'a\nb' }
  for (const before of ['plugins: {}\n', 'plugins: { hello: {} }\n', 'plugins:\n  hello: {}\n'])
    expect(parse(added(before, settings))).toMatchObject({ plugins: { ring: settings } })
})

test.each([
  ['plugins: [a]\n', 'plugins is no map'],
  ['- a\n', 'it is no map of settings'],
  ['plugins: { ring: {} }\n', 'it has a plugin of this name'],
  ['plugins: {\n', 'cannot be added'],
])('what cannot be done is refused: %j', (text, message) => {
  expect(() => added(text)).toThrow(message)
})
