import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { systemClock } from '../../base/clock.ts'
import { type Log, silentLog } from '../../base/log.ts'
import { placeOf } from '../../base/postgres-url.ts'
import { missingSteps, tellStep } from '../steps.ts'
import type { Schema } from '../store.ts'
import { StoreError } from '../store-error.ts'
import { connectionTo } from './connection-to.ts'
import { refusal } from './refusals.ts'

export interface MigrateOptions {
  readonly url: string
  readonly schema: Pick<Schema<unknown>, 'name' | 'migrations'>
  readonly log?: Log | undefined
}

/** Another process may be bringing the database up to date. */
const PATIENCE_MS = 60_000
/** Of all programs that lock something by number, ours. */
const LOCK = 0x62656164

/**
 * Brings a database to the newest version of a schema, in one transaction: of several processes that start at the same
 * time one does it, and one that dies leaves everything as it was. PostgreSQL has its own tools for copies: none is made
 * before. A database of a newer program, or of an early one, is refused, untouched.
 *
 * @returns the steps that were carried out
 * @throws StoreError
 */
export async function migratePostgres({ url, schema, log = silentLog }: MigrateOptions): Promise<string[]> {
  const place = placeOf(url)
  // What is brought up to date may take its time.
  const client = new pg.Client({ ...connectionTo(url), statement_timeout: 0, query_timeout: 0 })
  client.on('error', () => {})
  try {
    await client.connect()
    const known = Object.keys(schema.migrations)
    if (missingSteps(place, known, await applied(client, schema.name)).length === 0) return []
    await client.query('begin')
    await client.query(`set local lock_timeout = ${PATIENCE_MS}`)
    await client.query('select pg_advisory_xact_lock($1)', [LOCK])
    const done = await applied(client, schema.name)
    const steps = missingSteps(place, known, done)
    for (const name of steps) {
      if (done.length > 0) tellStep(log, place, { name, steps })
      await step(client, schema, name)
    }
    await client.query('commit')
    if (done.length > 0 && steps.length > 0)
      log.info({ database: place, steps }, 'the database is up to date')
    return steps
  } catch (cause) {
    throw failure(place, cause)
  } finally {
    await client.end().catch(() => {})
  }
}

/** The steps that were carried out. */
export async function stepsOfPostgres(schema: MigrateOptions['schema'], url: string): Promise<string[]> {
  const client = new pg.Client(connectionTo(url))
  client.on('error', () => {})
  try {
    await client.connect()
    return await applied(client, schema.name)
  } catch (cause) {
    throw refusal(placeOf(url), cause)
  } finally {
    await client.end().catch(() => {})
  }
}

/** Carries out one step, and notes it. */
async function step(client: pg.Client, schema: MigrateOptions['schema'], name: string): Promise<void> {
  const single = { query: client.query.bind(client), release() {} }
  const pool = { connect: async () => single, end: async () => {} }
  await schema.migrations[name]!.up(
    new Kysely<unknown>({ dialect: new PostgresDialect({ pool: pool as never }) }),
  )
  const table = tableOf(schema.name)
  await client.query(
    `create table if not exists ${table} (name text collate "C" primary key, timestamp text not null)`,
  )
  const at = new Date(systemClock.now()).toISOString()
  await client.query(`insert into ${table} values ($1, $2)`, [name, at])
}

/** Names of the steps that were carried out. */
export async function applied(client: pg.Client, schema: string): Promise<string[]> {
  // Not by to_regclass, which may go by what this connection knew before another process made the table.
  const { rowCount } = await client.query(
    'select from pg_tables where tablename = $1 and schemaname = any(current_schemas(false))',
    [`${schema}_migration`],
  )
  if (rowCount === 0) return []
  const steps = await client.query(`select name from ${tableOf(schema)} order by name`)
  return steps.rows.map(({ name }) => name)
}

const tableOf = (schema: string): string => `"${schema}_migration"`

function failure(place: string, cause: unknown): StoreError {
  const error = refusal(place, cause)
  if (error.code !== 'store.io') return error
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StoreError(
    'store.migration',
    `database ${place} could not be brought up to date: ${reason}`,
    cause,
  )
}
