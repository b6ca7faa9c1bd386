import { isPostgres } from './postgres/place.ts'
import { openSqlite } from './sqlite.ts'
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

export { elements, integersOf, isForPostgres, textsOf, unindexed } from './dialect.ts'
export { isPostgres, placeOf } from './postgres/place.ts'
export { literally, type Query, query } from './query.ts'
export * from './store.ts'
export { StoreError, type StoreErrorCode } from './store-error.ts'
