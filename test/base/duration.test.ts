import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDuration, parseDuration } from '../../src/base/duration.ts'

describe('parseDuration', () => {
  test.each([
    ['10m', 600_000],
    ['2h30m', 9_000_000],
    ['1d', 86_400_000],
    ['45s', 45_000],
    ['250ms', 250],
    ['1w', 604_800_000],
    ['1.5h', 5_400_000],
    ['1d 2h 3m', 93_780_000],
    [' 5MIN ', 300_000],
    ['10分钟', 600_000],
    ['2小时30分', 9_000_000],
    ['0s', 0],
    ['0.4ms', 0],
  ])('reads %j as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  test.each([
    '',
    '10',
    'm',
    '10x',
    '-5m',
    '30m2h',
    '1h1h',
    '1m1min',
    '10m!',
    '1e3s',
    '999999999999999w',
    '1 h',
    '٣m',
  ])('refuses %j', text => {
    expect(parseDuration(text)).toBeUndefined()
  })

  test('takes no longer for long texts', () => {
    expect(parseDuration(`1d${' '.repeat(1_000_000)}x`)).toBeUndefined()
  })

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => void parseDuration(text)),
      { seed: 1 },
    )
  })
})

describe('formatDuration', () => {
  test.each([
    [0, '0s'],
    [45_000, '45s'],
    [9_000_000, '2h30m'],
    [86_400_000 * 10 + 1, '10d1ms'],
    [-60_000, '-1m'],
    [1_499.6, '1s500ms'],
    [0.3, '0s'],
    [Number.NaN, 'NaN'],
  ])('shows %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  test.each([
    [0, 'zh', '0秒'],
    [9_000_000, 'zh-TW', '2小时30分钟'],
    [90_061_000, 'zh', '1天1小时1分钟1秒'],
    [9_000_000, 'fr', '2h30m'],
  ])('shows %d ms in %s as %s', (ms, language, text) => {
    expect(formatDuration(ms, language)).toBe(text)
  })

  test('writes what parseDuration reads back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), ms => {
        expect(parseDuration(formatDuration(ms))).toBe(ms)
        expect(parseDuration(formatDuration(ms, 'zh'))).toBe(ms)
      }),
      { seed: 2, numRuns: 2_000 },
    )
  })
})
