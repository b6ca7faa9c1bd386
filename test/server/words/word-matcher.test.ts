import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { WordMatcher } from '../../../src/server/words/word-matcher.ts'

// Few letters, so that words overlap, hold and end one another.
const some = (max: number) => fc.string({ unit: fc.constantFrom('a', 'b', 'c', '敏', '😀'), maxLength: max })
const words = fc.array(
  some(5).filter(word => word.length > 0),
  { maxLength: 20 },
)

test('finds a word exactly when the text includes one, and names one that it includes', () => {
  fc.assert(
    fc.property(words, some(40), (list, text) => {
      const found = new WordMatcher(list).find(text)
      expect(found !== undefined).toBe(list.some(word => text.includes(word)))
      if (found !== undefined) expect(text.includes(found) && list.includes(found)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('names the word that ends first, and the longest of those that end there', () => {
  fc.assert(
    fc.property(words, some(40), (list, text) => {
      const ends = (word: string) => (text.includes(word) ? text.indexOf(word) + word.length : Infinity)
      const [first] = list
        .filter(word => text.includes(word))
        .sort((a, b) => ends(a) - ends(b) || b.length - a.length)
      expect(new WordMatcher(list).find(text)).toBe(first)
    }),
    { numRuns: 500 },
  )
})

test('reads a text that repeats itself once only', () => {
  const matcher = new WordMatcher(Array.from({ length: 100 }, (_, i) => `${'a'.repeat(1 + (i % 9))}b`))
  expect(matcher.find('a'.repeat(1_000_000))).toBeUndefined()
})
