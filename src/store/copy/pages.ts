import { type RawBuilder, sql } from 'kysely'
import { CopyError } from './copy-error.ts'
import type { Side } from './side.ts'
import { type Column, keyOf, type Row, saidKey, type Table, type Value } from './table.ts'

/** Rows that are read at once, and their bytes, at most; but one row at least. */
const PAGE_ROWS = 4000
const PAGE_BYTES = 4 * 1024 * 1024
/** Numbers up to this are told apart. */
const MOST = 2 ** 53

const refs = (columns: readonly Column[]) => sql.join(columns.map(({ name }) => sql.ref(name)))
const keyColumns = ({ columns, key }: Table) => key.map(place => columns[place]!)

/** The bytes of the texts of a row, in SQL. */
function sizeOf({ columns }: Table): RawBuilder<unknown> {
  const texts = columns.filter(({ type }) => type === 'text')
  if (texts.length === 0) return sql`0`
  return sql.join(
    texts.map(({ name }) => sql`coalesce(octet_length(${sql.ref(name)}), 0)`),
    sql` + `,
  )
}

/** The rows after a key, in the order of keys. */
function rest(table: Table, after: Row | undefined, limit: number): RawBuilder<unknown> {
  const key = refs(keyColumns(table))
  const where = after ? sql`where (${key}) > (${sql.join(after.map(value => sql.val(value)))})` : sql``
  return sql`from ${sql.table(table.name)} ${where} order by ${key} limit ${sql.lit(limit)}`
}

/** How many rows a table has, its first key and its last. */
export async function extentOf(side: Side, table: Table): Promise<{ count: number; ends: (Row | null)[] }> {
  const columns = keyColumns(table)
  const from = sql`from ${sql.table(table.name)}`
  const [[count] = [0]] = await side.ask(sql`select count(*) ${from}`)
  const end = async (way: 'asc' | 'desc') => {
    const order = sql.join(columns.map(({ name }) => sql`${sql.ref(name)} ${sql.raw(way)}`))
    const [row] = await side.ask(sql`select ${refs(columns)} ${from} order by ${order} limit 1`)
    return row ?? null
  }
  return { count: Number(count), ends: [await end('asc'), await end('desc')] }
}

/**
 * Reads a table in the order of its keys. Memory is bounded, however large the rows are; the next page is asked for
 * while one is worked on.
 *
 * @param after  the rows after this key only
 * @throws CopyError when a value cannot be read as it is
 */
export async function* pagesOf(side: Side, table: Table, after?: Row | undefined): AsyncGenerator<Row[]> {
  let next = pageAfter(side, table, after)
  for (;;) {
    const rows = await next
    if (rows.length === 0) return
    next = pageAfter(side, table, keyOf(table, rows.at(-1)!))
    // Whoever does not come back for it does not want to hear what became of it.
    next.catch(() => {})
    yield rows
  }
}

async function pageAfter(side: Side, table: Table, after: Row | undefined): Promise<Row[]> {
  const { rows: limit, bytes } = await fitting(side, table, after)
  return limit === 0 ? [] : read(side, table, { part: rest(table, after, limit), bytes })
}

/** The row of a key. */
export async function rowOf(side: Side, table: Table, key: Row): Promise<Row | undefined> {
  const columns = keyColumns(table)
  const is = sql.join(
    key.map((value, place) => sql`${sql.ref(columns[place]!.name)} = ${sql.val(value)}`),
    sql` and `,
  )
  const part = sql`from ${sql.table(table.name)} where ${is}`
  const [[bytes] = []] = await side.ask(sql`select ${sizeOf(table)} ${part}`)
  return bytes === undefined ? undefined : (await read(side, table, { part, bytes: Number(bytes) }))[0]
}

interface Part {
  /** Tables and conditions of a statement. */
  readonly part: RawBuilder<unknown>
  /** Of its texts. */
  readonly bytes: number
}

async function read(side: Side, table: Table, { part, bytes }: Part): Promise<Row[]> {
  const rows = await side.ask(sql`select ${refs(table.columns)} ${part}`)
  let found = 0
  for (const row of rows) found += checked(table, row)
  return side.cutsTexts && found !== bytes ? readWhole(side, table, part) : rows
}

/** Reads texts that have a NUL in them. */
async function readWhole(side: Side, table: Table, part: RawBuilder<unknown>): Promise<Row[]> {
  const { columns } = table
  const values = columns.map(({ name, type }) =>
    type === 'text' ? sql`cast(${sql.ref(name)} as blob)` : sql.ref(name),
  )
  const rows = await side.ask(sql`select ${sql.join(values)} ${part}`)
  return (rows as readonly (readonly (Value | Uint8Array)[])[]).map(row => {
    const whole = row.map(value => (value instanceof Uint8Array ? Buffer.from(value).toString() : value))
    for (const [place, value] of row.entries()) {
      if (value instanceof Uint8Array && Buffer.compare(Buffer.from(String(whole[place])), value) !== 0)
        refuse(table, whole, columns[place]!, 'is not UTF-8')
    }
    return whole
  })
}

/** How many of the next rows are read at once, and the bytes of their texts. */
async function fitting(
  side: Side,
  table: Table,
  after: Row | undefined,
): Promise<{ rows: number; bytes: number }> {
  const sizes = sql`(select ${sizeOf(table)} as size ${rest(table, after, PAGE_ROWS)}) as sizes`
  const [[rows, bytes] = []] = await side.ask(sql`select count(*), coalesce(sum(size), 0) from ${sizes}`)
  const all = { rows: Number(rows), bytes: Number(bytes) }
  if (all.bytes <= PAGE_BYTES) return all
  const some = { rows: 0, bytes: 0 }
  for (const [one] of await side.ask(sql`select size from ${sizes}`)) {
    if (some.rows > 0 && some.bytes + Number(one) > PAGE_BYTES) break
    some.rows++
    some.bytes += Number(one)
  }
  return some
}

/** The bytes of the texts of a row. */
function checked(table: Table, row: Row): number {
  let bytes = 0
  const { columns } = table
  for (let place = 0; place < columns.length; place++) {
    const value: unknown = row[place]
    if (value === null) continue
    if (columns[place]!.type === 'text') {
      if (typeof value !== 'string') refuse(table, row, columns[place]!, 'is no text')
      bytes += Buffer.byteLength(value as string)
    } else if (!Number.isInteger(value) || Math.abs(value as number) > MOST) {
      refuse(table, row, columns[place]!, 'is no whole number up to 2^53')
    }
  }
  return bytes
}

export function refuse(table: Table, row: Row, { name }: Column, why: string): never {
  throw new CopyError('copy.value', `${table.name} (${saidKey(keyOf(table, row))}): ${name} ${why}`)
}
