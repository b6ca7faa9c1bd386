import { join } from 'node:path'
import Database from 'libsql'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { engine } from '../engine.ts'
import { place } from './place.ts'
import { type World, world } from './world.ts'

type Rows = (sql: string) => Promise<Record<string, unknown>[]>

/** A server whose tables can be looked into: for what no endpoint shows. */
export async function openWorld(): Promise<{ w: World; rows: Rows }> {
  const where = await place()
  const w = await world(where)
  const { data = '', database: url } = where
  if (url === undefined) {
    const database = new Database(join(data, 'im.db'))
    onTestFinished(() => void database.close())
    return { w, rows: async sql => database.prepare(sql).all() as Record<string, unknown>[] }
  }
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  return { w, rows: async sql => (await client.query(sql)).rows.map(numbered) }
}

/** The columns of all tables of the IM server. */
export async function columnsOf(rows: Rows): Promise<{ table: string; column: string }[]> {
  const found = await rows(
    engine === 'postgres'
      ? `select table_name as "table", column_name as "column" from information_schema.columns
        where table_schema = 'public'`
      : `select m.name as "table", c.name as "column" from sqlite_master m, pragma_table_info(m.name) c
        where m.type = 'table'`,
  )
  return (found as { table: string; column: string }[]).filter(({ table }) => table.startsWith('im_'))
}

/** Big integers as numbers, as the server has them. */
const numbered = (row: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
    ]),
  )
