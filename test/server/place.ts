import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { ServerOptions } from '../../src/server/index.ts'
import { database, engine } from '../engine.ts'

type Place = Pick<ServerOptions, 'data' | 'database'>

/** Where a server keeps everything for as long as it runs: in memory, or in a database of the engine of this run. */
export const memory = async (): Promise<Place> =>
  engine === 'sqlite' ? { data: ':memory:' } : { database: await database() }

/** Where a server keeps everything until the test is over, so that it can be started again. */
export async function place(): Promise<Place> {
  if (engine === 'postgres') return { database: await database() }
  const data = mkdtempSync(join(tmpdir(), 'beadle-'))
  onTestFinished(() => rmSync(data, { recursive: true, force: true }))
  return { data }
}
