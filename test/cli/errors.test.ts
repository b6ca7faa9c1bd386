import { join } from 'node:path'
import { Command } from 'commander'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { buildProgram } from '../../src/cli/program.ts'
import { runProgram } from '../../src/cli/run-program.ts'
import { config } from '../e2e/beadle.ts'
import { folder, freePort } from '../e2e/places.ts'
import { run } from '../e2e/program.ts'
import { serveJmessage } from '../e2e/serve-jmessage.ts'
import { typed, VERSION } from './typed.ts'

/** The commands that say by themselves what they do, with what has to be typed. */
function commandsOf(command: Command, before: readonly string[] = []): { words: string[]; all: Command }[] {
  return command.commands.flatMap(one => {
    const words = [...before, one.name()]
    return one.commands.length > 0 ? commandsOf(one, words) : [{ words, all: one }]
  })
}

const commands = commandsOf(buildProgram(VERSION))
const has = (command: Command, option: string) => command.options.some(({ long }) => long === option)

/** Words for the arguments and options of a command that may not be left out. */
const needed = ({ registeredArguments, options }: Command): string[] => [
  ...registeredArguments.filter(({ required }) => required).map(() => 'x'),
  ...options.filter(({ mandatory }) => mandatory).flatMap(({ long }) => [long!, 'sqlite:x']),
]

const porter = { 'bots/porter.yaml': { username: 'porter-bot' } }
const settings = (endpoint: string) =>
  config({ listen: '127.0.0.1:0', jmessage: { endpoint, inbound: 'none' } })

/** What a program is told; the exit code is the same as without `--json`. */
async function errorOf(args: readonly string[], cwd: string) {
  const told = await typed([...args, '--json'], { cwd })
  const plain = await typed(args, { cwd })
  expect([told.code, told.stdout]).toEqual([plain.code, ''])
  expect(told.stderr).toMatch(/^\{.*\}\n$/)
  return { code: told.code, plain: plain.stderr, error: JSON.parse(told.stderr).error }
}

describe('with --json, one object on standard error tells', () => {
  test('what was typed wrong, of every command', async () => {
    const here = folder()
    const asked = commands.filter(({ all }) => has(all, '--json'))
    expect(asked.length).toBeGreaterThan(30)
    for (const { words, all } of asked) {
      const { code, error } = await errorOf([...words, ...needed(all), '--no-such-thing'], here)
      expect([words, code, error]).toEqual([
        words,
        1,
        {
          code: 'cli.usage',
          message: "unknown option '--no-such-thing'",
          hint: expect.stringContaining(`beadle ${words.join(' ')} --help shows what there is.`),
          retry: 'never',
        },
      ])
    }
  })

  test('that there is no configuration, of every command that needs one', async () => {
    const here = folder()
    const asked = commands.filter(({ all }) => has(all, '--json') && has(all, '--config'))
    for (const { words, all } of asked) {
      // These do without one; and to start is to listen to the signals of the process.
      if (['doctor', 'schema', 'config versions', 'start'].includes(words.join(' '))) continue
      const { code, error } = await errorOf([...words, ...needed(all), '--config', 'nowhere.yaml'], here)
      expect([words, code]).toEqual([words, 1])
      expect(error).toMatchObject({ code: expect.stringMatching(/^[a-z]+\.[a-z-]+$/) })
    }
  })

  test.each([
    [['strat'], "unknown command 'strat'", 'Did you mean start? beadle --help shows what there is.'],
    [
      ['events', 'lost'],
      "unknown command 'lost'",
      'Did you mean list? beadle events --help shows what there is.',
    ],
    [['copy'], "required option '--from <url>' not specified", 'beadle copy --help shows what there is.'],
    [['retract'], "missing required argument 'msgid'", 'beadle retract --help shows what there is.'],
    [['retract', 'soon'], 'soon: must be the number of a message', undefined],
    [['mute', 'dave'], 'say where: --group or --room, one of them', undefined],
  ])('what is wrong with %j', async (args, message, hint) => {
    const { stderr, code } = await typed([...args, '--json'], { cwd: folder() })
    const { error } = JSON.parse(stderr)
    expect([code, error.code, error.message, error.hint]).toEqual([1, 'cli.usage', message, hint])
  })

  test('each problem of a configuration, with its place and field', async () => {
    const here = folder({ 'config.yaml': 'listen: nowhere\ntypo: 1\n', ...porter })
    const { code, error, plain } = await errorOf(['check'], here)
    expect([code, error.code]).toEqual([1, 'config.invalid'])
    expect(error.problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ file: 'config.yaml', line: 1, field: 'listen' }),
        expect.objectContaining({ file: 'config.yaml', line: 2, field: 'typo' }),
      ]),
    )
    for (const { message } of error.problems) expect(plain).toContain(message)
  })

  test('what JMessage refused, and that it cannot be reached', async () => {
    const jmessage = await serveJmessage()
    await jmessage.must('POST', '/v1/admins/', { username: 'porter-bot', password: 'secret' })
    const here = folder({ 'config.yaml': settings(jmessage.url), ...porter })
    const refused = await errorOf(['send', 'Hello?', '--user', 'nobody'], here)
    expect(refused).toMatchObject({
      code: 1,
      error: { code: 'api.not-found', endpoint: 'messages.send', jmCode: 899002, retry: 'never' },
    })
    const nowhere = folder({
      'config.yaml': settings(`http://127.0.0.1:${await freePort()}`),
      ...porter,
    })
    const away = await errorOf(['send', 'Hello?', '--user', 'alice'], nowhere)
    expect(away).toMatchObject({
      code: 1,
      error: {
        code: 'transport.failed',
        retry: 'later',
        hint: 'Check that the endpoint is right and reachable.',
      },
    })
  })

  test('nothing of a secret', async () => {
    const here = folder({
      'config.yaml': config({ listen: '127.0.0.1:0', server: { listen: '127.0.0.1:0' } }),
      'plugins/gossip.ts': `import { definePlugin, z } from 'beadle'
        export default definePlugin({ name: 'gossip', config: z.object({ token: z.string() }) , setup() {} })`,
      'bots/porter.yaml': { username: 'porter-bot', plugins: { gossip: { token: 'a"canary"b' } } },
    })
    const program = new Command('beadle').option('--json').action(async () => {
      const { loadConfigured } = await import('../../src/cli/load-configured.ts')
      const { bots } = await loadConfigured(join(here, 'config.yaml'))
      throw new Error(`I know ${JSON.stringify(bots)} and a"canary"b`)
    })
    let said = ''
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation(text => {
      said += text
      return true
    })
    const before = process.exitCode
    onTestFinished(() => {
      process.exitCode = before
    })
    await runProgram(program, ['--json'])
    spy.mockRestore()
    expect(process.exitCode).toBe(1)
    expect(JSON.parse(said).error).toMatchObject({
      code: 'internal',
      message: expect.stringMatching(/^I know/),
    })
    expect(said).toContain('and [hidden]')
  })

  test('the same of a process', async () => {
    const { code, stdout, stderr } = await run(['check', '--confg', 'x', '--json'], { cwd: folder() })
    expect([code, stdout]).toEqual([1, ''])
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'cli.usage',
      hint: 'Did you mean --config? beadle check --help shows what there is.',
    })
  })
})

test('there is no --json only where somebody sits at a terminal, and where a shell reads', () => {
  const without = commands.filter(({ all }) => !has(all, '--json')).map(({ words }) => words.join(' '))
  expect(without).toEqual(['dev', 'completion', 'complete'])
})

test('what looks like --json behind -- is none', async () => {
  const { stderr } = await typed(['send', '--', '--json'], { cwd: folder() })
  expect(stderr).toMatch(/^\S*config\.yaml/)
})
