import { existsSync } from 'node:fs'
import { isPostgres, openStore, stepsOf } from '../../store/index.ts'
import { runtimeSchema } from '../../store/schema/runtime.ts'

/** Usernames of the accounts that were registered with this database. */
export async function knownAccounts(database: string, appKey: string): Promise<Set<string>> {
  if (database === ':memory:' || (!isPostgres(database) && !existsSync(database))) return new Set()
  const done = await stepsOf(runtimeSchema, database)
  // Opening it would bring it up to date.
  if (done.length !== Object.keys(runtimeSchema.migrations).length) return new Set()
  const store = await openStore(runtimeSchema, { url: database })
  try {
    const rows = await store.read.execute(
      store.db.selectFrom('identities').select('username').where('appkey', '=', appKey),
    )
    return new Set(rows.map(({ username }) => username))
  } finally {
    await store.close()
  }
}
