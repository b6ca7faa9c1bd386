import { type RawBuilder, sql } from 'kysely'
import { type AnyKysely, integersOf, isForPostgres } from '../../store/index.ts'

/**
 * What belongs to some parts (JSON: their numbers). A process that has the database to itself has all: SQLite is not
 * asked to tell them apart.
 */
export const inParts = (db: AnyKysely, parts: string): RawBuilder<boolean> =>
  isForPostgres(db) ? sql<boolean>`partition = any(array${integersOf(db, parts)})` : sql<boolean>`true`
