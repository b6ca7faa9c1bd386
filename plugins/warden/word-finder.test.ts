import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fold } from './fold.ts'
import { WordFinder } from './word-finder.ts'

const span = (words: readonly string[], text: string): string | undefined => {
  const found = new WordFinder(words).find(text)
  return found && text.slice(found.start, found.end)
}

test.each([
  ['as it stands', 'badword', 'a badword here', 'badword'],
  ['inside another word', 'badword', 'superbadwords', 'badword'],
  ['in another letter case', 'BadWord', 'a bADwORD', 'bADwORD'],
  ['in full-width letters', 'badword', 'a ｂａｄｗｏｒｄ!', 'ｂａｄｗｏｒｄ'],
  ['in mathematical letters', 'badword', '𝐛𝐚𝐝𝐰𝐨𝐫𝐝', '𝐛𝐚𝐝𝐰𝐨𝐫𝐝'],
  [
    'with zero-width characters in it',
    'badword',
    'x b\u200ba\u200dd\u2060w\ufefford',
    'b\u200ba\u200dd\u2060w\ufefford',
  ],
  ['with soft hyphens in it', 'badword', 'bad\u00adword', 'bad\u00adword'],
  ['in Chinese', '赌博', '来赌\u200b博吧', '赌\u200b博'],
  ['in ligatures', 'fish', 'ﬁsh', 'ﬁsh'],
  ['with accents apart', 'caf\u00e9', 'cafe\u0301', 'cafe\u0301'],
  ['with accents together', 'cafe\u0301', 'caf\u00e9', 'caf\u00e9'],
  ['with ß for ss', 'strasse', 'Straße', 'Straße'],
  ['with the other sigma', 'οδος', 'ΟΔΟΣ', 'ΟΔΟΣ'],
  ['in half-width kana', 'バカ', 'ﾊﾞｶ', 'ﾊﾞｶ'],
  ['in jamo', '바보', '\u1107\u1161\u1107\u1169', '\u1107\u1161\u1107\u1169'],
  ['after emoji', 'badword', '🎉👨‍👩‍👧 badword', 'badword'],
])('finds a word %s', (_, word, text, expected) => {
  expect(span([word], text)).toBe(expected)
})

test('does not find what is not there', () => {
  expect(span(['badword'], 'bad word')).toBeUndefined()
  expect(span(['badword'], '')).toBeUndefined()
  expect(span([], 'anything')).toBeUndefined()
  expect(span(['바보'], '밥오')).toBeUndefined()
})

test('goes on with what was matched when a longer word fails', () => {
  expect(span(['abcd', 'bcx', 'cxy'], 'abcxz')).toBe('bcx')
  expect(span(['ababc'], 'abababc')).toBe('ababc')
})

test('finds of words that end at one place the longest', () => {
  expect(new WordFinder(['word', 'badword', 'ord']).find('a badword')?.word).toBe('badword')
})

test('gives the word as it is in the list', () => {
  expect(new WordFinder(['BadWord']).find('xBADWORDx')).toEqual({ word: 'BadWord', start: 1, end: 8 })
})

test('agrees with a search for each word by itself', () => {
  const letters = fc.constantFrom('a', 'b', 'A', 'ｂ', 'ß', 's', '\u200b', '🎉', 'é', 'e', '\u0301')
  const string = (minLength: number, maxLength: number) =>
    fc.array(letters, { minLength, maxLength }).map(parts => parts.join(''))
  const word = string(1, 4).filter(text => fold(text).text !== '')
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), string(0, 30), (words, text) => {
      const found = new WordFinder(words).find(text)
      const folded = fold(text).text
      expect(found !== undefined).toBe(words.some(each => folded.includes(fold(each).text)))
      if (!found) return
      expect(words).toContain(found.word)
      expect(fold(text.slice(found.start, found.end)).text).toContain(fold(found.word).text)
    }),
    { numRuns: 2000 },
  )
})

test('looks for 10,000 words in one pass', () => {
  const words = Array.from({ length: 10_000 }, (_, index) => `word${index.toString(36)}x`)
  const finder = new WordFinder(words)
  const text = 'wor word1 word2 '.repeat(250)
  const startedAt = performance.now()
  for (let i = 0; i < 100; i++) expect(finder.find(text)).toBeUndefined()
  expect(performance.now() - startedAt).toBeLessThan(2000)
  expect(finder.find(`${text}word7prx`)?.word).toBe('word7prx')
})
