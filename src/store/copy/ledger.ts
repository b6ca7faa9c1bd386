import { sql } from 'kysely'
import { systemClock } from '../../base/clock.ts'
import { UNFINISHED } from '../steps.ts'
import { CopyError } from './copy-error.ts'
import type { Side, Statement, Target } from './side.ts'
import type { Row, Table } from './table.ts'

/** Where the target notes how far it is, for as long as it is not all there. */
const LEDGER = 'beadle_copy'

/** What is copied of one table, and how far that is. */
export interface Entry {
  readonly table: Table
  readonly schema: string
  /** Rows at the source. */
  readonly count: number
  /** By which the source is known again: JSON. */
  readonly extent: string
  done: number
  /** The last key that was copied. */
  at: Row | undefined
}

const ledger = sql.table(LEDGER)

/** Begins a copy: whoever starts on the target is refused from now on. */
export async function begin(target: Target, source: Side, entries: readonly Entry[]): Promise<void> {
  const time = new Date(systemClock.now()).toISOString()
  const rows = entries.map(
    ({ table, schema, extent }) =>
      sql`insert into ${ledger} values (${table.name}, ${schema}, ${source.place}, ${extent}, 0, null)`,
  )
  await target.together([
    sql`create table ${ledger} (name text primary key, schema_name text not null, source text not null,
      extent text not null, done bigint not null, at_key text)`,
    ...rows,
    ...schemasOf(entries).map(
      schema => sql`insert into ${sql.table(`${schema}_migration`)} values (${UNFINISHED}, ${time})`,
    ),
  ])
}

/** That some rows more were copied. */
export const noted = ({ table, done, at }: Entry): Statement =>
  sql`update ${ledger} set done = ${sql.lit(done)}, at_key = ${JSON.stringify(at)} where name = ${table.name}`

/**
 * What a target is an unfinished copy of; undefined when it is none.
 *
 * @throws CopyError when it is one of other schemas
 */
export async function unfinished(target: Target, schemas: readonly string[]): Promise<string | undefined> {
  if (!(await target.names()).includes(LEDGER)) return undefined
  const begun = await target.ask(sql`select distinct schema_name, source from ${ledger} order by schema_name`)
  const names = begun.map(([schema]) => String(schema))
  const it = `the target ${target.place} is an unfinished copy of ${names.join(' and ')} from ${begun[0]?.[1]}`
  if (JSON.stringify(names) === JSON.stringify([...schemas].sort())) return it
  throw new CopyError('copy.other', it)
}

/**
 * Takes up a copy that was begun.
 *
 * @param it  what it is
 * @param entries  as it would be begun now; they are set to how far it is
 * @throws CopyError when it is one of something else, or of what has changed since
 */
export async function resume(target: Target, it: string, entries: readonly Entry[]): Promise<void> {
  const rows = await target.ask(sql`select name, extent, done, at_key from ${ledger}`)
  const of = new Map(rows.map(([name, ...rest]) => [name, rest]))
  if (of.size !== entries.length || entries.some(({ table }) => !of.has(table.name)))
    throw new CopyError('copy.other', `${it}, begun by another version of Beadle`)
  for (const entry of entries) {
    const [extent, done, at] = of.get(entry.table.name)!
    if (extent !== entry.extent)
      throw new CopyError(
        'copy.changed',
        `${it}, and that is another, or was written to since: table ${entry.table.name} is not what it was`,
      )
    entry.done = Number(done)
    entry.at = at === null ? undefined : (JSON.parse(String(at)) as Row)
  }
}

/** Ends a copy: the target is a database like any other. */
export const finish = (target: Target, entries: readonly Entry[]): Promise<void> =>
  target.together([
    sql`drop table ${ledger}`,
    ...schemasOf(entries).map(
      schema => sql`delete from ${sql.table(`${schema}_migration`)} where name = ${UNFINISHED}`,
    ),
  ])

const schemasOf = (entries: readonly Entry[]) => [...new Set(entries.map(({ schema }) => schema))]
