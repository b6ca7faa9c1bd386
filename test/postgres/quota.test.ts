import { expect, onTestFinished, test } from 'vitest'
import { startBeadle } from '../../src/app/beadle.ts'
import { loadConfig } from '../../src/app/config/index.ts'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import type { QuotaRequest } from '../../src/client/index.ts'
import { Limiter } from '../../src/client/index.ts'
import { ledgerRows } from '../../src/runtime/quota/ledger-rows.ts'
import { ledgerIn } from '../../src/runtime/quota/shared-ledger.ts'
import { openStore, query } from '../../src/store/index.ts'
import { type RuntimeTables, runtimeSchema } from '../../src/store/schema/runtime.ts'
import { config } from '../e2e/beadle.ts'
import { folder } from '../e2e/places.ts'
import { until } from '../e2e/until.ts'
import { ownServer } from './own-server.ts'
import { administer } from './start.ts'

const { server, database } = ownServer()

async function opened(url: string) {
  const store = await openStore(runtimeSchema, { url, lookEveryMs: 50 })
  onTestFinished(() => store.close(), 0)
  return store
}

/** A process that shares the quota of an app, and how many calls it made. */
async function node(url: string, { app = 'app', quota = 100 } = {}) {
  const store = await opened(url)
  const limiter = new Limiter(systemClock, quota, { ledger: ledgerIn(store, app)! })
  onTestFinished(() => limiter.close(), 0)
  const made = { calls: 0 }
  let waiting = 0
  const go = () => {
    while (waiting > 0 && limiter.tryEnter('reply')) {
      waiting--
      made.calls++
      setTimeout(() => limiter.leave(() => undefined, 200), 5)
    }
  }
  limiter.onRoom = go
  limiter.waiting = () => ({ reply: waiting, notice: 0, bulk: 0 })
  const want = (calls: number) => {
    waiting += calls
    go()
  }
  return { store, limiter, made, want }
}

const request = (node: string, wants: number): QuotaRequest => ({
  node,
  most: 100,
  report: { number: 1, ended: [], unanswered: 0 },
  held: 0,
  wants: { reply: wants, notice: 0, bulk: 0 },
  heard: { isKnown: true },
})

const rows = query<RuntimeTables>()(db => db.selectFrom('quota_ledgers').select(['app', 'version']))

test('processes on one database make no more calls together than the quota allows', async () => {
  const url = await database()
  const nodes = await Promise.all([node(url), node(url), node(url)])
  for (const { want } of nodes) want(100)
  const sum = () => nodes.reduce((all, { made }) => all + made.calls, 0)
  await until('the quota is used up', () => sum() >= 100)
  await new Promise(resolve => setTimeout(resolve, 2500))
  expect(sum()).toBe(100)
  for (const { made } of nodes) expect(made.calls).toBeGreaterThan(5)
})

test('whoever asks at the same time, nothing is granted twice', async () => {
  const url = await database()
  const stores = await Promise.all([opened(url), opened(url), opened(url), opened(url)])
  const grants = await Promise.all(
    Array.from({ length: 60 }, (_, n) => ledgerIn(stores[n % 4]!, 'app')!.ask(request(`node ${n}`, 5))),
  )
  expect(grants.reduce((all, { granted }) => all + granted.reply, 0)).toBe(100)
})

test('apps have a quota each', async () => {
  const url = await database()
  const [first, second] = await Promise.all([node(url, { app: 'a' }), node(url, { app: 'b' })])
  first.want(100)
  second.want(100)
  await until('both are used up', () => first.made.calls === 100 && second.made.calls === 100)
})

test('calls wait while the database is away, and go on when it is back', async () => {
  const { want, made } = await node(await database(), { quota: 1000 })
  want(10)
  await until('calls are made', () => made.calls === 10)
  const restarted = server().restart()
  let wanted = 10
  const timer = setInterval(() => {
    wanted++
    want(1)
  }, 10)
  await restarted
  clearInterval(timer)
  await until('all are made', () => made.calls === wanted)
})

test('ledgers of apps that nobody uses any more go', async () => {
  const url = await database()
  const store = await opened(url)
  await ledgerIn(store, 'old')!.ask(request('node', 1))
  const db = new URL(url)
  await administer(db.href, client =>
    client.query(
      "update quota_ledgers set updated_at = updated_at - 8 * 24 * 3600000::bigint where app = 'old'",
    ),
  )
  await ledgerIn(store, 'new')!.ask(request('node', 1))
  expect((await store.read.all(rows, {})).map(({ app }) => app)).toEqual(['new'])
})

test('a ledger that another process changed meanwhile is not written', async () => {
  const store = await opened(await database())
  const ledgers = ledgerRows(store)
  const row = await ledgers.find('app', '{}')
  expect(await ledgers.replace('app', { ...row, ledger: '{"a":1}' })).toBe(true)
  expect(await ledgers.replace('app', { ...row, ledger: '{"a":2}' })).toBe(false)
  expect(await ledgers.find('app', '{}')).toMatchObject({ version: 1, ledger: '{"a":1}' })
})

test('the ledger alone is written without waiting for the disk', async () => {
  const url = await database()
  const store = await opened(url)
  const setting = query<RuntimeTables>()(db =>
    db.selectNoFrom(eb => eb.fn<string>('current_setting', [eb.val('synchronous_commit')]).as('value')),
  )
  const before = await store.once(setting, {})
  await ledgerIn(store, 'app')!.ask(request('node', 1))
  // The connection has the setting of the server again.
  for (let n = 0; n < 4; n++) expect(await store.once(setting, {})).toEqual(before)
})

for (const quota of [600, 'off'] as const)
  test(`Beadle ${quota === 'off' ? 'leaves the ledger alone when calls are not counted' : 'counts its calls in the ledger of its app'}`, async () => {
    const url = await database()
    const here = folder({
      'config.yaml': config({
        listen: '127.0.0.1:0',
        database: url,
        server: { listen: '127.0.0.1:0' },
        jmessage: { quota },
      }),
      'bots/herald.yaml': { username: 'herald-bot', plugins: {} },
    })
    const beadle = await startBeadle(await loadConfig(`${here}/config.yaml`, { env: {} }), silentLog)
    onTestFinished(() => beadle.close(0))
    const store = await opened(url)
    expect(await store.read.all(rows, {})).toHaveLength(quota === 'off' ? 0 : 1)
  })
