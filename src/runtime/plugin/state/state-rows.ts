import { type Kysely, sql } from 'kysely'
import { query } from '../../../store/index.ts'
import type { RuntimeTables } from '../../../store/schema/runtime.ts'

/** What one owner keeps under one name. */
export interface StateOwner {
  bot: string
  plugin: string
}

export interface StateRowKey extends StateOwner {
  key: string
}

export const readValue = query<RuntimeTables>()((db, p: StateRowKey) =>
  db
    .selectFrom('state')
    .select(['value', 'expires_at as expiresAt'])
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin)
    .where('key', '=', p.key),
)

export const writeValue = query<RuntimeTables>()(
  (db, p: StateRowKey & { value: string; expiresAt: number | null }) =>
    db
      .insertInto('state')
      .values({ bot: p.bot, plugin: p.plugin, key: p.key, value: p.value, expires_at: p.expiresAt })
      .onConflict(conflict =>
        conflict.columns(['bot', 'plugin', 'key']).doUpdateSet({ value: p.value, expires_at: p.expiresAt }),
      ),
)

export const deleteValue = query<RuntimeTables>()((db, p: StateRowKey) =>
  db.deleteFrom('state').where('bot', '=', p.bot).where('plugin', '=', p.plugin).where('key', '=', p.key),
)

const valuesOf = (db: Kysely<RuntimeTables>, p: StateOwner & { now: number }) =>
  db
    .selectFrom('state')
    .select(['key', 'value'])
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin)
    .where(eb => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', p.now)]))

/** Values by their keys, those after `after`. */
export const valuesAfter = query<RuntimeTables>()(
  (db, p: StateOwner & { now: number; after: string; limit: number }) =>
    valuesOf(db, p).where('key', '>', p.after).orderBy('key').limit(p.limit),
)

/** Of JSON, a number begins with these, and nothing else does. */
const NUMBER = sql<number>`case when substr(value, 1, 1) in ('-','0','1','2','3','4','5','6','7','8','9')
  then cast(value as double precision) end`

/** Values that are numbers, the highest first; of the same ones by their keys. */
export const highestValues = query<RuntimeTables>()((db, p: StateOwner & { now: number; limit: number }) =>
  valuesOf(db, p).where(NUMBER, 'is not', null).orderBy(NUMBER, 'desc').orderBy('key').limit(p.limit),
)
