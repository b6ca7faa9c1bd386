import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../../src/base/errors.ts'
import { parsePattern } from '../../../../src/runtime/plugin/commands/pattern/command-pattern.ts'
import { parseArgs } from '../../../../src/runtime/plugin/commands/pattern/parse-args.ts'
import { usageOf } from '../../../../src/runtime/plugin/commands/pattern/usage.ts'

/** On Thursday, 1 January 2026. */
const NOON = { now: Date.UTC(2026, 0, 1, 12), timezone: 'UTC' }
const mute = parsePattern('mute <user:user> [for:duration=10m] [reason...]')

describe('parsePattern', () => {
  test('takes a pattern apart', () => {
    expect(mute).toMatchObject({ name: 'mute', options: [] })
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
    ['mute <a> user', "'user' is neither <required> nor [optional]"],
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
    ['mute <a...:int>', "'a...:int' is no argument"],
    ['mute <a:on|>', 'each has to be 1 to 40 letters'],
    ['mute <a:on|ON>', "a choice that is there twice: 'on|ON'"],
    ['mute [a:on|off=maybe]', "the default of 'a' must be one of on, off, got 'maybe'"],
    ['mute [a:date=someday]', "the default of 'a' must be a date such as"],
    ['--force', 'start with the name'],
    ['mute --', "'--' is no option"],
    ['mute -s', "'-s' is no option; write --name, or -n, --name"],
    ['mute -s, <a>', "'-s,' is followed by no --name"],
    ['mute -s,', "'-s,' is followed by no --name"],
    ['mute --a_b', "'--a_b' is no option"],
    ['mute --all [x]', 'the value of an option is <x>'],
    ['mute --all <x> <y>', "'y' follows an option; arguments come before options"],
    ['mute --all --ALL', "'--ALL' or its short name is there twice"],
    ['mute -a, --all -a, --any', "'--any' or its short name is there twice"],
    ['mute <all> --all', "'all' is there twice"],
    ['mute --dry-run --dryRun', "'dryRun' is there twice"],
    [`${'x'.repeat(101)} <a>`, 'its name has more than 100 letters'],
  ])('refuses %j', (pattern, problem) => {
    expect(() => parsePattern(pattern)).toThrow(problem)
    expect(() => parsePattern(pattern)).toThrow(expect.objectContaining({ code: 'command.pattern' }))
  })

  test('knows sub-commands, options and choices', () => {
    const parsed = parsePattern(
      'notice  fire <who> [mode:on|off|auto=auto] -q, --quiet --dry-run --why <text...>',
    )
    expect(parsed).toMatchObject({
      name: 'notice fire',
      args: [
        { name: 'who', type: 'string', required: true },
        {
          name: 'mode',
          type: 'choice',
          choices: ['on', 'off', 'auto'],
          required: false,
          default: { text: 'auto', value: 'auto' },
        },
      ],
      options: [
        { names: ['quiet'], short: 'q', key: 'quiet' },
        { names: ['dry-run'], key: 'dryRun' },
        { names: ['why'], key: 'why', value: { label: 'text', type: 'text' } },
      ],
    })
  })

  test('takes the name of an argument as its type where it has none', () => {
    const types = 'user group int number duration time date url flag string text'.split(' ')
    for (const type of types) expect(parsePattern(`a <${type}>`).args[0]).toMatchObject({ type })
    expect(parsePattern('a <user:string>').args[0]).toMatchObject({ type: 'string' })
    expect(parsePattern('a --for <duration>').options[0]?.value).toMatchObject({ type: 'duration' })
  })

  test('accepts Chinese names, and defaults of many words', () => {
    expect(parseArgs(parsePattern('禁言 <用户:user> [原因...=没有 原因]'), '@小明一', NOON)).toEqual({
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
      '--all',
      '-a,',
      'on|off',
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

test('usageOf names arguments, defaults and the prefix', () => {
  expect(usageOf(parsePattern('set <key> <value:number> [loud:flag]'), '!')).toBe('!set <key> <value> [loud]')
  expect(usageOf(parsePattern('ping'), '/')).toBe('/ping')
  expect(usageOf(parsePattern('mute <user> [for:duration=10m] [reason...]'), '/')).toBe(
    '/mute <user> [for=10m] [reason...]',
  )
  expect(
    usageOf(parsePattern('set <mode:on|off> -q, --quiet --why <text...> --n <times:int=2>'), '/', '设置'),
  ).toBe('/设置 <mode:on|off> [--quiet] [--why <text...>] [--n <times=2>]')
})
