import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { onTestFinished } from 'vitest'
import { type World, world } from './world.ts'

/** A server whose tables can be looked into: for what no endpoint shows. */
export async function openWorld(): Promise<{ w: World; rows: (sql: string) => Record<string, unknown>[] }> {
  const data = mkdtempSync(join(tmpdir(), 'beadle-'))
  onTestFinished(() => rmSync(data, { recursive: true, force: true }))
  const w = await world({ data })
  const database = new Database(join(data, 'im.db'))
  onTestFinished(() => void database.close())
  return { w, rows: sql => database.prepare(sql).all() as Record<string, unknown>[] }
}
