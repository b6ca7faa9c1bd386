import { type Kysely, type RawBuilder, sql } from 'kysely'
import { integersOf, isForPostgres } from '../../store/index.ts'

/**
 * What belongs to some parts (JSON: their numbers). A process that has the database to itself has all: SQLite is not
 * asked to tell them apart.
 */
// biome-ignore lint/suspicious/noExplicitAny: of whatever tables
export const inParts = (db: Kysely<any>, parts: string): RawBuilder<boolean> =>
  isForPostgres(db) ? sql<boolean>`partition = any(array${integersOf(db, parts)})` : sql<boolean>`true`
