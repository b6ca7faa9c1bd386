import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { config, hook, startBeadle } from '../e2e/beadle.ts'
import { JMessage, startServer } from '../e2e/jmessage.ts'
import { folder, freePort } from '../e2e/places.ts'
import { Program } from '../e2e/program.ts'
import { serveJmessage } from '../e2e/serve-jmessage.ts'
import { until } from '../e2e/until.ts'

/** Posts what webhooks bring: at once, or after a while. */
const POSTER = `import { definePlugin, z } from 'beadle'
import { setTimeout as sleep } from 'node:timers/promises'
const body = z.object({ n: z.number(), ms: z.number().default(0) })
export default definePlugin({
  name: 'poster',
  config: z.strictObject({ group: z.number() }),
  setup(ctx, { group }) {
    ctx.webhook('post', { auth: 'none', body }, async ({ body: { n, ms }, bot }) => {
      await sleep(ms)
      await bot.group(group).text('posted ' + n)
    })
  },
})
`

/** A Beadle beside a server. */
async function home(jmessage?: JMessage, more: object = {}) {
  jmessage ??= await serveJmessage()
  const port = await freePort()
  await jmessage.users('alice', 'bobby')
  const group = await jmessage.group('alice', 'bobby')
  const here = folder({
    'config.yaml': config({
      listen: `127.0.0.1:${port}`,
      jmessage: { endpoint: jmessage.url, inbound: 'none' },
      ...more,
    }),
    'bots/porter.yaml': { username: 'porter-bot', plugins: { poster: { group } } },
    'plugins/poster.js': POSTER,
  })
  const url = `http://127.0.0.1:${port}`
  return { here, url, jmessage, group }
}

/** A server that can be sent signals. */
async function serverProgram() {
  const port = await freePort()
  const server = await startServer({ port, data: ':memory:' })
  return { server, jmessage: new JMessage(`http://127.0.0.1:${port}`) }
}

const post = (url: string, n: number, ms = 0) => hook(url, 'porter/poster/post', { n, ms })

const numbers = (texts: readonly string[]): number[] =>
  texts.map(text => Number(text.replace('posted ', ''))).sort((a, b) => a - b)

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends an idle Beadle at once, with code 0', async signal => {
  const { here } = await home()
  const beadle = await startBeadle(here)
  const from = performance.now()
  beadle.signal(signal)
  expect(await beadle.ended).toMatchObject({ code: 0, signal: null })
  expect(performance.now() - from).toBeLessThan(5000)
  expect(beadle.stderr).toContain('"msg":"stopping"')
})

test('with drain, what comes after SIGTERM is taken for a while, though it is not ready any more', async () => {
  const { here, url, jmessage, group } = await home(undefined, { drain: '2s' })
  const beadle = await startBeadle(here)
  const ready = async () => (await fetch(`${url}/readyz`)).status
  expect(await ready()).toBe(200)
  beadle.signal('SIGTERM')
  await until('it is not ready', async () => (await ready()) === 503)
  expect((await post(url, 1)).status).toBe(202)
  expect(await beadle.ended).toMatchObject({ code: 0, signal: null })
  expect(numbers(await jmessage.texts({ group }))).toEqual([1])
})

test('SIGTERM lets a handler that runs come to its end, and takes nothing in meanwhile', async () => {
  const { here, url, jmessage, group } = await home()
  const beadle = await startBeadle(here)
  expect((await post(url, 1, 1500)).status).toBe(202)
  beadle.signal('SIGTERM')
  await until('it stops', () => beadle.stderr.includes('"msg":"stopping"'))
  const refused = await post(url, 2).catch((error: Error) => error)
  expect(refused instanceof Error || refused.status === 503).toBe(true)
  expect((await beadle.ended).code).toBe(0)
  expect(await jmessage.texts({ group })).toEqual(['posted 1'])
})

test('SIGTERM under load loses nothing', async () => {
  const { here, url, jmessage, group } = await home()
  let beadle = await startBeadle(here)
  const accepted: number[] = []
  let n = 0
  let isOver = false
  const callers = Array.from({ length: 16 }, async () => {
    while (!isOver) {
      const mine = ++n
      const answer = await post(url, mine, 20).catch(() => undefined)
      if (answer?.status === 202) accepted.push(mine)
      else await sleep(20)
    }
  })
  for (let stop = 0; stop < 2; stop++) {
    const before = accepted.length
    await until('webhooks are accepted', () => accepted.length > before + 50)
    const from = performance.now()
    expect(await beadle.stop()).toMatchObject({ code: 0 })
    expect(performance.now() - from).toBeLessThan(6000)
    beadle = await startBeadle(here)
  }
  isOver = true
  await Promise.all(callers)
  const due = accepted.sort((a, b) => a - b)
  await until('all is posted', async () => (await jmessage.texts({ group })).length >= due.length)
  await beadle.stop()
  // Every call was answered: what was not accepted was not taken.
  expect(numbers(await jmessage.texts({ group }))).toEqual(due)
})

test('SIGTERM while JMessage is away keeps what waits, for the next start', async () => {
  const { server, jmessage: hanging } = await serverProgram()
  const { here, url, jmessage, group } = await home(hanging)
  const first = await startBeadle(here)
  await post(url, 1)
  await until('the first is posted', async () => (await jmessage.texts({ group })).length === 1)
  server.signal('SIGSTOP')
  for (const n of [2, 3]) expect((await post(url, n)).status).toBe(202)
  const from = performance.now()
  first.signal('SIGTERM')
  // A JMessage that hangs must not make Beadle hang.
  expect(await first.ended).toMatchObject({ code: 0 })
  expect(performance.now() - from).toBeLessThan(14_000)
  server.signal('SIGCONT')
  await startBeadle(here)
  await until('the rest is posted', async () => (await jmessage.texts({ group })).length >= 3)
  expect(numbers(await jmessage.texts({ group }))).toEqual([1, 2, 3])
})

test('SIGTERM does not wait for ever for a caller who never ends the request', async () => {
  const { here, url } = await home()
  const beadle = await startBeadle(here)
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write('POST /hooks/porter/poster/post HTTP/1.1\r\nhost: here\r\ncontent-length: 100\r\n\r\n{"n":')
  await until('it serves others', async () => (await post(url, 1)).status === 202)
  const from = performance.now()
  expect(await beadle.stop()).toMatchObject({ code: 0 })
  expect(performance.now() - from).toBeLessThan(10_000)
  socket.destroy()
})

test('a second SIGTERM ends it at once', async () => {
  const { here, url } = await home()
  const beadle = await startBeadle(here)
  await post(url, 1, 8000)
  beadle.signal('SIGTERM')
  await until('it stops', () => beadle.stderr.includes('"msg":"stopping"'))
  const from = performance.now()
  beadle.signal('SIGTERM')
  expect(await beadle.ended).toMatchObject({ code: 1 })
  expect(performance.now() - from).toBeLessThan(3000)
})

test('SIGTERM ends the server alone with code 0', async () => {
  const { server } = await serverProgram()
  expect(await server.stop()).toMatchObject({ code: 0, signal: null })
})

test('SIGTERM ends a Beadle that waits for JMessage at its start', async () => {
  const endpoint = `http://127.0.0.1:${await freePort()}`
  const settings = config({ listen: '127.0.0.1:0', jmessage: { endpoint } })
  const here = folder({ 'config.yaml': settings, 'bots/porter.yaml': { username: 'porter-bot' } })
  const beadle = await Program.start(['start'], { cwd: here })
  await until('it waits', () => beadle.stderr.includes('waiting for JMessage to register a bot'))
  const { code, signal } = await beadle.stop()
  expect(code === 0 || signal === 'SIGTERM').toBe(true)
})
