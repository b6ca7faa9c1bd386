import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CommandTree } from '../../../../src/runtime/plugin/commands/pattern/command-tree.ts'
import { commandWord, isSpaceAt } from '../../../../src/runtime/plugin/commands/pattern/command-word.ts'

test.each([
  ['/Mute bob', '/', 'mute'],
  ['／ＭＵＴＥ　bob', '/', 'mute'],
  ['！！禁言', '!!', '禁言'],
  ['!！禁言', '!!', '禁言'],
  ['。mute', '.', undefined],
  ['mute', '/', undefined],
  ['/ mute', '/', undefined],
  ['/', '/', undefined],
  ['', '/', undefined],
  ['！mute', '!!', undefined],
])('of %j with the prefix %s, the word is %s', (text, prefix, word) => {
  expect(commandWord(text, prefix)).toBe(word)
})

test('white space is what regular expressions take for it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff }), code => {
      const letter = String.fromCharCode(code)
      expect(isSpaceAt(letter, 0)).toBe(/\s/.test(letter))
    }),
    { seed: 10, numRuns: 5000 },
  )
})

test('what was put into a tree is found until it is taken away, and nothing stays behind', () => {
  const name = fc
    .array(fc.constantFrom('a', 'b', 'ｃ'), { minLength: 1, maxLength: 3 })
    .map(words => words.join(' '))
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 8 }), names => {
      const tree = new CommandTree<string>()
      const removals = names.map(one => tree.add(one, [], one))
      for (const one of names) {
        expect(tree.at(one)).toBe(one)
        expect(tree.find(`${one.toUpperCase()}  rest`)).toMatchObject({
          branch: { value: one },
          rest: 'rest',
        })
      }
      for (const [index, remove] of removals.entries()) {
        remove()
        for (const [other, one] of names.entries()) expect(tree.at(one)).toBe(other > index ? one : undefined)
      }
      expect([...tree.words]).toEqual([])
    }),
    { seed: 11 },
  )
})
