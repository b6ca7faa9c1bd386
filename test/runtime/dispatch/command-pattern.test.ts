import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { AppError } from '../../../src/base/errors.ts'
import {
  type ArgsOf,
  parseArgs,
  parsePattern,
  usageOf,
} from '../../../src/runtime/dispatch/command-pattern.ts'

const mute = parsePattern('mute <user:user> [for:duration=10m] [reason...]')

describe('ArgsOf', () => {
  test('knows names, types and which are optional', () => {
    expectTypeOf<ArgsOf<'mute <user:user> [for:duration=10m] [reason...]'>>().toEqualTypeOf<{
      user: string
      for: number
      reason?: string
    }>()
    expectTypeOf<ArgsOf<'set <key> <value:number> [loud:flag] [times:int=1]'>>().toEqualTypeOf<{
      key: string
      value: number
      loud?: boolean
      times: number
    }>()
    expectTypeOf<ArgsOf<'say <words:text>'>>().toEqualTypeOf<{ words: string }>()
    expectTypeOf<ArgsOf<'bye [words...=so long: see you]'>>().toEqualTypeOf<{ words: string }>()
    expectTypeOf<keyof ArgsOf<'ping'>>().toEqualTypeOf<never>()
    expectTypeOf<ArgsOf<'odd <a:nonsense>'>>().toEqualTypeOf<{ a: never }>()
    expectTypeOf<ArgsOf<string>>().toEqualTypeOf<Record<string, string | number | boolean | undefined>>()
  })

  test('comes out of parseArgs', () => {
    const result = parseArgs(mute, 'bob')
    if (result.ok) expectTypeOf(result.args.for).toEqualTypeOf<number>()
    expect(result.ok).toBe(true)
  })
})

describe('parsePattern', () => {
  test('takes a pattern apart', () => {
    expect(mute.name).toBe('mute')
    expect(mute.args).toEqual([
      { name: 'user', type: 'user', required: true },
      { name: 'for', type: 'duration', required: false, default: { text: '10m', value: 600_000 } },
      { name: 'reason', type: 'text', required: false },
    ])
  })

  test.each([
    ['', 'start with the name'],
    ['<user>', 'start with the name'],
    ['mute<user>', 'start with the name'],
    ['mute user', "'user' is neither <required> nor [optional]"],
    ['mute <user', "'<user' is neither"],
    ['mute <a> [b]>', "'>' is neither"],
    ['mute <>', "'' is no argument"],
    ['mute <two words>', "'two words' is no argument"],
    ['mute <a:>', "unknown type ''"],
    ['mute <__proto__>', "'__proto__' is no argument"],
    ['mute <a> <a>', "'a' is there twice"],
    ['mute [a] <b>', "'b' is required but follows 'a'"],
    ['mute <a:integer>', "unknown type 'integer'; there are string, text, int"],
    ['mute <a:toString>', "unknown type 'toString'"],
    ['mute [a:int=ten]', "the default of 'a' must be a whole number, got 'ten'"],
    ['mute <a=1>', "'a' is required and has a default; write [a=1]"],
    ['mute <a...> [b]', "'a' takes the rest of the message"],
  ])('refuses %j', (pattern, problem) => {
    expect(() => parsePattern(pattern)).toThrow(problem)
    expect(() => parsePattern(pattern)).toThrow(expect.objectContaining({ code: 'command.pattern' }))
  })

  test('accepts Chinese names, and defaults of many words', () => {
    expect(parseArgs(parsePattern('禁言 <用户:user> [原因...=没有 原因]'), '@小明一')).toEqual({
      ok: true,
      args: { 用户: '小明一', 原因: '没有 原因' },
    })
  })

  test('throws nothing but AppErrors', () => {
    const pieces = fc.constantFrom(
      'name',
      ' ',
      '<',
      '>',
      '[',
      ']',
      ':',
      '=',
      '...',
      'int',
      '1',
      'a',
      '\n',
      '__proto__',
    )
    fc.assert(
      fc.property(
        fc.array(pieces).map(list => list.join('')),
        pattern => {
          try {
            const parsed = parsePattern(pattern)
            expect(new Set(parsed.args.map(arg => arg.name)).size).toBe(parsed.args.length)
          } catch (error) {
            expect(error).toBeInstanceOf(AppError)
          }
        },
      ),
      { seed: 3, numRuns: 3_000 },
    )
  })
})

describe('parseArgs', () => {
  test('reads what is given and fills in what is not', () => {
    expect(parseArgs(mute, ' @alice  2h30m  being\nrude "again" ')).toEqual({
      ok: true,
      args: { user: 'alice', for: 9_000_000, reason: 'being\nrude "again"' },
    })
    expect(parseArgs(mute, 'alice')).toEqual({ ok: true, args: { user: 'alice', for: 600_000 } })
  })

  test.each([
    ['a <x:int>', '-7', -7],
    ['a <x:int>', '１２', 12],
    ['a <x:int>', '-0', 0],
    ['a <x:number>', '2.5', 2.5],
    ['a <x:number>', '.5', 0.5],
    ['a <x:flag>', 'YES', true],
    ['a <x:flag>', '0', false],
    ['a <x:user>', '@a@b', 'a@b'],
    ['a <x:user>', '＠bob', 'bob'],
    ['a <x>', '@bob', '@bob'],
    ['a <x>', '"two words"', 'two words'],
    ['a <x>', '“two words”', 'two words'],
    ['a <x>', '”two words”', 'two words'],
    ['a <x>', '""', ''],
    ['a <x>', '5"', '5"'],
    ['a <x>', '"open', '"open'],
    ['a <x>', '"a"b', '"a"b'],
    ['a <x...>', '"two words" more', '"two words" more'],
  ])('reads %j from %j as %j', (pattern, input, value) => {
    expect(parseArgs(parsePattern(pattern), input)).toEqual({ ok: true, args: { x: value } })
  })

  test.each([
    ['a <minutes:int>', 'abc', "minutes must be a whole number, got 'abc'"],
    ['a <minutes:int>', '1.5', "minutes must be a whole number, got '1.5'"],
    ['a <minutes:int>', '9007199254740993', "minutes must be a whole number, got '9007199254740993'"],
    ['a <x:number>', 'Infinity', "x must be a number, got 'Infinity'"],
    ['a <x:flag>', 'maybe', "x must be on or off, got 'maybe'"],
    ['a <x:user>', '@', "x must be a username such as @alice, got '@'"],
    ['a <x:duration>', '10', "x must be a duration such as 10m or 2h30m, got '10'"],
    ['a <user:user>', '  ', 'user is missing'],
    ['a <text...>', '\n', 'text is missing'],
    ['a', 'b c', "I don't know what to do with 'b c'"],
    ['a <x:int>', 'y'.repeat(200), `x must be a whole number, got '${'y'.repeat(39)}…'`],
    ['a <x:int>', '"a\n\u0007b"', "x must be a whole number, got 'a b'"],
  ])('of %j, answers %j', (pattern, input, message) => {
    expect(parseArgs(parsePattern(pattern), input)).toMatchObject({ ok: false, message })
  })

  test('adds how the command is called', () => {
    expect(parseArgs(mute, '', '/')).toEqual({
      ok: false,
      message: 'user is missing',
      usage: '/mute <user> [for=10m] [reason...]',
    })
  })

  test('never throws, and keeps the input of a text as it is', () => {
    const patterns = [
      mute,
      parsePattern('ping'),
      parsePattern('a <b:int> <c:number> [d:flag] [e:duration] [f]'),
      parsePattern('a <b> <c> [constructor...]'),
    ]
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"', '“', '”', ' ', '\u3000', '1', '10m', '@'),
    )
    fc.assert(
      fc.property(fc.constantFrom(...patterns), fc.array(word), (parsed, words) => {
        const result = parseArgs(parsed, words.join(''))
        if (!result.ok) expect(result.message).not.toBe('')
      }),
      { seed: 4, numRuns: 5_000 },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        if (text.trim() === '') return
        expect(parseArgs(parsePattern('say <text...>'), text)).toEqual({
          ok: true,
          args: { text: text.trim() },
        })
      }),
      { seed: 5 },
    )
  })

  test('stays quick on long hostile input', () => {
    const startedAt = performance.now()
    for (const input of ['"'.repeat(100_000), ' '.repeat(100_000), '"a '.repeat(50_000), '1'.repeat(100_000)])
      parseArgs(parsePattern('a <b:int> <c> [d]'), input)
    expect(performance.now() - startedAt).toBeLessThan(500)
  })
})

test('usageOf names arguments, defaults and the prefix', () => {
  expect(usageOf(parsePattern('set <key> <value:number> [loud:flag]'), '!')).toBe('!set <key> <value> [loud]')
  expect(usageOf(parsePattern('ping'), '/')).toBe('/ping')
})
