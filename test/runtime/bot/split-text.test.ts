import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AppError } from '../../../src/base/errors.ts'
import { jsonCost } from '../../../src/runtime/bot/json-cost.ts'
import { MOST_PARTS, splitText } from '../../../src/runtime/bot/split-text.ts'

const BYTES = 1024
const split = (text: string): string[] => splitText(text, BYTES)

const solid = (text: string): string => text.replace(/\s+/g, '')
const graphemes = (text: string): string[] =>
  [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment)
const words = (count: number, word = 'word'): string => Array.from({ length: count }, () => word).join(' ')

test('a text that fits is one part', () => {
  expect(split('Hello')).toEqual(['Hello'])
  expect(split('x'.repeat(BYTES))).toHaveLength(1)
  expect(split('"'.repeat(BYTES / 2))).toHaveLength(1)
})

test('parts end between paragraphs rather than lines, and lines rather than sentences or words', () => {
  const paragraph = `${words(60)}.\n${words(60)}.`
  expect(split(`${paragraph}\n\n${paragraph}`)).toEqual([paragraph, paragraph])
  const line = `${words(60)}. ${words(60)}.`
  expect(split(`${line}\n${line}\n${line}`)).toEqual([line, line, line])
  const sentence = `${words(120)}.`
  expect(split(`${sentence} ${sentence} ${sentence}`)).toEqual([sentence, sentence, sentence])
  expect(split(words(400)).every(part => /^word( word)*$/.test(part))).toBe(true)
})

test('sentences in Chinese end without a space', () => {
  const sentence = `${'你好'.repeat(90)}。`
  expect(split(sentence.repeat(4))).toEqual([sentence, sentence, sentence, sentence])
  const quoted = `“${'你好'.repeat(90)}！”`
  expect(split(quoted.repeat(2))).toEqual([quoted, quoted])
})

test('a full stop that is one too many goes into the next part with its sentence', () => {
  for (let room = 330; room < 345; room++) {
    const parts = split(`${'字'.repeat(room)}。${'字'.repeat(50)}`)
    for (const part of parts) expect(jsonCost(part)).toBeLessThanOrEqual(BYTES)
    expect(parts.join('')).toHaveLength(room + 51)
  }
})

test('a word that fits into a message is left whole', () => {
  const address = `https://example.org/${'a'.repeat(700)}`
  expect(split(`${words(100)} ${address}`)).toEqual([words(100), address])
})

test('a break that would leave little in a part is passed over', () => {
  const parts = split(`Hi\n\n${words(300)}`)
  expect(parts[0]!.length).toBeGreaterThan(BYTES / 2)
})

test('characters are left whole, however many code points they are made of', () => {
  for (const one of ['👨‍👩‍👧‍👦', '🇩🇪', 'e\u0301', '👍🏽', '한', 'नि', '\r\n한']) {
    const parts = split(one.repeat(600 / one.length + 400))
    expect(parts.length).toBeGreaterThan(1)
    for (const part of parts) for (const each of graphemes(part)) expect(solid(one)).toContain(solid(each))
  }
})

test('a character that is larger than a message is cut between its code points', () => {
  const parts = split(`a${'\u0301'.repeat(2000)}`)
  expect(parts.join('')).toBe(`a${'\u0301'.repeat(2000)}`)
  const flags = `🏴${'\u{e0067}'.repeat(600)}`
  expect(split(flags).join('')).toBe(flags)
})

test('a block of code that is cut is closed, and opened again in the language it was opened in', () => {
  const line = 'const answer = 42'
  const block = Array.from({ length: 100 }, () => line)
  const parts = split(['Look:', '', '```ts', ...block, '```', 'Done.'].join('\n'))
  expect(parts.length).toBeGreaterThan(1)
  expect(parts[0]).toMatch(/^Look:\n\n```ts\nconst answer = 42\n/)
  for (const part of parts.slice(0, -1)) expect(part).toMatch(/\n```$/)
  for (const part of parts.slice(1)) expect(part).toMatch(/^```ts\nconst answer = 42\n/)
  expect(parts.at(-1)).toMatch(/const answer = 42\n```\nDone\.$/)
  expect(parts.join('\n').split(line)).toHaveLength(101)
})

test('the indentation of the line after a break is kept', () => {
  const parts = split(`${words(180)}\n    indented ${words(100)}`)
  expect(parts[1]).toMatch(/^ {4}indented/)
})

test(`more than ${MOST_PARTS} parts are refused`, () => {
  expect(split('x'.repeat(BYTES * MOST_PARTS))).toHaveLength(MOST_PARTS)
  const refused = () => split('x'.repeat(BYTES * MOST_PARTS + 1))
  expect(refused).toThrow(AppError)
  expect(refused).toThrow(/text is too long, 20481 bytes: it makes more than 20 messages/)
  expect(() => splitText('hello', 1023)).toThrow(/extras leave 1023 bytes/)
})

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 60 }) },
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(' ', '\n', '\n\n', '. ', '。', '！', '  \n', '\t', '\r\n', '\u2028'),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom('👨‍👩‍👧‍👦', '🇩🇪🇫🇷', 'é\u0301\u0301', '\ud83d', '"\\\u0000') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 800, maxLength: 1500 }) },
)
const long = fc
  .array(piece, { minLength: 10, maxLength: 60 })
  .map(pieces => pieces.join('').replaceAll('```', ''))
  .filter(text => text.trim() !== '' && jsonCost(text) < (BYTES * MOST_PARTS) / 2)

test('every part fits, none is blank, and together they have all that is not white space, in order', () => {
  fc.assert(
    fc.property(long, text => {
      const parts = split(text)
      for (const part of parts) {
        expect(jsonCost(part)).toBeLessThanOrEqual(BYTES)
        expect(part.trim()).not.toBe('')
      }
      expect(solid(parts.join(''))).toBe(solid(text))
    }),
    { numRuns: 200, endOnFailure: true },
  )
})

test('no part begins or ends within a character', () => {
  fc.assert(
    fc.property(long, text => {
      const inside = new Set(graphemes(text))
      for (const part of split(text))
        for (const one of [graphemes(part)[0]!, graphemes(part).at(-1)!])
          expect(inside.has(one) || jsonCost(one) > BYTES / 2).toBe(true)
    }),
    { numRuns: 200, endOnFailure: true },
  )
})

const codeLine = fc.string({ maxLength: 70 }).map(line => line.replaceAll('`', ''))
const block = fc
  .tuple(fc.constantFrom('', 'ts', ' sh'), fc.array(codeLine, { maxLength: 60 }))
  .map(([info, lines]) => [`\`\`\`${info}`, ...lines, '```'].join('\n'))
const prose = fc.array(codeLine, { maxLength: 20 }).map(lines => lines.join('\n'))
const documents = fc.array(fc.oneof(block, prose), { minLength: 3, maxLength: 8 }).map(all => all.join('\n'))

test('every part opens as many blocks of code as it closes', () => {
  fc.assert(
    fc.property(documents, text => {
      const parts = split(text)
      for (const part of parts) {
        expect(jsonCost(part)).toBeLessThanOrEqual(BYTES)
        const marks = part.split('\n').filter(line => line.startsWith('```'))
        expect(marks.length % 2).toBe(0)
      }
      const bare = (from: string) => solid(from.replace(/^```.*$/gm, ''))
      expect(bare(parts.join('\n'))).toBe(bare(text))
    }),
    { numRuns: 200, endOnFailure: true },
  )
})

test('the time it takes grows with the length of the text, whatever is in it', () => {
  const hostile = ['`', '"', '.', ' .', 'a\u0301', '```\n', '\n', ' \n', '🇩🇪', '。” ', '@a '].map(one =>
    one.repeat(18_000 / one.length),
  )
  for (const text of hostile) {
    const begun = performance.now()
    splitText(text, 4000)
    expect(performance.now() - begun).toBeLessThan(1000)
  }
  const begun = performance.now()
  expect(() => splitText('word '.repeat(2_000_000), 4000)).toThrow(/too long/)
  expect(() => splitText(`a${' '.repeat(10_000_000)}${'b'.repeat(5000)}`, 4000)).not.toThrow()
  expect(performance.now() - begun).toBeLessThan(3000)
})
