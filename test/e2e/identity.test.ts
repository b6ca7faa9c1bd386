import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import { runtimeSchema } from '../../src/store/schema/runtime.ts'
import { config, startBeadle } from './beadle.ts'
import { folder, write } from './places.ts'
import { run } from './program.ts'
import { Recorder } from './recorder.ts'
import { serveJmessage } from './serve-jmessage.ts'

/** An IM server, of which is noted what is asked of it. */
async function server() {
  const jmessage = await serveJmessage()
  return { jmessage, recorder: await Recorder.start(jmessage.url) }
}

/** A Beadle with one bot, whose messages nobody reads, and its own data. */
const home = (endpoint: string, bot: object = {}): string =>
  folder({
    'config.yaml': config({
      listen: '127.0.0.1:0',
      jmessage: { endpoint, inbound: 'none' },
      log: { format: 'json', level: 'debug' },
    }),
    'bots/porter.yaml': { username: 'porter-bot', ...bot },
  })

/** What a Beadle that has ended keeps of its bots. */
async function identities(home: string) {
  const store = await openStore(runtimeSchema, { url: join(home, 'data/beadle.db') })
  try {
    return await store.read.execute(store.db.selectFrom('identities').selectAll())
  } finally {
    await store.close()
  }
}

test('a bot keeps its account over a restart, and shows its password to nobody', async () => {
  const { jmessage, recorder } = await server()
  const here = home(recorder.url)
  const first = await (await startBeadle(here)).stop()
  const before = await identities(here)
  expect(before).toMatchObject([{ username: 'porter-bot', registered: 1 }])

  const second = await (await startBeadle(here)).stop()
  expect([first.code, second.code]).toEqual([0, 0])
  expect(await identities(here)).toEqual(before)
  expect(recorder.count('POST /v1/admins')).toBe(1)
  expect((await jmessage.must('GET', '/v1/admins?start=0&count=10')).users).toMatchObject([
    { username: 'porter-bot' },
  ])
  // Its password is shown to nobody.
  const { password, token } = before[0]!
  expect(password.length).toBeGreaterThanOrEqual(24)
  const said = [first, second].map(({ stdout, stderr }) => stdout + stderr).join()
  expect(said).toContain('registered the admin account of a bot')
  expect(said).not.toContain(password)
  expect(said).not.toContain(token)
  expect(recorder.requests.join()).not.toContain(password)
})

test('a registration whose answer was lost is known as its own', async () => {
  const { recorder } = await server()
  const here = home(recorder.url)
  recorder.loseAnswer('POST /v1/admins')
  expect((await (await startBeadle(here)).stop()).code).toBe(0)
  expect(recorder.count('POST /v1/admins')).toBe(2)
  expect(await identities(here)).toMatchObject([{ registered: 1 }])
})

test('a second Beadle with the same username does not start, and says why', async () => {
  const { recorder } = await server()
  const first = await startBeadle(home(recorder.url))
  const { code, stdout, stderr } = await run(['start'], { cwd: home(recorder.url) })
  expect(code).toBe(1)
  expect(stdout).not.toContain('Ready')
  expect(stderr).toContain("bot porter: the username 'porter-bot' is taken, and not by this Beadle")
  expect(stderr).toContain("set 'adopt: true' in the bot's file")
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(first.isRunning).toBe(true)
})

test('adopt takes the account of another Beadle over', async () => {
  const { jmessage, recorder } = await server()
  await jmessage.users('alice')
  await (await startBeadle(home(recorder.url))).stop()
  const heir = home(recorder.url, { adopt: true })
  await startBeadle(heir)
  const { code } = await run(['send', 'It is me.', '--user', 'alice'], { cwd: heir })
  expect(code).toBe(0)
  expect(await jmessage.history({ user: 'alice' })).toMatchObject([
    { from_id: 'porter-bot', msg_body: { text: 'It is me.' } },
  ])
})

test('adopt does not take the account of an ordinary user over', async () => {
  const { jmessage, recorder } = await server()
  await jmessage.users('porter-bot')
  const { code, stderr } = await run(['start'], { cwd: home(recorder.url, { adopt: true }) })
  expect(code).toBe(1)
  expect(stderr).toContain("the username 'porter-bot' belongs to a user who is not an admin")
})

test('two bots with one username are told with file and line', async () => {
  const here = home('http://127.0.0.1:9')
  write(join(here, 'bots/second.yaml'), '# the second\nnickname: Second\nusername: porter-bot\n')
  for (const command of ['start', 'check']) {
    const { code, stderr } = await run([command], { cwd: here })
    expect(code).toBe(1)
    expect(stderr).toContain('bots/second.yaml:3:11')
    expect(stderr).toContain('username: is the username of bots/porter.yaml:2 already (got "porter-bot")')
  }
})
