import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatWireTime, parseWireTime } from '../../src/protocol/index.ts'

test('times are in UTC+8', () => {
  expect(formatWireTime(Date.UTC(2015, 0, 1, 16, 0, 0, 999))).toBe('2015-01-02 00:00:00')
  expect(parseWireTime('2015-01-02 00:00:00')).toBe(Date.UTC(2015, 0, 1, 16))
})

test('what is written can be read', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), seconds => {
      expect(parseWireTime(formatWireTime(seconds * 1000))).toBe(seconds * 1000)
    }),
  )
})

test.each(['2015-02-29 00:00:00', '2015-01-01 24:00:00', '2015-01-01T00:00:00', '2015-1-1 0:0:0', ''])(
  '%s is no time',
  text => expect(parseWireTime(text)).toBeUndefined(),
)
