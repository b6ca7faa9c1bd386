import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Database from 'libsql'
import { expect, onTestFinished, test } from 'vitest'
import { config, logOf, startBeadle } from './beadle.ts'
import { ROOT } from './build.ts'
import { JMessage, startServer } from './jmessage.ts'
import { folder, freePort } from './places.ts'
import { until } from './until.ts'

const TOKEN = 'only-for-the-failing-store-test'
/** Too long to find room in what is there. */
const FILLER = 'x'.repeat(20_000)

/** A Beadle whose herald announces, beside a server. */
async function home() {
  const port = await freePort()
  const serverPort = await freePort()
  await startServer({ port: serverPort, data: ':memory:' })
  const jmessage = new JMessage(`http://127.0.0.1:${serverPort}`)
  await jmessage.users('alice', 'bobby')
  const group = await jmessage.group('alice', 'bobby')
  const deploy = {
    auth: { type: 'bearer', token: TOKEN },
    to: { groups: [group] },
    template: 'posted {{ n }}',
  }
  const here = folder({
    'config.yaml': config({
      listen: `127.0.0.1:${port}`,
      jmessage: { endpoint: jmessage.url, inbound: 'none' },
    }),
    'bots/herald.yaml': { username: 'herald-bot', plugins: { announce: { hooks: { deploy } } } },
  })
  const url = `http://127.0.0.1:${port}`
  const accepted: string[] = []
  let n = 0
  return {
    here,
    url,
    accepted,
    /** Calls the webhook with a text of its own. */
    async announce(): Promise<number> {
      const mine = ++n
      const { status, headers } = await fetch(`${url}/hooks/herald/announce/deploy`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
        body: JSON.stringify({ n: mine, filler: FILLER }),
      })
      if (status === 202) accepted.push(`posted ${mine}`)
      else expect(headers.get('retry-after')).toMatch(/^\d+$/)
      return status
    },
    async readyz() {
      const response = await fetch(`${url}/readyz`)
      return { status: response.status, body: (await response.json()) as object }
    },
    /** Waits until all that was accepted is posted, and checks that nothing else is. */
    async allPosted(): Promise<void> {
      await until('all is posted', async () => (await jmessage.texts({ group })).length >= accepted.length)
      expect((await jmessage.texts({ group })).sort()).toEqual(accepted.sort())
    },
  }
}

const whyNotReady = (why: RegExp) => ({
  status: 503,
  body: { checks: { database: expect.stringMatching(why) } },
})

test('with a full disk webhooks get 503 and /readyz says why; with room again all goes on, and all is said once', async () => {
  const { here, url, accepted, announce, readyz, allPosted } = await home()
  const noRoom = join(here, 'no-room')
  const preload = pathToFileURL(join(ROOT, 'test/e2e/no-room.mjs')).href
  const env = { NODE_OPTIONS: `--import ${preload}`, NO_ROOM: noRoom }
  const beadle = await startBeadle(here, { env })
  expect(await announce()).toBe(202)

  writeFileSync(noRoom, '')
  await until('the disk is full', async () => (await announce()) !== 202)
  for (let times = 0; times < 5; times++) expect(await announce()).toBe(503)
  expect(await readyz()).toMatchObject(whyNotReady(/full/))
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  await allPosted()

  rmSync(noRoom)
  // Without a call that would find out.
  await until('it is ready again', async () => (await readyz()).status === 200)
  for (let times = 0; times < 5; times++) expect(await announce()).toBe(202)
  await allPosted()
  expect(logOf(beadle).some(({ msg }) => msg === 'the database works again')).toBe(true)

  // What could not be noted may be handled anew, and is not said anew. It starts without room, too.
  expect(await beadle.stop()).toMatchObject({ code: 0 })
  writeFileSync(noRoom, '')
  await startBeadle(here, { env })
  await until('the disk is full', async () => (await announce()) !== 202)
  rmSync(noRoom)
  await until('it is ready', async () => (await readyz()).status === 200)
  expect(await announce()).toBe(202)
  await allPosted()
  expect(accepted.length).toBeGreaterThan(6)
})

test('while another process holds the database webhooks get 503, others are served, and it can be ended', async () => {
  const { here, url, announce, readyz, allPosted } = await home()
  const first = await startBeadle(here)
  expect(await announce()).toBe(202)
  await allPosted()
  const holder = new Database(join(here, 'data/beadle.db'))
  onTestFinished(() => void holder.close())

  // Beadle may be noting something just now.
  holder.exec('pragma busy_timeout = 5000')
  holder.exec('begin exclusive')
  expect(await announce()).toBe(503)
  expect(await readyz()).toMatchObject(whyNotReady(/locked/))
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  holder.exec('rollback')
  await until('it is ready again', async () => (await readyz()).status === 200)
  expect(await announce()).toBe(202)
  await allPosted()

  holder.exec('begin exclusive')
  expect(await announce()).toBe(503)
  expect(await first.stop()).toMatchObject({ code: 0 })
  holder.exec('rollback')
  await startBeadle(here)
  expect(await announce()).toBe(202)
  await allPosted()
})
