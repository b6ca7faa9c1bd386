import { sql } from 'kysely'
import { systemClock } from '../../base/clock.ts'
import { UNFINISHED } from '../steps.ts'
import { CopyError } from './copy-error.ts'
import type { Side, Statement, Target } from './side.ts'
import type { Row, Table } from './table.ts'

/** Where the target notes how far it is, for as long as it is not all there. */
export const LEDGER = 'beadle_copy'

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
 * Takes up a copy that was begun.
 *
 * @param entries  as it would be begun now; they are set to how far it is
 * @throws CopyError when it is one of something else, or of what has changed since
 */
export async function resume(target: Target, entries: readonly Entry[]): Promise<void> {
  const rows = await target.ask(
    sql`select name, schema_name, source, extent, done, at_key from ${ledger} order by name`,
  )
  const begun = [...new Set(rows.map(([, schema]) => String(schema)))].sort().join(' and ')
  const place = rows[0]?.[2]
  const it = `the target ${target.place} is an unfinished copy of ${begun} from ${place}`
  if (begun !== [...schemasOf(entries)].sort().join(' and '))
    throw new CopyError('copy.other', it, 'Finish that copy with the same --from and --schema.')
  const names = entries.map(({ table }) => table.name).sort()
  if (JSON.stringify(names) !== JSON.stringify(rows.map(([name]) => name).sort()))
    throw new CopyError('copy.other', `${it}, begun by another version of Beadle`)
  for (const entry of entries) {
    const [, , , extent, done, at] = rows.find(([name]) => name === entry.table.name)!
    if (extent !== entry.extent)
      throw new CopyError(
        'copy.changed',
        `${it}, which is another, or was written to since: table ${entry.table.name} is not what it was`,
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
