import {
  type AliasedExpression,
  type Expression,
  type Kysely,
  PostgresAdapter,
  type RawBuilder,
  sql,
} from 'kysely'
import { withoutHalves } from '../base/half-characters.ts'
import { NULS_IN_JSON } from './postgres/texts.ts'

/** Where SQLite and PostgreSQL say the same thing in different words. */

// biome-ignore lint/suspicious/noExplicitAny: of whatever tables
export type AnyKysely = Kysely<any>

/** Whether statements are built for PostgreSQL. */
export const isForPostgres = (db: AnyKysely): boolean => db.getExecutor().adapter instanceof PostgresAdapter

/** JSON of which every text can be taken out, on PostgreSQL. */
const json = (text: Expression<string> | string): RawBuilder<unknown> =>
  sql`regexp_replace(${text}, ${sql.lit(NULS_IN_JSON[0])}, ${sql.lit(NULS_IN_JSON[1])}, 'g')::json`

/** How half of a character stands in JSON, or what looks like it. */
const HALF_IN_JSON = /\\ud[89a-f]/

/**
 * A list as JSON, for {@link elements} and the like. Halves of characters are U+FFFD in it, as they are in texts that are
 * bound by themselves: neither engine takes them out of JSON.
 */
export function listText(list: readonly unknown[]): string {
  const text = JSON.stringify(list)
  if (!HALF_IN_JSON.test(text)) return text
  return JSON.stringify(list, (_, value) => (typeof value === 'string' ? withoutHalves(value) : value))
}

/** An element of a JSON list: its place, from 0, and what it is, itself a list mostly. */
export interface Element {
  key: number
  value: string
}

/** The elements of a JSON list, as a table: a list of any length is one value to bind. */
export function elements<A extends string>(
  db: AnyKysely,
  list: Expression<string> | string,
  alias: A,
): AliasedExpression<Element, A> {
  const rows = isForPostgres(db)
    ? sql<Element>`(select ordinality - 1 as key, value from json_array_elements(${json(list)}) with ordinality)`
    : sql<Element>`json_each(${list})`
  return rows.as(alias) as AliasedExpression<Element, A>
}

/** The texts of a JSON list, for `in`. */
export const textsOf = (db: AnyKysely, list: string): RawBuilder<string> =>
  isForPostgres(db)
    ? sql<string>`(select json_array_elements_text(${json(list)}))`
    : sql<string>`(select value from json_each(${list}))`

/** Whether a column is one of the texts of a JSON list. PostgreSQL looks them up one by one, however few it expects. */
export const isAmong = (db: AnyKysely, column: string, list: string): RawBuilder<boolean> =>
  isForPostgres(db)
    ? sql<boolean>`${sql.ref(column)} = any(array${textsOf(db, list)})`
    : sql<boolean>`${sql.ref(column)} in ${textsOf(db, list)}`

/** The whole numbers of a JSON list, for `in`. */
export const integersOf = (db: AnyKysely, list: string): RawBuilder<number> =>
  isForPostgres(db)
    ? sql<number>`(select json_array_elements_text(${list}::json)::bigint)`
    : sql<number>`(select value from json_each(${list}))`

/** The same as a column, but not to be looked up by an index on it. */
export const unindexed = (db: AnyKysely, column: string): RawBuilder<string> =>
  isForPostgres(db) ? sql<string>`(${sql.ref(column)} || '')` : sql<string>`+${sql.ref(column)}`
