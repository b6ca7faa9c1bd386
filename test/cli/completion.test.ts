import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder } from '../e2e/places.ts'
import { run } from '../e2e/program.ts'
import { typed } from './typed.ts'

const here = () =>
  folder({ 'bots/herald.yaml': { username: 'h-bot' }, 'bots/warden.yaml': { username: 'w-bot' } })

test.each([
  [['ev'], ['events']],
  [
    ['schedule', ''],
    ['list', 'fire', 'pause', 'resume', 'help'],
  ],
  [
    ['send', '--bot', ''],
    ['herald', 'warden'],
  ],
  [['new', 'plugin', 'x', '--template', 'd'], ['dialogue']],
  [
    ['mute', 'dave', '--for', ''],
    ['10m', '1h', '1d'],
  ],
])('%j is completed by %j', async (begun, words) => {
  const { stdout } = await typed(['complete', '--', ...begun], { cwd: here() })
  const offered = stdout.split('\n').filter(line => line !== '' && !line.startsWith(':'))
  expect(offered.map(line => line.split('\t')[0])).toEqual(words)
})

test('what bash is given is a script that bash takes', async () => {
  const { code, stdout } = await run(['completion', 'bash'])
  expect(code).toBe(0)
  const file = join(here(), 'completion.bash')
  writeFileSync(file, stdout)
  const known = execFileSync('bash', ['-c', `source '${file}' && complete -p beadle`], { encoding: 'utf8' })
  expect(known).toMatch(/-F \S+ beadle/)
})

test('a shell that is not known is refused, with those that are', async () => {
  const { code, stderr } = await typed(['completion', 'csh'])
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining('Allowed choices are zsh, bash, fish, powershell'),
  ])
})
