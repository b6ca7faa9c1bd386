import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../e2e/build.ts'
import { run } from '../e2e/program.ts'
import { typed } from './typed.ts'

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }

test('--help names every command', async () => {
  const { code, stdout, stderr } = await run(['--help'])
  expect([code, stderr]).toEqual([0, ''])
  for (const command of [
    'start',
    'dev',
    'new',
    'init',
    'server',
    'check',
    'doctor',
    'schema',
    'config',
    'send',
    'events',
    'dead',
    'broadcast',
    'migrate',
    'copy',
  ])
    expect(stdout).toMatch(
      new RegExp(`^ {2}${command.replace(/[<>]/g, '.')}|^ {2}${command.split(' ')[0]} \\[`, 'm'),
    )
})

test.each([
  ['start', ['--config']],
  ['dev', ['--config']],
  ['new', ['project', 'plugin', 'bot']],
  ['new plugin', ['command', 'dialogue', 'webhook', 'schedule']],
  ['server', ['--listen', '--data', '--app', '--callback', '--sandbox', '--rate-limit']],
  ['check', ['--config', '--explain', '--no-setup', '--json']],
  ['doctor', ['--config', '--offline', '--no-setup', '--json']],
  ['schema', ['--config', '--out', '--json']],
  ['config', ['get', 'set', 'unset', 'versions', 'restore']],
  ['send', ['--bot', '--user', '--image', '--card', '--mention', '--no-offline', '--json']],
  ['events', ['list', 'show', 'replay', 'record']],
  ['dead', ['list', 'show', 'replay', 'drop']],
  ['migrate', ['--config', '--database', '--schema', '--json']],
  ['copy', ['--from', '--to', '--schema', '--json']],
  ['webhook', ['list', 'send']],
  ['schedule', ['list', 'fire', 'pause', 'resume']],
  ['mute', ['--group', '--room', '--for', '--bot', '--json']],
  ['history', ['--group', '--room', '--user', '--since', '--limit', '--json']],
  ['repl', ['--as', '--group', '--room', '--to', '--json']],
  ['broadcast', ['start', 'list', 'show', 'pause', 'resume', 'cancel', 'undo']],
])('%s --help names its options', async (command, options) => {
  const { code, stdout } = await typed([...command.split(' '), '--help'])
  expect(code).toBe(0)
  for (const option of options) expect(stdout).toContain(option)
})

test('--version is that of the package', async () => {
  expect(await run(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` })
})

test('an unknown command is refused, with the one that was meant', async () => {
  const { code, stdout, stderr } = await typed(['strat'])
  expect(stderr).toContain("unknown command 'strat'")
  expect(stderr).toContain('Did you mean start?')
  expect(stderr).toContain('beadle --help')
  expect([code, stdout]).toEqual([1, ''])
})

test('an unknown option is refused', async () => {
  const { code, stdout, stderr } = await typed(['check', '--confg', 'config.yaml'])
  expect(stderr).toContain("unknown option '--confg'")
  expect([code, stdout]).toEqual([1, ''])
})

test('no command at all shows the help', async () => {
  const { code, stderr } = await typed([])
  expect(stderr).toContain('Usage: beadle')
  expect(code).toBe(1)
})
