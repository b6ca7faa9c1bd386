import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'libsql'
import { expect, test } from 'vitest'
import { openStore, query, type Schema, StoreError } from '../../src/store/index.ts'
import { imSchema } from '../../src/store/schema/im.ts'
import { runtimeSchema } from '../../src/store/schema/runtime.ts'
import { file, idsOf, keep, opened, put, type Tables, things } from './things.ts'

test('the file belongs to its owner alone, and so does what lies beside it', async () => {
  const store = await opened()
  await store.write(put(1))
  for (const name of [file(), `${file()}-wal`, `${file()}-shm`]) {
    if (existsSync(name)) expect([name, (statSync(name).mode & 0o777).toString(8)]).toEqual([name, '600'])
  }
})

test('another process that opens the file and closes it again leaves the log alone', async () => {
  const store = await opened()
  await store.write(put(1))
  const look = `const db = new (require('libsql'))(process.argv[1])
    process.stdout.write(String(db.prepare('select count(*) as n from things').get().n))
    db.close()`
  const { stdout } = spawnSync(process.execPath, ['-e', look, file()], { encoding: 'utf8' })
  expect(stdout).toBe('1')
  expect(existsSync(`${file()}-wal`)).toBe(true)
  await store.write(put(2))
  await store.close()
  expect(await idsOf(await opened())).toEqual([1, 2])
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

test.each([
  [runtimeSchema, '001-first'],
  [imSchema, '0001-first-tables'],
])(
  'a database of an early version is refused with what to do, and stays as it is: $name',
  async (schema, step) => {
    mkdirSync(dirname(file()))
    const early = new Database(file())
    early.exec(`create table ${schema.name}_migration (name text primary key not null, timestamp text not null);
    insert into ${schema.name}_migration values ('${step}', '2025-01-01T00:00:00.000Z')`)
    early.close()
    const refused = await openStore(schema as Schema<unknown>, { url: file() }).catch(error => error)
    expect(refused).toBeInstanceOf(StoreError)
    expect(refused).toMatchObject({
      code: 'store.early',
      message: expect.stringContaining(`${file()} was made by an early version of Beadle`),
      hint: expect.stringContaining('Move it away'),
      retry: 'never',
    })
    const tables = new Database(file()).prepare("select name from sqlite_master where type = 'table'").all()
    expect(tables).toMatchObject([{ name: `${schema.name}_migration` }])
    renameSync(file(), `${file()}.old`)
    keep((await openStore(schema as Schema<unknown>, { url: file() })) as never)
  },
)

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
  const path = join(dirname(dirname(file())), 'not.db')
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
