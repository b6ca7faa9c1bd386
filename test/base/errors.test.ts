import { expect, test } from 'vitest'
import { asError } from '../../src/base/errors.ts'

test('an error is given back as it is', () => {
  const error = new TypeError('wrong')
  expect(asError(error)).toBe(error)
})

test.each([
  ['an error whose message is an object', Object.assign(new Error(), { message: { code: 1 } })],
  ['an error without a message', Object.assign(new Error(), { message: undefined })],
  ['an error whose stack is no text', Object.assign(new Error('x'), { stack: 7 })],
  ['a text', 'gone'],
  ['nothing', undefined],
  ['an object without a prototype', Object.create(null)],
])('%s becomes one whose message and stack are texts', (_, thrown) => {
  const { message, stack } = asError(thrown)
  expect([typeof message, typeof stack]).toEqual(['string', 'string'])
})
