import { type ColumnDataType, type CreateTableBuilder, type Kysely, type RawBuilder, sql } from 'kysely'
import { isForPostgres } from '../dialect.ts'

type DataType = ColumnDataType | RawBuilder<unknown>

/** How types are called by the engine that a schema is made on. */
export interface Types {
  /** Sorts by the bytes of UTF-8, whatever language the database is set up for. */
  readonly text: DataType
  /** A whole number up to 2^53. */
  readonly integer: DataType
  /** Ends a table whose key is the table, where the engine knows such: there is no second tree to write. */
  byKey<B extends CreateTableBuilder<string, string>>(table: B): B
}

/** @param integer  how SQLite, which knows but one, is to call a whole number */
export function typesOf(db: Kysely<unknown>, integer: 'integer' | 'bigint' = 'bigint'): Types {
  if (isForPostgres(db)) return { text: sql`text collate "C"`, integer: 'bigint', byKey: table => table }
  return {
    text: 'text',
    integer,
    byKey: table => table.modifyEnd(sql`without rowid`) as typeof table,
  }
}

/** A column that numbers the rows, rising, and uses no number twice. */
export const counter = <B extends CreateTableBuilder<string, string>>(
  db: Kysely<unknown>,
  table: B,
  name: string,
): CreateTableBuilder<string, string> =>
  isForPostgres(db)
    ? table.addColumn(name, 'bigint', column => column.primaryKey().generatedByDefaultAsIdentity())
    : table.addColumn(name, 'integer', column => column.primaryKey().autoIncrement())

/** A column that numbers the rows, where it is not given. */
export const id = <B extends CreateTableBuilder<string, string>>(
  db: Kysely<unknown>,
  table: B,
  name: string,
): CreateTableBuilder<string, string> =>
  isForPostgres(db)
    ? counter(db, table, name)
    : table.addColumn(name, 'integer', column => column.primaryKey())
