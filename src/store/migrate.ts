import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { type Dialect, Kysely } from 'kysely'
import type Database from 'libsql'
import { systemClock } from '../base/clock.ts'
import { type Log, silentLog } from '../base/log.ts'
import { backUp } from './backup.ts'
import { IN_MEMORY } from './connection.ts'
import { patiently } from './patience.ts'
import { missingSteps, tellStep } from './steps.ts'
import type { Schema } from './store.ts'
import { explained, refusal, StoreError, type StoreErrorCode } from './store-error.ts'

export interface MigrateOptions {
  readonly database: Database.Database
  /** Over `database`. */
  readonly dialect: Dialect
  readonly schema: Pick<Schema<unknown>, 'name' | 'migrations'>
  readonly url: string
  readonly log?: Log | undefined
}

/** Another process may be bringing the database up to date, and copy all of it before. */
const PATIENCE_MS = 60_000
/** These say what is wrong as a whole. */
const AS_THEY_ARE: ReadonlySet<StoreErrorCode> = new Set(['store.newer', 'store.early', 'store.unfinished'])

/**
 * Brings a database to the newest version of a schema, in one transaction, which is the lock as well: of several
 * processes that start at the same time one does it, and one that dies leaves everything as it was. What has data is
 * backed up before. A database of a newer program, or of an early one, is refused, untouched.
 *
 * @returns the steps that were carried out
 * @throws StoreError
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const { database, schema, url, log = silentLog } = options
  const begin = () => {
    try {
      database.exec('begin immediate')
    } catch (cause) {
      throw refusal(url, cause)
    }
  }
  try {
    if (missing(options).length === 0) return []
    await patiently(begin, PATIENCE_MS, () => log.info({ database: url }, 'waiting for the database'))
    const steps = missing(options)
    const last = applied(database, schema.name).at(-1)
    if (steps.length > 0 && last !== undefined && url !== IN_MEMORY) {
      const copy = await backUp(url, last)
      log.info({ database: url, copy }, 'the database was backed up, as it is brought up to date')
    }
    for (const name of steps) {
      if (last !== undefined) tellStep(log, url, { name, steps })
      await step(options, name)
    }
    database.exec('commit')
    if (steps.length > 0 && last !== undefined)
      log.info({ database: url, steps }, 'the database is up to date')
    return steps
  } catch (cause) {
    if (database.inTransaction) database.exec('rollback')
    throw failure(url, cause)
  }
}

/** Carries out one step, and notes it. */
async function step({ database, dialect, schema }: MigrateOptions, name: string): Promise<void> {
  // A signal to end may have come.
  await turnOfTheLoop()
  await schema.migrations[name]!.up(new Kysely<unknown>({ dialect }))
  const table = tableOf(schema.name)
  database.exec(
    `create table if not exists ${table} (name text primary key not null, timestamp text not null)`,
  )
  database.prepare(`insert into ${table} values (?, ?)`).run(name, new Date(systemClock.now()).toISOString())
}

/** Names of the steps that have to be carried out yet. Throws when there were others than those known. */
function missing({ database, schema, url }: Pick<MigrateOptions, 'database' | 'schema' | 'url'>): string[] {
  return missingSteps(url, Object.keys(schema.migrations), applied(database, schema.name))
}

/** Names of the steps that were carried out. */
export function applied(database: Database.Database, schema: string): string[] {
  const table = `${schema}_migration`
  const exists = database.prepare("select 1 from sqlite_master where type = 'table' and name = ?").all(table)
  if (exists.length === 0) return []
  const rows = database.prepare(`select name from ${tableOf(schema)} order by name`).all() as {
    name: string
  }[]
  return rows.map(({ name }) => name)
}

const tableOf = (schema: string): string => `"${schema}_migration"`

function failure(url: string, cause: unknown): StoreError {
  const error = explained(url, cause)
  const reason = error instanceof Error ? error.message : String(error)
  const code = error instanceof StoreError ? error.code : 'store.migration'
  if (AS_THEY_ARE.has(code)) return error as StoreError
  return new StoreError(code, `database ${url} could not be brought up to date: ${reason}`, cause)
}
