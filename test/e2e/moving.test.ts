import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { administer, type PostgresServer, startPostgres } from '../postgres/start.ts'
import { config, hook, startBeadle } from './beadle.ts'
import { JMessage, startServer } from './jmessage.ts'
import { folder, freePort } from './places.ts'
import { run } from './program.ts'
import { until } from './until.ts'

let postgres: PostgresServer

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

/** Posts at once, later, and every second. */
const MOVER = `import { definePlugin, z } from 'beadle'
export default definePlugin({
  name: 'mover',
  config: z.strictObject({ group: z.number() }),
  setup(ctx, { group }) {
    const body = z.object({ n: z.number() })
    ctx.webhook('post', { auth: 'none', body }, ({ body, bot }) => bot.group(group).text('posted ' + body.n))
    ctx.webhook('later', { auth: 'none', body }, ({ body, job }) => job('later', { after: '5s' }, body))
    ctx.onJob('later', ({ data, bot }) => bot.group(group).text('later ' + data.n))
    ctx.cron('* * * * * *', { name: 'tick' }, ({ bot, scheduledAt }) =>
      bot.group(group).text('tick ' + Number(scheduledAt)))
  },
})
`

const texts = async (jmessage: JMessage, group: number, beginning: RegExp) =>
  (await jmessage.texts({ group })).filter(text => beginning.test(text))

test('a Beadle goes on on PostgreSQL where it was on SQLite, and back, with all that waited', async () => {
  const [port, serverPort] = [await freePort(), await freePort()]
  const data = join(folder(), 'im')
  const startJmessage = () => startServer({ port: serverPort, data })
  let server = await startJmessage()
  const jmessage = new JMessage(`http://127.0.0.1:${serverPort}`)
  await jmessage.users('alice', 'bobby')
  const group = await jmessage.group('alice', 'bobby')
  const here = folder({
    'config.yaml': config({
      listen: `127.0.0.1:${port}`,
      jmessage: { endpoint: jmessage.url, inbound: 'none' },
    }),
    'bots/mover.yaml': { username: 'mover-bot', plugins: { mover: { group } } },
    'plugins/mover.js': MOVER,
  })
  const url = `http://127.0.0.1:${port}`
  const call = async (name: string, n: number) =>
    (await hook(url, `mover/mover/${name}`, { n }, { 'idempotency-key': `${name}-${n}` })).status
  const said = (what: string) =>
    until(`it says ${what}`, async () => (await texts(jmessage, group, /./)).includes(what))

  const onSqlite = await startBeadle(here)
  expect(await call('post', 1)).toBe(202)
  await said('posted 1')
  await server.stop()
  // These wait: for JMessage, and for their time.
  for (const [name, n] of [
    ['post', 2],
    ['post', 3],
    ['later', 1],
  ] as const)
    expect(await call(name, n)).toBe(202)
  await onSqlite.stop()

  await administer(postgres.url, client => client.query('create database moved'))
  const moved = postgres.url.replace(/\/postgres$/, '/moved')
  const own = `sqlite:${join(here, 'data/beadle.db')}`
  expect(await run(['copy', '--from', own, '--to', moved])).toMatchObject({ code: 0 })

  server = await startJmessage()
  const onPostgres = await startBeadle(here, { env: { BEADLE_DATABASE: moved } })
  for (const what of ['posted 2', 'posted 3', 'later 1']) await said(what)
  const ticks = (await texts(jmessage, group, /^tick/)).length
  await until('it ticks', async () => (await texts(jmessage, group, /^tick/)).length > ticks + 1)
  // What came before is known here, too.
  expect(await call('post', 1)).toBe(202)
  expect(await call('post', 4)).toBe(202)
  expect(await call('later', 2)).toBe(202)
  await onPostgres.stop()

  const back = join(here, 'data/back.db')
  expect(await run(['copy', '--from', moved, '--to', `sqlite:${back}`])).toMatchObject({ code: 0 })
  const again = await startBeadle(here, { env: { BEADLE_DATABASE: back } })
  for (const what of ['posted 4', 'later 2']) await said(what)
  await again.stop()

  const once = ['later 1', 'later 2', 'posted 1', 'posted 2', 'posted 3', 'posted 4']
  expect((await texts(jmessage, group, /^(posted|later)/)).sort()).toEqual(once)
  const all = await texts(jmessage, group, /^tick/)
  expect(new Set(all).size).toBe(all.length)

  // The history of the IM server moves into the same database, and back.
  const history = await jmessage.history({ group })
  await server.stop()
  const im = `sqlite:${join(data, 'im.db')}`
  expect(await run(['copy', '--from', im, '--to', moved])).toMatchObject({ code: 0 })
  const other = join(folder(), 'im')
  const home = `sqlite:${join(other, 'im.db')}`
  expect(await run(['copy', '--from', moved, '--to', home, '--schema', 'im'])).toMatchObject({ code: 0 })
  await startServer({ port: serverPort, data: other })
  expect(await jmessage.history({ group })).toEqual(history)
  await jmessage.group('alice', 'bobby')
})
