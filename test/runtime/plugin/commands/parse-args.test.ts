import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explain } from '../../../../src/runtime/plugin/commands/command-mistakes.ts'
import {
  type CommandPattern,
  parsePattern,
} from '../../../../src/runtime/plugin/commands/pattern/command-pattern.ts'
import { parseArgs } from '../../../../src/runtime/plugin/commands/pattern/parse-args.ts'

/** On Thursday, 1 January 2026. */
const NOON = { now: Date.UTC(2026, 0, 1, 12), timezone: 'UTC' }
const mute = parsePattern('mute <user:user> [for:duration=10m] [reason...]')

/** The arguments, or what is wrong. */
function read(pattern: CommandPattern, input: string): unknown {
  const result = parseArgs(pattern, input, NOON)
  return result.ok ? result : explain(result.mistake, 'en')
}

describe('parseArgs', () => {
  test('reads what is given and fills in what is not', () => {
    expect(read(mute, ' @alice  2h30m  being\nrude "again" ')).toEqual({
      ok: true,
      args: { user: 'alice', for: 9_000_000, reason: 'being\nrude "again"' },
    })
    expect(read(mute, 'alice')).toEqual({ ok: true, args: { user: 'alice', for: 600_000 } })
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
    ['a <x>', '＂two words＂', 'two words'],
    ['a <x>', '「two words」', 'two words'],
    ['a <x>', '『two words』', 'two words'],
    ['a <x>', "'two words'", 'two words'],
    ['a <x>', '‘two words’', 'two words'],
    ['a <x>', "'tis", "'tis"],
    ['a <x...>', "'tis don't 'x", "'tis don't 'x"],
    ['a <x...>', '--loud -- —', '--loud -- —'],
    ['a <x:flag>', '开', true],
    ['a <x:group>', '１0000001', 10_000_001],
    ['a <x:url>', 'HTTPS://Example.com/a?b=ü', 'https://example.com/a?b=%C3%BC'],
    ['a <x:on|off|Auto>', 'ＡＵＴＯ', 'Auto'],
    ['a <x:duration>', '10分钟', 600_000],
  ])('reads %j from %j as %j', (pattern, input, value) => {
    expect(read(parsePattern(pattern), input)).toEqual({ ok: true, args: { x: value } })
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
    ['a <x:group>', '1234', "x must be the number of a group such as 10000001, got '1234'"],
    ['a <x:group>', '01234567', "x must be the number of a group such as 10000001, got '01234567'"],
    ['a <x:url>', 'ftp://a.b', "x must be an address such as https://example.com, got 'ftp://a.b'"],
    ['a <x:url>', 'https://', "x must be an address such as https://example.com, got 'https://'"],
    ['a <x:on|off|auto>', 'atuo', "x must be one of on, off, auto, got 'atuo'. Did you mean auto?"],
    ['a <x:on|off|auto>', 'never', "x must be one of on, off, auto, got 'never'"],
    ['a --loud', '--lowd', 'there is no option --lowd. Did you mean --loud?'],
    ['a --loud', '--silent', 'there is no option --silent'],
    ['a <x> --loud', 'b --silent', 'there is no option --silent'],
    ['a <x...> --loud', 'hello --luod', 'there is no option --luod. Did you mean --loud?'],
    ['a --loud', '--loud --loud', '--loud is there twice'],
    ['a --loud', '--loud=maybe', "--loud must be on or off, got 'maybe'"],
    ['a --n <int>', '--n', '--n needs a value'],
    ['a --n <int>', '--n=', '--n needs a value'],
    ['a --n <int> --loud', '--n --loud', '--n needs a value'],
    ['a --n <int>', '--n -- 5', '--n needs a value'],
    ['a --n <int>', '--n five', "--n must be a whole number, got 'five'"],
    ['a --why <text...>', '--why', '--why needs a value'],
    ['a --why <text...>', 'b --why c', "I don't know what to do with 'b'"],
    ['a', 'b c', "I don't know what to do with 'b c'"],
    ['a <x:int>', 'y'.repeat(200), `x must be a whole number, got '${'y'.repeat(39)}…'`],
    ['a <x:int>', '"a\n\u0007b"', "x must be a whole number, got 'a b'"],
  ])('of %j, answers %j', (pattern, input, message) => {
    expect(read(parsePattern(pattern), input)).toBe(message)
  })

  test('never throws, and keeps the input of a text as it is', () => {
    const patterns = [
      mute,
      parsePattern('ping'),
      parsePattern('a <b:int> <c:number> [d:flag] [e:duration] [f]'),
      parsePattern('a <b> <c> [constructor...]'),
      parsePattern('a <b:date> [c:time] [d:on|off] --e <url> -f, --flag --rest <text...>'),
      parsePattern('a [b...] --e <f:date=today> --constructor'),
    ]
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        ...[
          '"',
          '“',
          '”',
          '「',
          "'",
          ' ',
          '\u3000',
          '1',
          '10m',
          '@',
          '--',
          '—',
          '-f',
          '--e',
          '=',
          '--rest',
          'today',
        ],
      ),
    )
    fc.assert(
      fc.property(fc.constantFrom(...patterns), fc.array(word), (parsed, words) => {
        const result = parseArgs(parsed, words.join(''), NOON)
        if (!result.ok)
          for (const language of ['en', 'zh'])
            expect(explain(result.mistake, language)).not.toMatch(/^$|undefined|[{}]$/)
      }),
      { seed: 4, numRuns: 5_000 },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        if (text.trim() === '') return
        expect(read(parsePattern('say <text...>'), text)).toEqual({
          ok: true,
          args: { text: text.trim() },
        })
      }),
      { seed: 5 },
    )
  })

  test('stays quick on long hostile input', () => {
    const startedAt = performance.now()
    const patterns = ['a <b:int> <c> [d]', 'a <b> <c...> --d <e...> --f'].map(pattern =>
      parsePattern(pattern),
    )
    const pieces = ['"', ' ', '"a ', '1', '“ ', '“x ”y ', '--f ', '--ff ', '--d ', '— ', '--a=" ', '１']
    for (const input of pieces.map(piece => piece.repeat(100_000 / piece.length)))
      for (const pattern of patterns) read(pattern, input)
    expect(performance.now() - startedAt).toBeLessThan(1500)
  })
})

describe('options', () => {
  const ban = parsePattern(
    'ban <user> [days:int=1] --reason <text...> -s, --silent --dry-run --for <term:duration=1h>',
  )
  const none = { silent: false, dryRun: false, for: 3_600_000 }

  test.each([
    ['bob', { user: 'bob', days: 1, ...none }],
    ['bob 3 --silent', { user: 'bob', days: 3, ...none, silent: true }],
    ['--silent bob 3', { user: 'bob', days: 3, ...none, silent: true }],
    ['bob -s 3', { user: 'bob', days: 3, ...none, silent: true }],
    ['bob －s 3', { user: 'bob', days: 3, ...none, silent: true }],
    ['bob -3', { user: 'bob', days: -3, ...none }],
    ['bob --SILENT', { user: 'bob', days: 1, ...none, silent: true }],
    ['bob －－ｓｉｌｅｎｔ', { user: 'bob', days: 1, ...none, silent: true }],
    ['bob --silent=off --dry-run=on', { user: 'bob', days: 1, ...none, dryRun: true }],
    ['bob --for 10m 3', { user: 'bob', days: 3, ...none, for: 600_000 }],
    ['bob --for=10m', { user: 'bob', days: 1, ...none, for: 600_000 }],
    ['bob --for＝１０ｍ', { user: 'bob', days: 1, ...none, for: 600_000 }],
    ['bob --for="1h30m"', { user: 'bob', days: 1, ...none, for: 5_400_000 }],
    ['bob --reason too  loud 3', { user: 'bob', days: 1, ...none, reason: 'too  loud 3' }],
    ['bob --reason too loud --silent 3', { user: 'bob', days: 3, ...none, silent: true, reason: 'too loud' }],
    ['bob ——reason 太吵了', { user: 'bob', days: 1, ...none, reason: '太吵了' }],
    ['bob —reason 太吵了', { user: 'bob', days: 1, ...none, reason: '太吵了' }],
    ['bob　－－reason　太吵了', { user: 'bob', days: 1, ...none, reason: '太吵了' }],
    ['bob --reason "too loud" 3', { user: 'bob', days: 1, ...none, reason: '"too loud" 3' }],
    ['bob --reason "too --silent"', { user: 'bob', days: 1, ...none, reason: 'too --silent' }],
    ['bob --reason="too loud" 3', { user: 'bob', days: 3, ...none, reason: 'too loud' }],
    ['bob --reason=too loud', { user: 'bob', days: 1, ...none, reason: 'too loud' }],
    ['bob --reason say --hello', { user: 'bob', days: 1, ...none, reason: 'say --hello' }],
    ['-- --silent', { user: '--silent', days: 1, ...none }],
    ['"--silent"', { user: '--silent', days: 1, ...none }],
  ])('of %j, reads %j', (input, args) => {
    expect(read(ban, input)).toEqual({ ok: true, args })
  })

  test.each([
    ['hello --loud  big\n world', { text: 'hello big\n world', loud: true }],
    ['--loud hello', { text: 'hello', loud: true }],
    ['hello -- --loud', { text: 'hello --loud', loud: false }],
    ['他说 ——好 的', { text: '他说 ——好 的', loud: false }],
    ['-x --other — “a b”', { text: '-x --other — “a b”', loud: false }],
  ])('leaves the text of %j as it is but for them', (input, args) => {
    expect(read(parsePattern('say <text> --loud'), input)).toEqual({ ok: true, args })
  })

  test('may be put anywhere without changing what is read', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/)
    fc.assert(
      fc.property(word, word, fc.nat(2), fc.boolean(), (a, b, at, isLong) => {
        const words = [a, b]
        words.splice(at, 0, isLong ? '--loud' : '-l')
        expect(read(parsePattern('x <a> <b> -l, --loud'), words.join(' '))).toEqual({
          ok: true,
          args: { a, b, loud: true },
        })
      }),
      { seed: 6 },
    )
  })
})
