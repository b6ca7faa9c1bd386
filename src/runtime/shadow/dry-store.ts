import type { Query, Queryable, Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { uploadedBefore } from '../bot/media-uploads.ts'
import { callByKey, callsOfEvent } from '../bot/outbox-store.ts'
import { keptCalls } from '../events/delivery-rows.ts'
import type { BotSpec } from '../options.ts'
import { SHARED_BY_ALL, sharedInShadow } from '../plugin/state/state-keep.ts'

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

/** Copies what the plugins of some bots remember, to where they look for it in the shadow. */
export async function copyState(
  from: Store<RuntimeTables>,
  to: Store<RuntimeTables>,
  bots: readonly BotSpec[],
): Promise<void> {
  for (const { id, mode, plugins } of bots) {
    const own = from.db.selectFrom('state').selectAll().where('bot', '=', id)
    const rows = await from.read.execute(own)
    const inShadow = sharedInShadow(id)
    for (const name of new Set(plugins.map(({ definition }) => definition.name))) {
      const shared = from.db
        .selectFrom('state')
        .selectAll()
        .where('bot', '=', mode === 'shadow' ? inShadow : SHARED_BY_ALL)
        // The next character after the slash.
        .where('plugin', '>=', `${name}/`)
        .where('plugin', '<', `${name}0`)
      for (const row of await from.read.execute(shared)) rows.push({ ...row, bot: inShadow })
    }
    await to.write(async tx => {
      for (const row of rows) await tx.execute(to.db.insertInto('state').values(row))
    })
  }
}
