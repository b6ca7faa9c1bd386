import { readdirSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { type StandaloneOptions, startStandalone } from '../../src/app/standalone.ts'
import { AppError } from '../../src/base/errors.ts'
import { config } from '../e2e/beadle.ts'
import { APP, JMessage } from '../e2e/jmessage.ts'
import { folder, freePort } from '../e2e/places.ts'
import { Program, run } from '../e2e/program.ts'
import { until } from '../e2e/until.ts'

const OTHER = { appKey: 'beadle00e2e0app000000002', masterSecret: 'beadle00e2e0secret000002' }
const keyOf = ({ appKey, masterSecret }: typeof APP) => `${appKey}:${masterSecret}`

const server = (...args: string[]): Promise<Program> =>
  Program.start(['server', '--listen', '127.0.0.1:0', '--app', keyOf(APP), ...args])

/** The URL that the program prints. */
async function urlOf(program: Program): Promise<string> {
  await program.says(/\n/)
  return program.stdout.trim()
}

test('the server prints one line, its URL, and serves there', async () => {
  const program = await server('--data', ':memory:')
  const url = await urlOf(program)
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  const jmessage = new JMessage(url)
  await jmessage.users('alice')
  expect(await jmessage.must('GET', '/v1/users/alice')).toMatchObject({ username: 'alice' })
  expect(await program.stop()).toMatchObject({ code: 0, stdout: `${url}\n` })
})

test('the server listens where it is told', async () => {
  const port = await freePort()
  const program = await Program.start([
    ...['server', '--listen', `127.0.0.1:${port}`, '--data', ':memory:', '--app', keyOf(APP), '--json'],
  ])
  expect(JSON.parse(await urlOf(program))).toEqual({ url: `http://127.0.0.1:${port}` })
})

test('the server keeps its data in a folder, over a kill', async () => {
  const data = `${folder()}/made/by/the/server`
  const first = await server('--data', data)
  await new JMessage(await urlOf(first)).users('alice')
  await first.kill()
  const second = await server('--data', data)
  expect((await new JMessage(await urlOf(second)).call('GET', '/v1/users/alice')).status).toBe(200)
})

test('the server in memory keeps nothing and writes no file', async () => {
  const here = folder()
  const args = ['server', '--listen', '127.0.0.1:0', '--app', keyOf(APP), '--data', ':memory:']
  for (let start = 0; start < 2; start++) {
    const program = await Program.start(args, { cwd: here })
    const jmessage = new JMessage(await urlOf(program))
    expect((await jmessage.call('GET', '/v1/users/alice')).status).toBe(403)
    await jmessage.users('alice')
    await program.stop()
  }
  expect(readdirSync(here)).toEqual([])
})

test('the server serves several apps, each with its own users', async () => {
  const program = await server('--data', ':memory:', '--app', keyOf(OTHER))
  const url = await urlOf(program)
  await new JMessage(url).users('alice')
  const other = new JMessage(url, OTHER)
  expect((await other.call('GET', '/v1/users/alice')).status).toBe(403)
})

/** What is told on the command line, in the process of the test: a program of its own takes its time to start. */
const given = (options: Partial<StandaloneOptions> = {}): StandaloneOptions => ({
  listen: '127.0.0.1:0',
  data: ':memory:',
  app: [keyOf(APP)],
  ...options,
})

test.each([
  [{}, '600'],
  [{ rateLimit: '5' }, '5'],
  [{ rateLimit: 'off' }, null],
  [{ sandbox: true }, null],
])('the server with %j allows %s calls a minute', async (options, quota) => {
  const { url, close } = await startStandalone(given(options))
  onTestFinished(close)
  const authorization = `Basic ${Buffer.from(keyOf(APP)).toString('base64')}`
  const { headers } = await fetch(`${url}/v1/users`, { headers: { authorization } })
  expect(headers.get('x-rate-limit-quota')).toBe(quota)
})

test('the server takes other limits, and users as senders, where it is told to', async () => {
  const program = await server('--data', ':memory:', '--user-senders', '--room-members', '1')
  const jmessage = new JMessage(await urlOf(program))
  await jmessage.users('alice', 'bobby')
  const room = { owner_username: 'alice', name: 'small', members_username: ['bobby'] }
  expect((await jmessage.call('POST', '/v1/chatroom', room)).body.error.code).toBe(851006)
  const message = { version: 1, target_type: 'single', target_id: 'alice', from_type: 'user' }
  const text = { from_id: 'bobby', msg_type: 'text', msg_body: { text: 'hi' } }
  expect((await jmessage.call('POST', '/v1/messages', { ...message, ...text })).status).toBe(201)
})

test('the server is told its settings on the command line', async () => {
  const url = await urlOf(await server('--data', ':memory:', '--rate-limit', '5'))
  const jmessage = new JMessage(url)
  const { headers } = await fetch(`${url}/v1/users`, { headers: { authorization: jmessage.authorization } })
  expect(headers.get('x-rate-limit-quota')).toBe('5')
  // The sandbox is not there unless it is asked for.
  expect((await jmessage.call('POST', '/sandbox/clock', { advance_ms: 1 })).status).toBe(404)
})

test('an app with a secret that is too short is refused, and no secret is shown', async () => {
  const app = `${APP.appKey}:hush-hush`
  const { code, stdout, stderr } = await run(['server', '--data', ':memory:', '--app', app])
  expect(stderr).toContain('masterSecret of app 1 must be 24 letters or digits')
  expect(stderr).not.toContain('hush-hush')
  expect(stderr).not.toMatch(/^\s+at /m)
  expect([code, stdout]).toEqual([1, ''])
})

test.each([
  ['a key that is too short', `short:${APP.masterSecret}`, 'appKey of app 1 must be 24 letters or digits'],
  ['no colon', `hush-hush${APP.masterSecret}`, '--app: must be KEY:SECRET'],
  ['two colons', `${APP.appKey}:${APP.masterSecret}:hush-hush`, '--app: must be KEY:SECRET'],
])('an app with %s is refused, and its secret is not shown', async (_, app, told) => {
  const refused = await startStandalone(given({ app: [app] })).catch((error: Error) => error)
  expect(refused).toBeInstanceOf(AppError)
  const said = JSON.stringify({ ...refused, message: (refused as AppError).message })
  expect(said).toContain(told)
  expect(said).not.toContain('hush-hush')
  expect(said).not.toContain(APP.masterSecret)
})

test.each([
  ['--listen', { listen: 'nowhere' }, '--listen nowhere: must be HOST:PORT'],
  ['--callback', { callback: 'nowhere' }, '--callback: must be an http(s) URL'],
  ['--rate-limit', { rateLimit: '0' }, '--rate-limit 0: must be off, or a number of calls a minute'],
  ['--callback-events', { callbackEvents: true }, '--callback-events: needs --callback'],
  ['--room-members', { roomMembers: 'many' }, '--room-members many: must be a number of members'],
])('a bad %s is refused in words', async (_, options, told) => {
  await expect(startStandalone(given(options))).rejects.toMatchObject({
    message: told,
    hint: expect.stringContaining('beadle server --help'),
  })
})

test('a bad --database is refused in words', async () => {
  const database = 'mysql://im:hunter2@127.0.0.1/im'
  const { code, stdout, stderr } = await run(['server', '--app', keyOf(APP), '--database', database])
  expect(stderr).toContain('--database: must be postgres://')
  expect(stderr).toContain('beadle server --help')
  expect(stderr).not.toContain('hunter2')
  expect([code, stdout]).toEqual([1, ''])
})

test('a --database that does not answer yet is waited for, which is told', async () => {
  const program = await server('--database', 'postgres://im:hunter2@127.0.0.1:1/im')
  await until('it says so', () => program.output.includes('waiting for the database'))
  expect(program.output).toContain('@127.0.0.1:1/im: connect ECONNREFUSED')
  expect(program.output).not.toContain('hunter2')
  expect((await program.stop()).stdout).toBe('')
})

test('the server without an app is refused', async () => {
  const { code, stderr } = await run(['server'])
  expect(stderr).toContain("required option '-a, --app <key:secret>' not specified")
  expect(code).toBe(1)
})

test('start tells programs in a line where it is reached, once it is', async () => {
  const port = await freePort()
  const here = folder({
    'config.yaml': config({ listen: `127.0.0.1:${port}`, server: { listen: '127.0.0.1:0' } }),
    'bots/porter.yaml': { username: 'porter-bot' },
  })
  const program = await Program.start(['start', '--json'], { cwd: here })
  await program.says(/\n/)
  expect(JSON.parse(program.stdout)).toEqual({
    ready: true,
    version: expect.any(String),
    url: `http://127.0.0.1:${port}`,
    jmessage: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    embedded: true,
    bots: [{ id: 'porter', username: 'porter-bot', mode: 'live', plugins: [] }],
  })
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
  expect((await program.stop()).code).toBe(0)
})
