import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Log, silentLog } from '../../src/base/log.ts'
import { openStore, query, type Store, type StoreError } from '../../src/store/index.ts'
import { until } from '../e2e/until.ts'
import { ownServer } from '../postgres/own-server.ts'
import { administer, startPostgres } from '../postgres/start.ts'
import { all, idsOf, insert, keep, put, type Tables, things } from './things.ts'

const { server, database } = ownServer()

const opened = async (url: string): Promise<Store<Tables>> =>
  keep(await openStore(things, { url, lookEveryMs: 50 }))

const errorOf = (work: Promise<unknown>): Promise<StoreError> =>
  work.then(
    () => expect.unreachable(),
    error => error,
  )

const setWord = query<Tables>()((db, p: { id: number; word: string }) =>
  db.updateTable('things').set({ word: p.word }).where('id', '=', p.id),
)

test('a server that is not there, refuses the password or has no such database is told of in words', async () => {
  const refused = await errorOf(openStore(things, { url: 'postgres://me:hush@127.0.0.1:1/db' }))
  expect(refused).toMatchObject({ code: 'store.unreachable', retry: 'later' })
  const wrong = server().url.replace('beadle:beadle', 'beadle:hush')
  expect(await errorOf(openStore(things, { url: wrong }))).toMatchObject({ code: 'store.refused' })
  const missing = await errorOf(openStore(things, { url: server().url.replace(/postgres$/, 'nowhere') }))
  expect(missing).toMatchObject({
    code: 'store.refused',
    hint: 'Make the database, with createdb for one, or name another.',
  })
  expect(`${refused.message} ${refused.stack}`).not.toContain('hush')
})

test('processes that open a new database at the same time agree on who makes its tables', async () => {
  const url = await database()
  const stores = await Promise.all([1, 2, 3, 4, 5].map(() => opened(url)))
  await Promise.all(stores.map((store, index) => store.write(put(index))))
  expect(await idsOf(stores[0]!)).toEqual([0, 1, 2, 3, 4])
})

test('what reads before it writes goes by what is there, whoever else writes', async () => {
  const url = await database()
  const stores = await Promise.all([opened(url), opened(url), opened(url)])
  await stores[0]!.write(tx => tx.run(insert, { id: 1, word: '0' }))
  const countOn = (store: Store<Tables>) =>
    store.write(async tx => {
      const [row] = await tx.all(all, {})
      await tx.run(setWord, { id: 1, word: String(Number(row!.word) + 1) })
    })
  for (let round = 0; round < 20; round++) await Promise.all(stores.map(countOn))
  expect(await stores[0]!.read.all(all, {})).toEqual([{ id: 1, word: '60' }])
})

/** Writes all the time, in both ways; what resolved is in `kept`, what was refused in `lost`. */
function writing(store: Store<Tables>) {
  const kept: number[] = []
  const lost: number[] = []
  let next = 1
  let isOver = false
  const one = async () => {
    while (!isOver) {
      const id = next++
      const params = { id, word: 'x' }
      const written =
        id % 2 === 0
          ? store.apply({ query: insert as never, params })
          : store.write(async tx => (await tx.all(all, {})).length + (await tx.run(insert, params)))
      await written.then(
        () => kept.push(id),
        () => lost.push(id),
      )
      if (lost.at(-1) === id) await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
  const writers = Promise.all([one(), one(), one(), one()])
  return {
    kept,
    async end() {
      isOver = true
      await writers
      return { kept: kept.sort((a, b) => a - b), lost }
    },
  }
}

test('a restart of the server is outlived: what was told to be kept is there, and nothing else', async () => {
  const store = await opened(await database())
  const load = writing(store)
  for (let restart = 0; restart < 2; restart++) {
    const before = load.kept.length
    await until('something is written', () => load.kept.length > before + 50)
    await server().restart()
  }
  const before = load.kept.length
  await until('it writes again', () => load.kept.length > before + 50)
  const { kept } = await load.end()
  expect(await idsOf(store)).toEqual(kept)
  expect(store.state).toEqual({ ok: true })
})

test('a server that is started anew is waited for by who reads, and by who opens a database where that is asked for', async () => {
  const url = await database()
  const store = await opened(url)
  await store.write(put(1))
  const told: string[] = []
  const log: Log = { ...silentLog, warn: (_, message) => told.push(message), child: () => log }
  const isBack = server().restart()
  await until('it is away', () => administer(url, async () => false).catch(() => true))
  const reading = idsOf(store)
  const another = keep(await openStore(things, { url, log, waitMs: () => 60_000 }))
  expect(await idsOf(another)).toEqual([1])
  expect(await reading).toEqual([1])
  expect(told).toEqual(['waiting for the database'])
  await isBack
})

test('a process that starts waits for whatever it asks of a database that goes away, for longer than others', async () => {
  const own = await startPostgres()
  let waitMs = 60_000
  const store = keep(await openStore(things, { url: own.url, lookEveryMs: 50, waitMs: () => waitMs }))
  await store.write(put(1))
  await own.stop()
  const asked = [idsOf(store), store.once(all, {}), store.write(put(2))]
  const over = asked.map(work => work.then(() => false).catch(() => true))
  // Longer than one that was started before.
  expect(await Promise.race([...over, sleep(6000, 'waits')])).toBe('waits')
  waitMs = 0
  expect(await Promise.all(over)).toEqual([true, true, true])
})

test('of a commit whose connection was cut it is found out whether it is kept', async () => {
  const url = await database()
  const store = await opened(url)
  const load = writing(store)
  const cut = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid != pg_backend_pid()`
  for (let cuts = 0; cuts < 40; cuts++) {
    const before = load.kept.length
    await until('something is written', () => load.kept.length > before + 2)
    await administer(url, client => client.query(cut))
  }
  const { kept, lost } = await load.end()
  expect(await idsOf(store)).toEqual(kept)
  expect(lost).toEqual([])
})

test('what is notified is heard in the order of the commits, and again after the connection was cut', async () => {
  const url = await database()
  const [one, other] = [await opened(url), await opened(url)]
  const heard: string[] = []
  let connected = 0
  let lost = 0
  const stop = await one.listen!('test', {
    heard: payload => heard.push(payload),
    connected: () => connected++,
    lost: () => lost++,
  })
  const notify = query<Tables>()((db, p: { text: string }) =>
    db.selectNoFrom(eb => eb.fn('pg_notify', [eb.val('test'), eb.val(p.text)]).as('told')),
  )
  const tell = (store: Store<Tables>, text: string) =>
    store.apply({ query: notify as never, params: { text } })
  const sent = Array.from({ length: 50 }, (_, index) => String(index))
  for (const [index, text] of sent.entries()) await tell(index % 2 === 0 ? one : other, text)
  await until('all is heard', () => heard.length === sent.length)
  expect(heard).toEqual(sent)
  await administer(url, client =>
    client.query(`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%'`),
  )
  await until('it listens again', () => connected === 2 && lost === 1)
  await tell(other, 'once more')
  await until('it is heard', () => heard.at(-1) === 'once more')
  await stop()
})

test('while the database is away callers are told at once, and it is known since when', async () => {
  const own = await startPostgres()
  const store = await opened(own.url)
  await store.write(put(1))
  await own.stop()
  expect(await errorOf(store.write(put(2)))).toMatchObject({ code: 'store.unreachable', retry: 'later' })
  expect(store.state).toMatchObject({ ok: false, code: 'store.unreachable', since: expect.any(Number) })
  const asked = performance.now()
  expect(await errorOf(store.write(put(3)))).toMatchObject({ code: 'store.unreachable' })
  expect(performance.now() - asked).toBeLessThan(2000)
  expect(await errorOf(idsOf(store))).toMatchObject({ code: 'store.unreachable' })
})
