import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { sql } from 'kysely'
import Database from 'libsql'
import { expect, test } from 'vitest'
import type { Store } from '../../src/store/index.ts'
import { file, idsOf, insert, put, refusedWith, type Tables, watched, works } from './things.ts'

/** Sets what holds for the connection that writes. */
const pragma = (store: Store<Tables>, text: string) =>
  store.write(
    async tx =>
      void (await tx.execute({ compile: () => sql.raw<object>(`pragma ${text}`).compile(store.db) })),
  )

/** Too long to find room in what is there. */
const long = (id: number) => ({ id, word: 'x'.repeat(50_000) })

test('a full disk is told of as such, and writes work again when there is room', async () => {
  const store = await watched()
  await store.write(put(1))
  await pragma(store, 'max_page_count = 1')
  const results = await Promise.allSettled([
    store.write(tx => tx.run(insert, long(2))),
    store.write(tx => tx.run(insert, long(3))),
  ])
  for (const result of results)
    expect(result).toMatchObject({ reason: { code: 'store.full', retry: 'later' } })
  expect(store.state).toMatchObject({
    ok: false,
    code: 'store.full',
    message: expect.stringContaining(file()),
    hint: 'Free some disk space.',
  })
  expect(await idsOf(store)).toEqual([1])
  await refusedWith(
    'store.full',
    store.write(tx => tx.run(insert, long(2))),
  )
  await pragma(store, 'max_page_count = 100000')
  await works(store)
  await store.write(tx => tx.run(insert, long(2)))
  expect(await idsOf(store)).toEqual([1, 2])
})

test('while there is no room the state stays so, though something small still fits in', async () => {
  const store = await watched()
  await pragma(store, 'max_page_count = 1')
  await refusedWith(
    'store.full',
    store.write(tx => tx.run(insert, long(1))),
  )
  await store.write(put(2))
  await new Promise(resolve => setTimeout(resolve, 100))
  expect(store.state).toMatchObject({ ok: false, code: 'store.full' })
  await pragma(store, 'max_page_count = 100000')
  await works(store)
})

test('since when it fails is kept from the first refusal on', async () => {
  const store = await watched()
  await pragma(store, 'max_page_count = 1')
  const before = Date.now()
  await refusedWith(
    'store.full',
    store.write(tx => tx.run(insert, long(1))),
  )
  const { state } = store
  if (state.ok) throw new Error('it is well')
  expect(state.since).toBeGreaterThanOrEqual(before)
  await refusedWith(
    'store.full',
    store.write(tx => tx.run(insert, long(1))),
  )
  expect(store.state).toMatchObject({ since: state.since })
})

test('a database in memory that has no room works again as well', async () => {
  const store = await watched(':memory:')
  await pragma(store, 'max_page_count = 1')
  await refusedWith(
    'store.full',
    store.write(tx => tx.run(insert, long(1))),
  )
  await pragma(store, 'max_page_count = 100000')
  await works(store)
  await store.write(put(1))
})

const HOLDER = `const db = new (require('libsql'))(process.argv[1])
  db.exec('begin exclusive')
  process.stdout.write('held')
  process.stdin.once('data', () => { db.exec('rollback'); db.close(); process.exit() })`

test('a process that holds the database for long is told of, readers go on, and writes work when it lets go', async () => {
  const store = await watched()
  await store.write(put(1))
  const holder = spawn(process.execPath, ['-e', HOLDER, file()])
  await once(holder.stdout, 'data')
  let turns = 0
  const counting = setInterval(() => turns++, 10)
  await refusedWith('store.locked', store.write(put(2)))
  clearInterval(counting)
  // Others were served meanwhile.
  expect(turns).toBeGreaterThan(10)
  expect(store.state).toMatchObject({ ok: false, code: 'store.locked' })
  expect(await idsOf(store)).toEqual([1])
  holder.stdin.end('go')
  await works(store)
  await store.write(put(3))
  expect(await idsOf(store)).toEqual([1, 3])
})

test('a process that holds the database for a moment is waited for', async () => {
  const store = await watched()
  const other = new Database(file())
  other.exec('begin immediate')
  const written = store.write(put(1))
  setTimeout(() => other.close(), 100)
  await written
  expect(store.state).toEqual({ ok: true })
})

test('a database that may not be written says so, and works again once it may', async () => {
  const store = await watched()
  await store.write(put(1))
  const other = await pragma(store, 'query_only = 1').then(() => store.write(put(2)).catch(error => error))
  expect(other).toMatchObject({ code: 'store.readonly', retry: 'later' })
  // A connection that was opened for reading only stays so: it is opened anew.
  await works(store)
  await store.write(put(3))
  expect(await idsOf(store)).toEqual([1, 3])
})

/** Overwrites all pages but the first, after what is in the log has come to the file. */
function damage(path: string): Buffer {
  const database = new Database(path)
  database.exec('pragma wal_checkpoint(truncate)')
  database.close()
  const whole = readFileSync(path)
  // In place: SQLite holds the file open.
  writeFileSync(path, Buffer.concat([whole.subarray(0, 4096), Buffer.alloc(whole.length - 4096, 0xa5)]))
  return whole
}

test('a damaged file is refused at the start, with what to do', async () => {
  const store = await watched()
  await store.write(put(1))
  await store.close()
  damage(file())
  await refusedWith('store.corrupt', watched())
  writeFileSync(file(), 'no database, and long enough to be taken for the header of one '.repeat(200))
  await refusedWith('store.corrupt', watched())
})

test('a file that is damaged while it is open is told of, and read again once it is whole', async () => {
  const first = await watched()
  for (let id = 1; id <= 20; id++) await first.write(tx => tx.run(insert, long(id)))
  await first.close()
  const store = await watched()
  const whole = damage(file())
  await refusedWith('store.corrupt', idsOf(store))
  expect(store.state).toMatchObject({
    ok: false,
    code: 'store.corrupt',
    hint: expect.stringContaining('backup'),
  })
  writeFileSync(file(), whole)
  await works(store)
  expect((await idsOf(store)).length).toBe(20)
  await store.write(put(21))
})

test('an error of a statement is not one of the database', async () => {
  const store = await watched()
  await store.write(put(1))
  await expect(store.write(put(1))).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' })
  await expect(pragma(store, 'no such =')).rejects.toThrow()
  expect(store.state).toEqual({ ok: true })
})

test('a database that was closed says so, and is not tried again', async () => {
  const store = await watched()
  await store.close()
  await refusedWith('store.closed', store.write(put(1)))
  await refusedWith('store.closed', idsOf(store))
  expect(store.state).toEqual({ ok: true })
})
