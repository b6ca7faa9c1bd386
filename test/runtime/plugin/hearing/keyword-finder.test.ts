import fc from 'fast-check'
import { expect, test } from 'vitest'
import { folded } from '../../../../src/runtime/plugin/commands/pattern/command-word.ts'
import { KeywordFinder } from '../../../../src/runtime/plugin/hearing/keyword-finder.ts'

const isIn = (words: readonly string[], text: string) => new KeywordFinder(words).isIn(folded(text))

test.each([
  ['a word within another', ['adle'], 'Beadle', true],
  ['letter case and full width', ['ＢＥＡＤＬＥ'], 'say beadle', true],
  ['Chinese', ['天气'], '今天天气怎么样', true],
  ['the end of a longer one that failed', ['abcd', 'bc'], 'abce', true],
  ['none', ['tea', 'coffee'], 'water', false],
  ['no words', [], 'water', false],
])('finds %s', (_, words, text, found) => {
  expect(isIn(words, text)).toBe(found)
})

test('agrees with a search for each word by itself', () => {
  // Few letters, so that words overlap and begin alike.
  const letters = fc.constantFrom('a', 'b', 'A', 'ａ', 'é', '气', '😀', '😁')
  const words = fc.array(fc.string({ unit: letters, minLength: 1, maxLength: 5 }), { maxLength: 12 })
  const text = fc.string({ unit: letters, maxLength: 40 })
  fc.assert(
    fc.property(words, text, (all, said) => {
      expect(isIn(all, said)).toBe(all.some(word => folded(said).includes(folded(word))))
    }),
    { numRuns: 2000 },
  )
})

test('makes one pass over the text, also where many words fail late', () => {
  const words = Array.from({ length: 1000 }, (_, i) => `${'a'.repeat(190)}${i}`)
  const finder = new KeywordFinder(words)
  const text = 'a'.repeat(4096)
  const startedAt = performance.now()
  for (let i = 0; i < 100; i++) expect(finder.isIn(text)).toBe(false)
  // Word by word this is 80 billion steps.
  expect(performance.now() - startedAt).toBeLessThan(5000)
})
