import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  openStore,
  query,
  type Schema,
  type Store,
  StoreError,
  type Transaction,
} from '../../src/store/index.ts'

interface Tables {
  things: { id: number; word: string }
}

const things: Schema<Tables> = {
  name: 'test',
  migrations: {
    '001-first': {
      async up(db) {
        await db.schema
          .createTable('things')
          .addColumn('id', 'integer', column => column.primaryKey())
          .addColumn('word', 'text', column => column.notNull())
          .execute()
      },
    },
  },
}

const insert = query<Tables>()((db, p: { id: number; word: string }) =>
  db.insertInto('things').values({ id: p.id, word: p.word }),
)
const all = query<Tables>()((db, _: object) => db.selectFrom('things').selectAll().orderBy('id'))
const one = query<Tables>()((db, p: { id: number }) =>
  db.selectFrom('things').selectAll().where('id', '=', p.id),
)

let folder: string
const open: Store<Tables>[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'beadle-store-'))
})

afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const file = () => join(folder, 'data', 'test.db')

async function opened(url = file(), schema: Schema<Tables> = things): Promise<Store<Tables>> {
  const store = await openStore(schema, { url })
  open.push(store)
  return store
}

const idsOf = async (store: Store<Tables>) => (await store.read.all(all, {})).map(({ id }) => id)
const put = (id: number) => (tx: Transaction) => tx.run(insert, { id, word: 'x' })

for (const url of [':memory:', 'file'] as const) {
  const fresh = () => opened(url === 'file' ? file() : url)

  test(`${url}: what was written can be read`, async () => {
    const store = await fresh()
    await store.write(tx => tx.run(insert, { id: 1, word: 'hello' }))
    expect(await store.read.first(one, { id: 1 })).toEqual({ id: 1, word: 'hello' })
    expect(await store.read.first(one, { id: 2 })).toBeUndefined()
  })

  test(`${url}: a unit that fails leaves nothing of itself, and everything of the others`, async () => {
    const store = await fresh()
    const results = await Promise.allSettled([
      store.write(put(1)),
      store.write(async tx => {
        await put(2)(tx)
        throw new Error('no')
      }),
      store.write(put(3)),
      store.write(async tx => {
        await put(4)(tx)
        await put(1)(tx)
      }),
      store.write(put(5)),
    ])
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
    expect((results[1] as PromiseRejectedResult).reason).toMatchObject({ message: 'no' })
    expect((results[3] as PromiseRejectedResult).reason.code).toBe('SQLITE_CONSTRAINT_PRIMARYKEY')
    expect(await idsOf(store)).toEqual([1, 3, 5])
  })

  test(`${url}: units run in the order of the calls, and settle in it`, async () => {
    const store = await fresh()
    const settled: number[] = []
    await Promise.all(
      [3, 1, 2].map(id =>
        store
          .write(async tx => (await tx.all(all, {})).length + (await put(id)(tx)))
          .then(place => settled.push(place)),
      ),
    )
    expect(settled).toEqual([1, 2, 3])
  })

  test(`${url}: readers see what is committed only`, async () => {
    const store = await fresh()
    let during: Promise<number[]> | undefined
    const failed = store.write(async tx => {
      await put(1)(tx)
      during ??= idsOf(store)
      await tx.all(all, {})
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect(await during).toEqual([])
  })

  test(`${url}: close commits what waits, and refuses what comes later`, async () => {
    const store = await fresh()
    const written = [1, 2, 3].map(id => store.write(put(id)))
    const closed = store.close()
    const late = store.write(put(4))
    await expect(late).rejects.toThrow(StoreError)
    await closed
    expect(await Promise.all(written)).toEqual([1, 1, 1])
    await expect(store.write(put(5))).rejects.toThrow('the database is closed')
    await expect(idsOf(store)).rejects.toThrow('the database is closed')
    await store.close()
  })
}

test('the file belongs to its owner alone, and so does what lies beside it', async () => {
  const store = await opened()
  await store.write(put(1))
  for (const name of [file(), `${file()}-wal`, `${file()}-shm`]) {
    if (existsSync(name)) expect([name, (statSync(name).mode & 0o777).toString(8)]).toEqual([name, '600'])
  }
})

test('what was written is there after closing and opening again; migrations run once', async () => {
  for (const id of [1, 2, 3]) {
    const store = await opened()
    await store.write(put(id))
    await store.close()
  }
  expect(await idsOf(await opened())).toEqual([1, 2, 3])
})

test('a database of a newer version is refused with what to do, and stays as it is', async () => {
  const newer: Schema<Tables> = {
    ...things,
    migrations: {
      ...things.migrations,
      '002-later': { up: async () => {} },
    },
  }
  const store = await opened(file(), newer)
  await store.write(put(1))
  await store.close()
  const refused = await opened().catch(error => error)
  expect(refused).toBeInstanceOf(StoreError)
  expect(refused.message).toContain('was made by a newer version of Beadle')
  expect(refused.hint).toMatch(/backup/)
  expect(await idsOf(await opened(file(), newer))).toEqual([1])
})

test('a migration that fails leaves the database as it was', async () => {
  const store = await opened()
  await store.write(put(1))
  await store.close()
  const broken: Schema<Tables> = {
    ...things,
    migrations: {
      ...things.migrations,
      '002-broken': {
        async up(db) {
          await db.schema.createTable('more').addColumn('id', 'integer').execute()
          throw new Error('no luck')
        },
      },
    },
  }
  await expect(opened(file(), broken)).rejects.toThrow(/could not be brought up to date: no luck/)
  const again = await opened()
  expect(await idsOf(again)).toEqual([1])
  const names = new Database(file()).prepare("select name from sqlite_master where name = 'more'").all()
  expect(names).toEqual([])
})

test('two schemas live in one database', async () => {
  const second: Schema<Tables> = { ...things, name: 'second', migrations: {} }
  const store = await opened()
  await store.write(put(1))
  const other = await opened(file(), second)
  expect(await idsOf(other)).toEqual([1])
})

test('what is no database is refused in words', async () => {
  const path = join(folder, 'not.db')
  writeFileSync(
    path,
    'this is a text, and a long one, long enough to be taken for a header of a database file'.repeat(20),
  )
  const refused = await opened(path).catch(error => error)
  expect(refused).toBeInstanceOf(StoreError)
  expect(refused.message).toContain(path)
})

test('a database that another process holds refuses all units, and takes the next ones', async () => {
  const store = await opened()
  const other = new Database(file())
  other.exec('begin immediate')
  const results = await Promise.allSettled([
    store.write(put(1)),
    store.write(async () => {
      throw new Error('mine')
    }),
    store.write(put(2)),
  ])
  for (const result of results) {
    expect(result.status).toBe('rejected')
    expect((result as PromiseRejectedResult).reason).toBeInstanceOf(StoreError)
  }
  expect((results[0] as PromiseRejectedResult).reason.hint).toMatch(/Another process/)
  other.exec('rollback')
  other.close()
  await store.write(put(3))
  expect(await idsOf(store)).toEqual([3])
})

test('a commit that fails rejects its units, keeps nothing, and the store works again', async () => {
  const deferred: Schema<Tables> = {
    name: 'deferred',
    migrations: {
      '001-first': {
        async up(db) {
          await things.migrations['001-first']!.up(db)
          await db.schema
            .createTable('links')
            .addColumn('thing', 'integer')
            .addForeignKeyConstraint('to_thing', ['thing'], 'things', ['id'], key =>
              key.deferrable().initiallyDeferred(),
            )
            .execute()
        },
      },
    },
  }
  const store = await opened(file(), deferred)
  const link = query<{ links: { thing: number } }>()((db, p: { thing: number }) =>
    db.insertInto('links').values({ thing: p.thing }),
  )
  const [first, second] = await Promise.allSettled([
    store.write(put(1)),
    // Found out at the commit only.
    store.write(tx => tx.run(link, { thing: 99 })),
  ])
  expect([first?.status, second?.status]).toEqual(['rejected', 'rejected'])
  expect((first as PromiseRejectedResult).reason).toBeInstanceOf(StoreError)
  await store.write(put(2))
  expect(await idsOf(store)).toEqual([2])
})
