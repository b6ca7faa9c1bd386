import { expect, test } from 'vitest'
import { config, hook, logOf, startBeadle } from './beadle.ts'
import { JMessage, startServer } from './jmessage.ts'
import { folder, freePort } from './places.ts'
import { until } from './until.ts'

const TOKEN = 'only-for-the-outage-test'
/** Fewer than by default, as the pauses between them grow. */
const ATTEMPTS = 4

/** Throws each time, or the first times. */
const CLUMSY = `import { definePlugin, z } from 'beadle'
const body = z.object({ times: z.number() })
export default definePlugin({
  name: 'clumsy',
  config: z.strictObject({ group: z.number() }),
  setup(ctx, { group }) {
    const tries = new Map()
    ctx.webhook('trip', { auth: 'none', body }, async ({ body, event, bot }) => {
      const tried = tries.get(event.id) ?? 0
      tries.set(event.id, tried + 1)
      await bot.group(group).text('trying ' + body.times)
      if (tried < body.times) throw new Error('tripped over a stone')
      await bot.group(group).text('tripped ' + tried + ' times')
    })
  },
})
`

/** A Beadle whose herald announces and whose clumsy plugin throws, beside a server that can go and come back. */
async function home() {
  const port = await freePort()
  const serverPort = await freePort()
  const data = `${folder()}/im`
  const startJmessage = () => startServer({ port: serverPort, data })
  const server = await startJmessage()
  const jmessage = new JMessage(`http://127.0.0.1:${serverPort}`)
  await jmessage.users('alice', 'bobby')
  const group = await jmessage.group('alice', 'bobby')
  const deploy = {
    auth: { type: 'bearer', token: TOKEN },
    to: { groups: [group] },
    template: 'posted {{ n }}',
  }
  const plugins = { announce: { hooks: { deploy } }, clumsy: { group } }
  const here = folder({
    'config.yaml': config({
      listen: `127.0.0.1:${port}`,
      jmessage: { endpoint: jmessage.url, inbound: 'none', timeout: '5s' },
      limits: { webhookBytes: 2000, attempts: ATTEMPTS },
    }),
    'bots/herald.yaml': { username: 'herald-bot', plugins },
    'plugins/clumsy.js': CLUMSY,
  })
  const url = `http://127.0.0.1:${port}`
  const announce = async (n: number) =>
    (await hook(url, 'herald/announce/deploy', { n }, { authorization: `Bearer ${TOKEN}` })).status
  return { here, url, jmessage, group, server, startJmessage, announce }
}

const readyz = async (url: string) => {
  const response = await fetch(`${url}/readyz`)
  return { status: response.status, body: (await response.json()) as { status: string; waiting: number } }
}

test('while JMessage is away webhooks are accepted, and posted in order when it is back', async () => {
  const { here, url, jmessage, group, server, startJmessage, announce } = await home()
  const beadle = await startBeadle(here)
  expect(await announce(0)).toBe(202)
  await until('the first is posted', async () => (await jmessage.texts({ group })).length === 1)
  await until('nothing waits', async () => (await readyz(url)).body.waiting === 0)
  expect(await readyz(url)).toMatchObject({ status: 200, body: { status: 'ready' } })

  await server.kill()
  for (let n = 1; n <= 60; n++) expect(await announce(n)).toBe(202)
  await until('it is told', () => beadle.stderr.includes('JMessage is unreachable'))
  // Of one answer, as a call that is just being tried may be counted for a moment with the event that it came of.
  const answer = await until('all posts wait on disk', async () => {
    const now = await readyz(url)
    return now.body.waiting === 60 && now
  })
  expect(answer).toMatchObject({
    status: 503,
    body: {
      status: 'not ready',
      checks: { open: 'ok', database: 'ok', jmessage: expect.stringMatching(/^unreachable since \d{4}-/) },
      waiting: 60,
    },
  })
  expect((await fetch(`${url}/healthz`)).status).toBe(200)

  await startJmessage()
  await until('all is posted', async () => (await jmessage.texts({ group })).length >= 61)
  await until('nothing waits', async () => (await readyz(url)).body.waiting === 0)
  expect(await jmessage.texts({ group })).toEqual(Array.from({ length: 61 }, (_, n) => `posted ${n}`))
  expect((await readyz(url)).status).toBe(200)
  const loud = logOf(beadle).filter(({ level }) => level >= 40)
  expect(loud.map(({ msg }) => msg)).toEqual([
    'JMessage is unreachable; what bots say waits until it is back',
  ])
  expect(beadle.stderr).toContain('JMessage is reachable again')
})

test('a JMessage that goes away again and again makes nobody say anything twice', async () => {
  const { here, jmessage, group, server, startJmessage, announce } = await home()
  await startBeadle(here)
  let running = server
  let isOver = false
  let n = 0
  const due: number[] = []
  const callers = Array.from({ length: 8 }, async () => {
    while (!isOver) {
      const mine = n++
      expect(await announce(mine)).toBe(202)
      due.push(mine)
    }
  })
  for (let outage = 0; outage < 3; outage++) {
    const before = n
    await until('more is announced', () => n > before + 40)
    await running.kill()
    running = await startJmessage()
  }
  isOver = true
  await Promise.all(callers)
  console.log(`${due.length} announcements over three outages`)
  await until('all is posted', async () => (await jmessage.texts({ group })).length >= due.length)
  const posted = (await jmessage.texts({ group })).map(text => Number(text.replace('posted ', '')))
  expect(posted.sort((a, b) => a - b)).toEqual(due.sort((a, b) => a - b))
})

test('a plugin that throws is tried again, ever later, and set aside, while others go on', async () => {
  const { here, url, jmessage, group, announce } = await home()
  const beadle = await startBeadle(here)
  const trip = (times: number) => hook(url, 'herald/clumsy/trip', { times })
  expect((await trip(100)).status).toBe(202)
  expect((await trip(2)).status).toBe(202)
  for (let n = 1; n <= 20; n++) expect(await announce(n)).toBe(202)
  await until(
    'others go on',
    async () => (await jmessage.texts({ group })).filter(text => text.startsWith('posted')).length === 20,
  )
  await until('it is set aside', () => beadle.stderr.includes('set aside'))
  // Pauses are anything up to their longest: the other one may need more time for two than this one for all.
  await until('the other one is through', async () =>
    (await jmessage.texts({ group })).includes('tripped 2 times'),
  )
  const pauses = logOf(beadle).flatMap(line => {
    const { msg, retryInMs = 0, event } = line as { msg: string; retryInMs?: number; event?: string }
    return msg.startsWith('a handler failed') ? [{ retryInMs, event }] : []
  })
  const own = pauses.filter(({ event }) => event === pauses[0]!.event).map(({ retryInMs }) => retryInMs)
  expect(own).toHaveLength(ATTEMPTS - 1)
  for (const [index, pause] of own.entries()) expect(pause).toBeLessThanOrEqual(1000 * 2 ** index)
  expect(beadle.stderr).toContain('tripped over a stone')
  // What it said before it threw is said once.
  const texts = await jmessage.texts({ group })
  expect(texts.filter(text => !text.startsWith('posted'))).toEqual([
    'trying 100',
    'trying 2',
    'tripped 2 times',
  ])
  await until('nothing waits', async () => (await readyz(url)).body.waiting === 0)
  expect((await readyz(url)).body.status).toBe('ready')
})

test('what cannot be taken is refused with a reason', async () => {
  const { here, url, jmessage, group } = await home()
  await startBeadle(here)
  const authorization = `Bearer ${TOKEN}`
  const deploy = (body: unknown, headers: Readonly<Record<string, string>> = { authorization }) =>
    hook(url, 'herald/announce/deploy', body, headers)
  const error = (code: string, message: RegExp) => ({
    error: { code, message: expect.stringMatching(message) },
  })

  expect(await deploy({ n: 'x'.repeat(3000) })).toEqual({
    status: 413,
    body: error('webhook.too-large', /over 2000 bytes/),
  })
  expect(await hook(url, 'herald/announce/nothing', {})).toEqual({
    status: 404,
    body: error('webhook.unknown', /\/hooks\/herald\/announce\/nothing/),
  })
  expect(await deploy({ n: 1 }, { authorization: 'Bearer guessed-it-maybe' })).toEqual({
    status: 401,
    body: error('webhook.mismatch', /authorization/),
  })
  expect(await deploy({ n: 1 }, {})).toEqual({
    status: 401,
    body: error('webhook.missing', /Bearer <token>/),
  })
  expect(await deploy({ m: 1 })).toEqual({
    status: 400,
    body: error('webhook.invalid', /\bn\b.*is required/),
  })
  expect(await deploy('{"n": 1')).toEqual({ status: 400, body: error('webhook.invalid', /must be JSON/) })

  for (const [path, init, status] of [
    ['/', {}, 404],
    ['/nowhere', { method: 'POST', body: '{}' }, 404],
    ['/hooks/herald/announce/deploy', {}, 405],
    ['/callbacks/jmessage', { method: 'POST', body: '{"total":0,"messages":[]}' }, 401],
  ] as const) {
    const response = await fetch(url + path, init)
    expect([response.status, await response.json()]).toEqual([
      status,
      { error: { code: expect.any(String), message: expect.any(String) } },
    ])
  }
  expect((await deploy({ n: 7 })).status).toBe(202)
  await until('it goes on', async () => (await jmessage.texts({ group })).length > 0)
  expect(await jmessage.texts({ group })).toEqual(['posted 7'])
})
