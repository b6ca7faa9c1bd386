import { type ArgsOf, type CommandOptions, definePlugin } from 'beadle'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { parsePattern } from '../../src/runtime/plugin/commands/pattern/command-pattern.ts'
import { parseArgs } from '../../src/runtime/plugin/commands/pattern/parse-args.ts'

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

  test('knows sub-commands, choices, options and types by name', () => {
    expectTypeOf<keyof ArgsOf<'notice fire'>>().toEqualTypeOf<never>()
    expectTypeOf<ArgsOf<'notice fire <user> [mode:on|off|auto=auto] <n:int>'>>().toEqualTypeOf<{
      user: string
      mode: 'on' | 'off' | 'auto'
      n: number
    }>()
    expectTypeOf<
      ArgsOf<'mute <user> [minutes:int=10] --reason <text...> -s, --silent --dry-run --until <time>'>
    >().toEqualTypeOf<{
      user: string
      minutes: number
      reason?: string
      silent: boolean
      dryRun: boolean
      until?: number
    }>()
    expectTypeOf<ArgsOf<'a --level <of:low|high=low> --all'>>().toEqualTypeOf<{
      level: 'low' | 'high'
      all: boolean
    }>()
    expectTypeOf<ArgsOf<'a <group> <date> [url]\n  --flag-one\n  --x <flag>'>>().toEqualTypeOf<{
      group: number
      date: number
      url?: string
      flagOne: boolean
      x?: boolean
    }>()
    expectTypeOf<ArgsOf<'禁言 <用户:user> --原因 <text...>'>>().toEqualTypeOf<{
      用户: string
      原因?: string
    }>()
  })

  test('comes out of parseArgs', () => {
    const result = parseArgs(parsePattern('mute <user> [for:duration=10m]'), 'bob', {
      now: 0,
      timezone: 'UTC',
    })
    if (result.ok) expectTypeOf(result.args.for).toEqualTypeOf<number>()
    expect(result.ok).toBe(true)
  })
})

test('a wrong argument name, type or option of a command is a compile error', () => {
  const plugin = definePlugin({
    name: 'typed',
    setup(ctx) {
      ctx.command('mute <user> [minutes:int=10] --reason <text...> --silent', ({ args }) => {
        expectTypeOf(args.silent).toEqualTypeOf<boolean>()
        // @ts-expect-error there is no argument of this name
        void args.usr
        // @ts-expect-error minutes is a number
        const minutes: string = args.minutes
        // @ts-expect-error the reason may be absent
        const reason: string = args.reason
        return `${minutes}${reason}`
      })
      ctx.command('set <mode:on|off>', ({ args }) => {
        // @ts-expect-error there is no such choice
        if (args.mode === 'maybe') return 'never'
        return args.mode
      })
      ctx.command(
        'ban <user> [days:int=1]',
        {
          confirm: args => args.days > 7,
          cooldown: { for: '10s', per: 'conversation' },
          in: ['group', 'room'],
        },
        ({ args }) => args.user,
      )
      ctx.command(
        'kick <user>',
        {
          // @ts-expect-error there is no argument of this name
          confirm: args => args.days > 7,
        },
        () => {},
      )
      // @ts-expect-error there is no such place
      ctx.command('here', { in: 'town' }, () => {})
      // @ts-expect-error cool-downs are per person, conversation or bot
      ctx.command('there', { cooldown: { for: '1m', per: 'town' } }, () => {})
    },
  })
  expect(plugin.name).toBe('typed')
  expectTypeOf<CommandOptions['hidden']>().toEqualTypeOf<boolean | undefined>()
})
