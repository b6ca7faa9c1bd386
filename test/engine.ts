import { inject, onTestFinished } from 'vitest'
import { openStore, type Store } from '../src/store/index.ts'
import { type RuntimeTables, runtimeSchema } from '../src/store/schema/runtime.ts'
import { afterFile } from './after-file.ts'
import { createDatabase, dropDatabase, giveDatabaseBack, takeDatabase } from './postgres/databases.ts'
import { lentStore } from './postgres/stores.ts'

/** The engine that the tests of this run are to try. */
export const engine = process.env.BEADLE_TEST_ENGINE === 'postgres' ? 'postgres' : 'sqlite'

/** After everything else that a test has to undo. */
const LAST = 0

/**
 * A database that nobody else has, for as long as the test lasts: in memory, or of the server of this run. It has no
 * rows; on PostgreSQL it has the tables of the runtime and of the IM server already.
 */
export async function database(): Promise<string> {
  if (engine === 'sqlite') return ':memory:'
  const url = await takeDatabase(inject('postgres'))
  onTestFinished(() => giveDatabaseBack(url), LAST)
  return url
}

/** As {@link database}, for as long as the tests of the file last. */
export async function databaseOfFile(): Promise<string> {
  if (engine === 'sqlite') return ':memory:'
  const url = await takeDatabase(inject('postgres'))
  afterFile(() => giveDatabaseBack(url))
  return url
}

/** As {@link database}, and without any table. */
export async function bareDatabase(): Promise<string> {
  if (engine === 'sqlite') return ':memory:'
  const url = await createDatabase(inject('postgres'))
  onTestFinished(() => dropDatabase(url), LAST)
  return url
}

/**
 * A store of the runtime, empty, that nobody else has. Nobody gets at what was in it once it is closed, or the test is
 * over.
 */
export async function runtimeStore(): Promise<Store<RuntimeTables>> {
  if (engine === 'sqlite') return openStore(runtimeSchema, { url: ':memory:' })
  const { store, end } = await lentStore(inject('postgres'))
  onTestFinished(end, LAST)
  return store
}
