import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import {
  openStore,
  query,
  type Schema,
  type Store,
  StoreError,
  type StoreErrorCode,
  type Transaction,
} from '../../src/store/index.ts'
import { until } from '../e2e/until.ts'

export interface Tables {
  things: { id: number; word: string }
}

export const things: Schema<Tables> = {
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

export const insert = query<Tables>()((db, p: { id: number; word: string }) =>
  db.insertInto('things').values({ id: p.id, word: p.word }),
)
export const insertUnlessThere = query<Tables>()((db, p: { id: number; word: string }) =>
  db
    .insertInto('things')
    .values({ id: p.id, word: p.word })
    .onConflict(conflict => conflict.column('id').doNothing()),
)
export const all = query<Tables>()((db, _: object) => db.selectFrom('things').selectAll().orderBy('id'))
export const one = query<Tables>()((db, p: { id: number }) =>
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

export const file = () => join(folder, 'data', 'test.db')

export async function opened(url = file(), schema: Schema<Tables> = things): Promise<Store<Tables>> {
  return keep(await openStore(schema, { url }))
}

/** Has a store closed at the end of the test. */
export function keep(store: Store<Tables>): Store<Tables> {
  open.push(store)
  return store
}

export const idsOf = async (store: Store<Tables>) => (await store.read.all(all, {})).map(({ id }) => id)
export const put = (id: number) => (tx: Transaction) => tx.run(insert, { id, word: 'x' })

/** A database that is looked after more often than usual. */
export const watched = async (url = file()) => keep(await openStore(things, { url, lookEveryMs: 20 }))

export const refusedWith = async (code: StoreErrorCode, written: Promise<unknown>) => {
  const error = await written.then(
    () => undefined,
    thrown => thrown,
  )
  expect(error).toBeInstanceOf(StoreError)
  expect(error).toMatchObject({ code, hint: expect.stringMatching(/\.$/) })
}

export const works = (store: Store<Tables>) => until('the database works again', () => store.state.ok)
