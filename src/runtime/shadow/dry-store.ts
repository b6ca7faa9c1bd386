import type { Query, Queryable, Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { uploadedBefore } from '../bot/media-uploads.ts'
import { callByKey, callsOfEvent } from '../bot/outbox-store.ts'
import { keptCalls } from '../events/delivery-rows.ts'

/** What bots ask for that was done before. All else, such as what still waits, is not to be seen. */
const REMEMBERED: ReadonlySet<object> = new Set([callByKey, callsOfEvent, keptCalls, uploadedBefore])

/** A store in memory in which bots find again what they did before, as it stands in another, which is not changed. */
export function dryStore(memory: Store<RuntimeTables>, real: Store<RuntimeTables>): Store<RuntimeTables> {
  const all = async <P extends object, R>(query: Query<P, R>, params: P): Promise<R[]> => {
    const rows = await memory.read.all(query, params)
    return rows.length > 0 || !REMEMBERED.has(query) ? rows : real.read.all(query, params)
  }
  const read: Queryable = {
    all,
    first: async (query, params) => (await all(query, params))[0],
    execute: statement => memory.read.execute(statement),
  }
  return Object.create(memory, { read: { value: read } }) as Store<RuntimeTables>
}

/** Copies what the plugins of some bots remember. */
export async function copyState(
  from: Store<RuntimeTables>,
  to: Store<RuntimeTables>,
  bots: readonly string[],
): Promise<void> {
  for (const bot of bots) {
    const rows = await from.read.execute(from.db.selectFrom('state').selectAll().where('bot', '=', bot))
    await to.write(async tx => {
      for (const row of rows) await tx.execute(to.db.insertInto('state').values(row))
    })
  }
}
