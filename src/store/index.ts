import { isPostgres, placeOf } from '../base/postgres-url.ts'
import { migrateSqlite, openSqlite, stepsOfSqlite } from './sqlite.ts'
import type { Schema, Store, StoreOptions } from './store.ts'

/**
 * Opens the database at `url`, makes it if it is not there (SQLite), and brings it up to date.
 *
 * @throws StoreError when it cannot be opened or is of a newer version
 */
export async function openStore<DB>(schema: Schema<DB>, options: StoreOptions): Promise<Store<DB>> {
  if (!isPostgres(options.url)) return openSqlite(schema, options)
  const { openPostgres } = await import('./postgres/postgres.ts')
  return openPostgres(schema, options)
}

/**
 * Brings the database at `url` up to date, and makes it if it is not there (SQLite), as {@link openStore} does.
 *
 * @returns the steps that were carried out; none when it was up to date
 * @throws StoreError
 */
export async function migrateStore(schema: Schema<unknown>, options: StoreOptions): Promise<string[]> {
  if (!isPostgres(options.url)) return migrateSqlite(schema, options)
  const { migratePostgres } = await import('./postgres/migrate.ts')
  return migratePostgres({ url: options.url, schema, log: options.log })
}

/**
 * The steps by which the tables of a schema came to be; none where it is not. Changes nothing, but SQLite makes a file
 * that is not there.
 */
export async function stepsOf(schema: Schema<unknown>, url: string): Promise<string[]> {
  if (!isPostgres(url)) return stepsOfSqlite(schema, url)
  const { stepsOfPostgres } = await import('./postgres/migrate.ts')
  return stepsOfPostgres(schema, url)
}

/** How a database is named in messages: without a password. */
export const nameOf = (url: string): string => (isPostgres(url) ? placeOf(url) : url)

export { isPostgres, placeOf } from '../base/postgres-url.ts'
export {
  type AnyKysely,
  elements,
  integersOf,
  isAmong,
  isForPostgres,
  listText,
  textsOf,
  unindexed,
} from './dialect.ts'
export { literally, type Query, query } from './query.ts'
export * from './store.ts'
export { StoreError, type StoreErrorCode } from './store-error.ts'
