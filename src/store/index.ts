import { openSqlite } from './sqlite.ts'
import type { Schema, Store, StoreOptions } from './store.ts'

/**
 * Opens the database at `url`, makes it if it is not there, and brings it up to date.
 *
 * @throws StoreError when it cannot be opened or is of a newer version
 */
export const openStore = <DB>(schema: Schema<DB>, options: StoreOptions): Promise<Store<DB>> =>
  openSqlite(schema, options)

export { literally, type Query, query } from './query.ts'
export * from './store.ts'
export { StoreError, type StoreErrorCode } from './store-error.ts'
