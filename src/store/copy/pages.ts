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
const bytesOf = (name: string): RawBuilder<number> => sql`coalesce(octet_length(${sql.ref(name)}), 0)`
const textsIn = ({ columns }: Table) => columns.filter(({ type }) => type === 'text')

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
  if (limit === 0) return []
  const rows = await side.ask(sql`select ${refs(table.columns)} ${rest(table, after, limit)}`)
  let read = 0
  for (const row of rows) read += checked(table, row)
  if (read !== bytes) await refuseTexts(side, table, { rows, after })
  return rows
}

/** How many of the next rows are read at once, and the bytes of their texts. */
async function fitting(
  side: Side,
  table: Table,
  after: Row | undefined,
): Promise<{ rows: number; bytes: number }> {
  const texts = textsIn(table)
  const size =
    texts.length > 0
      ? sql.join(
          texts.map(({ name }) => bytesOf(name)),
          sql` + `,
        )
      : sql`0`
  const sizes = sql`(select ${size} as size ${rest(table, after, PAGE_ROWS)}) as sizes`
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

/** What is read of a text that holds a NUL character ends there, and what is no UTF-8 is read as something else. */
async function refuseTexts(
  side: Side,
  table: Table,
  page: { readonly rows: readonly Row[]; readonly after: Row | undefined },
): Promise<never> {
  const texts = textsIn(table)
  const sizes = sql.join(texts.map(({ name }) => bytesOf(name)))
  const found = await side.ask(sql`select ${sizes} ${rest(table, page.after, page.rows.length)}`)
  for (const [index, row] of page.rows.entries()) {
    for (const [at, column] of texts.entries()) {
      const value: Value = row[table.columns.indexOf(column)]!
      if (Buffer.byteLength(String(value ?? '')) !== found[index]![at])
        refuse(table, row, column, 'holds a NUL character, or is not UTF-8: it cannot be read whole')
    }
  }
  throw new CopyError('copy.changed', `table ${table.name} changed while it was read`)
}

export function refuse(table: Table, row: Row, { name }: Column, why: string): never {
  throw new CopyError('copy.value', `${table.name} (${saidKey(keyOf(table, row))}): ${name} ${why}`)
}
