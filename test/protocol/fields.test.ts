import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Flag, Id, integer, line, text, Username, UserRef } from '../../src/protocol/fields.ts'

test('texts are measured in bytes of UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.nat(60), fc.nat(60), (value, a, b) => {
      const [min, max] = [Math.min(a, b), Math.max(a, b)]
      const size = new TextEncoder().encode(value).length
      const fits = size >= min && size <= max && !value.includes('\0')
      expect(text(min, max).safeParse(value).success).toBe(fits)
    }),
  )
})

test('lines have no breaks, and limits stay with the schema', () => {
  expect(line(0, 9).safeParse('a\nb').success).toBe(false)
  expect(line(0, 9).safeParse('a\rb').success).toBe(false)
  expect(line(0, 9).meta()).toMatchObject({ minBytes: 0, maxBytes: 9 })
  expect(text(1, 9).meta()).toMatchObject({ minBytes: 1, maxBytes: 9 })
})

test.each([
  [Username, ['abcd', '0.-_@', 'a'.repeat(128)], ['abc', '.abcd', 'ab cd', 'a'.repeat(129), 'abcd\n', 4]],
  [UserRef, ['tom', '信'], ['', 'a\0', 'a'.repeat(129), null]],
  [Id, [1, '42', 9007199254740991], [0, -1, 1.5, '01', '', ' 1', '99999999999999999999', 2 ** 53, null]],
  [Flag, [true, false, 'True', 'FALSE', '1', 0, 1], ['yes', '', 2, null]],
  [integer(0, 9), [0, '9', '007'], [10, -1, '1.0', '', '+1', null]],
])('schema %# takes what it must and nothing else', (schema, good, bad) => {
  for (const value of good) expect(schema.safeParse(value).success, String(value)).toBe(true)
  for (const value of bad) expect(schema.safeParse(value).success, String(value)).toBe(false)
})
