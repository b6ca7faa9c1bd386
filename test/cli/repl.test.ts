import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startBeadle } from '../../src/app/beadle.ts'
import { loadConfig } from '../../src/app/config/index.ts'
import { silentLog } from '../../src/base/log.ts'
import { config } from '../e2e/beadle.ts'
import { build, ROOT } from '../e2e/build.ts'
import { folder, freePort } from '../e2e/places.ts'

const ECHO = `
import { definePlugin } from 'beadle'
export default definePlugin({
  name: 'echo',
  setup(ctx) {
    ctx.command('ping', ({ user }) => 'pong, ' + user.username + '\\nand again')
  },
})
`

/** A town with one bot. */
async function town() {
  const here = folder({
    'config.yaml': config({
      listen: '127.0.0.1:0',
      server: { listen: `127.0.0.1:${await freePort()}`, sandbox: true, town: true },
    }),
    'plugins/echo.ts': ECHO,
    'bots/porter.yaml': { username: 'porter-bot', plugins: { echo: null } },
  })
  const beadle = await startBeadle(await loadConfig(join(here, 'config.yaml'), { env: {} }), silentLog)
  onTestFinished(() => beadle.close(0))
  await build()
  return here
}

/** What `beadle repl` answers to lines. */
function repl(cwd: string, lines: readonly string[], ...args: string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'bin/beadle.js'), 'repl', ...args], { cwd })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', text => {
    stdout += text
  })
  child.stderr.on('data', text => {
    stderr += text
  })
  child.stdin.end(`${lines.join('\n')}\n`)
  return new Promise<{ code: number | null; stdout: string; stderr: string }>(resolve =>
    child.once('close', code => resolve({ code, stdout, stderr })),
  )
}

test('whoever types in the repl speaks as a user, and sees what that user receives', async () => {
  const here = await town()
  const said = await repl(here, [
    'hello',
    '/ping',
    ':as dave',
    ':in user porter-bot',
    '/ping',
    ':help',
    ':quit',
    'never',
  ])
  expect([said.code, said.stderr]).toEqual([0, ''])
  expect(said.stdout).toMatch(
    /^alice> hello\nalice> \/ping\nporter-bot: pong, alice\nand again\nalice> :as dave\ndave> :in user porter-bot\ndave> \/ping\nporter-bot: pong, dave\nand again\ndave> :help\nType what is to be said/,
  )
  expect(said.stdout).not.toContain('never')
})

test('for programs the repl gives what is received as JSON, a line each', async () => {
  const { code, stdout } = await repl(await town(), ['/ping'], '--json', '--as', 'bobby')
  expect(code).toBe(0)
  expect(
    stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line)),
  ).toMatchObject([
    { kind: 'message', message: { from_id: 'porter-bot', msg_body: { text: 'pong, bobby\nand again' } } },
  ])
})

test('what the server refuses is told, and it goes on', async () => {
  const here = await town()
  const refused = await repl(here, [
    ':in group 10009999',
    'hello',
    ':in',
    ':clock soon',
    ':in group 10000001',
    '/ping',
  ])
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(/refused: .* \(\d{6}\)\n/)
  expect(refused.stderr).toContain('beadle: :in group <gid>, :in room <id> or :in user <username>\n')
  expect(refused.stderr).toContain('beadle: :clock needs a length of time such as 3m\n')
  expect(refused.stdout).toContain('porter-bot: pong, alice\n')
  expect((await repl(here, [], '--as', 'nobody')).stderr).toMatch(/^beadle: refused: .*\(899002\)\n$/)
})

test('without a server the repl says how to start one', async () => {
  const here = folder({
    'config.yaml': config({
      listen: '127.0.0.1:0',
      server: { listen: `127.0.0.1:${await freePort()}`, sandbox: true },
    }),
    'bots/porter.yaml': { username: 'porter-bot' },
  })
  const { code, stderr } = await repl(here, ['hello'])
  expect(code).toBe(1)
  expect(stderr).toMatch(
    /^beadle: the embedded server at http:\/\/127\.0\.0\.1:\d+ does not answer\n +Start it in another terminal/,
  )
})
