import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { config, startBeadle } from '../e2e/beadle.ts'
import { APP, JMessage, startServer } from '../e2e/jmessage.ts'
import { folder, freePort } from '../e2e/places.ts'
import { typed } from './typed.ts'

const HERALD = (group: number) => ({
  username: 'herald-bot',
  plugins: {
    notices: {
      notices: { daily: { cron: '0 9 * * *', to: { groups: [group] }, text: 'Good morning!' } },
    },
  },
})

async function home(main: object = {}, files: Readonly<Record<string, unknown>> = {}) {
  const [port, imPort] = [await freePort(), await freePort()]
  const here = folder({
    'config.yaml': config({
      listen: `127.0.0.1:${port}`,
      server: { listen: `127.0.0.1:${imPort}` },
      ...main,
    }),
    'bots/herald.yaml': HERALD(10000001),
    ...files,
  })
  return { here, port, imPort, doctor: (...args: string[]) => typed(['doctor', ...args], { cwd: here }) }
}

/** An IM server of another process, as the real JMessage is. */
async function remote() {
  const port = await freePort()
  await startServer({ port, data: `${folder()}/im` })
  return new JMessage(`http://127.0.0.1:${port}`)
}

/** Answers everything in one way. */
async function stub(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const server = createServer((_, answer) => answer.writeHead(status, headers).end(JSON.stringify(body)))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('doctor', () => {
  test('finds nothing wrong with a Beadle that has not started yet, and leaves nothing behind', async () => {
    const { here, doctor } = await home()
    const { code, stdout, stderr } = await doctor()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^✓ machine: Node \d+/)
    for (const line of [
      '✓ configuration: config.yaml is right, with 1 bot\n',
      'is on the embedded IM server, which does not run now\n',
      'is free: Beadle does not run\n',
      'beadle.db is made by the first start\n',
      '✓ schedules: 1 schedules, in UTC\n',
    ])
      expect(stdout).toContain(line)
    expect(stdout).toMatch(/\nAll is well\.\n$/)
    expect(existsSync(join(here, 'data'))).toBe(false)
  })

  test('asks a Beadle that runs, and its IM server', async () => {
    const { here, port, doctor } = await home()
    await startBeadle(here)
    const { code, stdout } = await doctor()
    expect(stdout).toContain(`✓ ports: Beadle runs at http://127.0.0.1:${port}, and is ready`)
    expect(stdout).toContain('the keys are right')
    expect(stdout).toContain('✓ jmessage: the clock is that of JMessage')
    expect(stdout).toContain('✓ rights: bot herald as herald-bot is an admin')
    expect(stdout).toContain(
      '✗ rights: there is no group 10000001 in the app, which plugins.notices.notices.daily.to.groups[0] in bots/herald.yaml names',
    )
    expect(stdout).toMatch(/database \S+beadle\.db opens, and is of this version/)
    expect(stdout).toContain('✓ backlog: no dead letters')
    expect(code).toBe(1)
  })

  test('says which of the keys is wrong', async () => {
    const { url } = await remote()
    const said = async (jmessage: object) => {
      const { doctor } = await home({ jmessage: { endpoint: url, inbound: 'poll', ...jmessage } })
      const { code, stdout } = await doctor()
      expect(stdout).not.toContain(APP.masterSecret)
      return { code, stdout }
    }
    expect(await said({})).toMatchObject({ code: 1, stdout: expect.stringContaining('the keys are right') })
    expect(await said({ appKey: 'beadle00e2e0app000000009' })).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('there is no such appKey'),
    })
    expect(await said({ masterSecret: 'beadle00e2e0secret000009' })).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('the masterSecret is wrong'),
    })
  })

  test('looks at accounts and groups', async () => {
    const jmessage = await remote()
    await jmessage.users('alice', 'herald-bot')
    const group = await jmessage.group('alice')
    const { doctor } = await home(
      { jmessage: { endpoint: jmessage.url, inbound: 'poll' } },
      { 'bots/herald.yaml': HERALD(group) },
    )
    const { stdout } = await doctor('--json')
    const { ok, findings } = JSON.parse(stdout)
    expect(ok).toBe(false)
    expect(findings).toContainEqual({
      check: 'rights',
      state: 'failure',
      text: 'bot herald as herald-bot is a user, and no admin: it may not send',
      hint: 'Choose another username: JMessage makes no admin of a user.',
    })
    expect(findings).toContainEqual({
      check: 'rights',
      state: 'ok',
      text: "the 1 groups and chat rooms that the bots' files name are there",
    })
  })

  test('notices a clock that is wrong, and what is no JMessage', async () => {
    const old = await stub(
      200,
      { total: 0, users: [] },
      { date: new Date(Date.now() - 90_000).toUTCString() },
    )
    const late = await home({ jmessage: { endpoint: old, inbound: 'poll' } })
    expect((await late.doctor()).stdout).toMatch(
      /! jmessage: the clock of this machine is (89|9\d) s ahead of app main/,
    )
    const page = await stub(200, { hello: 'world' })
    const other = await home({ jmessage: { endpoint: page, inbound: 'poll' } })
    const { code, stdout } = await other.doctor()
    expect([code, stdout]).toEqual([1, expect.stringContaining('answers 200, and not as JMessage does')])
    const nobody = await home({
      jmessage: { endpoint: `http://127.0.0.1:${await freePort()}`, inbound: 'poll' },
    })
    expect((await nobody.doctor()).stdout).toContain('✗ jmessage: app main at http://127.0.0.1:')
    expect((await nobody.doctor('--offline')).stdout).not.toContain('jmessage:')
  })

  test('tries the public address', async () => {
    const url = await remote()
    const jmessage = { endpoint: url.url, inbound: 'callback' }
    const said = async (more: object) => (await (await home({ jmessage, ...more })).doctor()).stdout
    expect(await said({})).toContain('! callback: publicUrl is not set')
    expect(await said({ publicUrl: await stub(200, { status: 'ok' }) })).toContain(
      'leads to a Beadle, as seen from here',
    )
    expect(await said({ publicUrl: await stub(502, {}) })).toMatch(
      /✗ callback: \S+\/healthz answers 502, and not as a Beadle does/,
    )
  })

  test('knows a port that another program has', async () => {
    const taken = new URL(await stub(200, { hello: 'world' })).host
    const { doctor } = await home({ listen: taken })
    const { code, stdout } = await doctor('--offline')
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining(`✗ ports: listen ${taken} is used by another program`),
    ])
  })

  test('finds what is open that should not be', async () => {
    const { here, doctor } = await home(
      { listen: '0.0.0.0:0', server: { listen: '0.0.0.0:0', sandbox: true } },
      {
        'bots/herald.yaml': `username: herald-bot
nickname: \${file:../secret}
plugins:
  announce:
    hooks: {}
    undo: { auth: { type: bearer, token: '\${UNDO_TOKEN:-let-the-herald-speak}' } }
`,
      },
    )
    writeFileSync(join(here, 'secret'), 'Herald\n')
    chmodSync(join(here, 'secret'), 0o644)
    const { code, stdout } = await doctor('--offline')
    expect(stdout).toContain('✗ exposure: server.sandbox is on, and 0.0.0.0 is an address for everybody')
    expect(stdout).toContain(
      '! exposure: plugins.announce.undo.auth.token is the default that is written at bots/herald.yaml:6',
    )
    expect(stdout).toContain('→ Set UNDO_TOKEN before others reach 0.0.0.0.')
    expect(stdout).toContain(`! exposure: ${join(here, 'secret')} can be read by every user of this machine`)
    expect(stdout).not.toContain('let-the-herald-speak')
    expect(code).toBe(1)
  })

  test('finds schedules that are odd', async () => {
    const notice = (cron: string) => ({ cron, to: { groups: [1] }, text: 'x' })
    const { doctor } = await home(
      { jmessage: { quota: 30 } },
      {
        'bots/herald.yaml': {
          username: 'herald-bot',
          plugins: {
            notices: {
              notices: {
                always: notice('* * * * * *'),
                one: notice('0 9 * * 1'),
                two: notice('0 9 * * 1'),
              },
            },
          },
        },
      },
    )
    const { code, stdout } = await doctor('--offline')
    expect(stdout).toContain('! schedules: herald/notices/always fires every 1 s: * * * * * *')
    expect(stdout).toContain('! schedules: herald/notices/two fires at the same times as herald/notices/one')
    expect(stdout).toMatch(
      /! schedules: schedules of app main fire 6[01] times in one minute of the next day, and its quota is 30 calls/,
    )
    expect(code).toBe(0)
  })

  test('tells every problem of a configuration that is wrong, and stops there', async () => {
    const { doctor } = await home({ lissten: 1, drain: 'soon' })
    const { code, stdout } = await doctor()
    expect(stdout).toMatch(
      /✗ configuration: config\.yaml:\d+ lissten: is not a known key\n {4}→ did you mean "listen"\?/,
    )
    expect(stdout).toContain('drain: must be a length of time')
    expect(stdout).not.toContain('ports')
    expect(stdout).toMatch(/\n2 things to mend\.\n$/)
    expect(code).toBe(1)
  })
})
