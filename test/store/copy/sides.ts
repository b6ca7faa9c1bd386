import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Kysely } from 'kysely'
import Database from 'libsql'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { type CopyOptions, type CopyResult, copyStore } from '../../../src/store/copy/copy.ts'
import { migrateStore, type Schema } from '../../../src/store/index.ts'
import { counter, typesOf } from '../../../src/store/schema/columns.ts'
import { administer, type PostgresServer, startPostgres } from '../../postgres/start.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** libsql closes a file once nobody holds a statement of it. */
export async function letGo(): Promise<void> {
  for (let time = 0; time < 3; time++) {
    collect()
    await turnOfTheLoop()
  }
}

async function up(db: Kysely<unknown>): Promise<void> {
  const { text, integer } = typesOf(db)
  await db.schema
    .createTable('pairs')
    .addColumn('one', text, column => column.notNull())
    .addColumn('value', text)
    .addColumn('number', integer)
    .addColumn('two', integer, column => column.notNull())
    .addPrimaryKeyConstraint('pairs_key', ['one', 'two'])
    .execute()
  await counter(db, db.schema.createTable('numbered') as never, 'id')
    .addColumn('word', text, column => column.notNull())
    .execute()
}

/** Tables with a key of two columns, what may be null, and numbers of their own. */
export const mixed: Schema<unknown> = { name: 'mixed', migrations: { '001-first': { up } } }

export type Pair = readonly [one: string, value: string | null, number: number | null, two: number]

let server: PostgresServer
let count = 0

/** A server for the tests of a file: they copy between databases that nobody else has. */
export function withPostgres(): void {
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())
}

export async function database(): Promise<string> {
  const name = `copy_${++count}`
  await administer(server.url, client => client.query(`create database ${name} strategy file_copy`))
  return server.url.replace(/\/postgres$/, `/${name}`)
}

export function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'beadle-copy-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'test.db')
}

/** Works on a file as any program could. */
export async function onFile<T>(path: string, work: (database: Database.Database) => T): Promise<T> {
  await letGo()
  const database = new Database(path)
  try {
    return work(database)
  } finally {
    database.close()
  }
}

/** A file with these rows. */
export async function filled(pairs: readonly Pair[], words: readonly string[] = []): Promise<string> {
  const path = file()
  await migrateStore(mixed, { url: path })
  await onFile(path, database => {
    database.exec('begin')
    const insert = database.prepare('insert into pairs values (?, ?, ?, ?)')
    for (const pair of pairs) insert.run([...pair])
    const put = database.prepare('insert into numbered (word) values (?)')
    for (const word of words) put.run(word)
    database.exec('commit')
  })
  return path
}

/** All rows of a file, in the order of their keys. */
export const rowsOf = (path: string) =>
  onFile(path, database => ({
    // What is read of a text ends before its first NUL.
    pairs: database
      .prepare('select *, hex(one), hex(value) from pairs order by one, two')
      .raw(true)
      .all() as unknown as Pair[],
    numbered: database
      .prepare('select *, hex(word) from numbered order by id')
      .raw(true)
      .all() as unknown as (readonly [number, string])[],
  }))

export async function copied(from: string, to: string, more: Partial<CopyOptions> = {}): Promise<CopyResult> {
  await letGo()
  return copyStore({ from, to, schemas: [mixed], ...more })
}

/** Copies, and is interrupted in this phase. */
export async function cutShort(from: string, to: string, phase: 'copy' | 'verify'): Promise<void> {
  const stopped = new AbortController()
  const onProgress = (progress: { phase: string }) => {
    if (progress.phase === phase) stopped.abort()
  }
  const error = await refused(copied(from, to, { signal: stopped.signal, onProgress }))
  if (error.code !== 'copy.interrupted') throw error
}

export const refused = (work: Promise<unknown>): Promise<Error & { code: string; hint: string }> =>
  work.then(
    () => {
      throw new Error('it was not refused')
    },
    error => error,
  )
