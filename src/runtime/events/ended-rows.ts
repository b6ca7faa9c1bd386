import { sql } from 'kysely'
import { literally, query } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'

interface Key {
  event: string
  bot: string
  plugin: string
}

/** Makes a delivery that ended one that waits, with all that is known of its calls. */
export const reopenDelivery = query<RuntimeTables>()((db, p: Key) =>
  db
    .updateTable('deliveries')
    .set({ state: 'pending', attempts: 0, next_at: null, error: null, ended_at: null })
    .where('event_id', '=', p.event)
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin)
    .where('state', '!=', 'pending'),
)

export const deliveryByKey = query<RuntimeTables>()((db, p: Key) =>
  db
    .selectFrom('deliveries')
    .selectAll()
    .where('event_id', '=', p.event)
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin),
)

export const deliveriesOfEvent = query<RuntimeTables>()((db, p: { event: string }) =>
  db.selectFrom('deliveries').selectAll().where('event_id', '=', p.event).orderBy('bot').orderBy('plugin'),
)

export const dropDelivery = query<RuntimeTables>()((db, p: Key & { at: number }) =>
  db
    .updateTable('deliveries')
    .set({ state: 'dropped', ended_at: p.at })
    .where('event_id', '=', p.event)
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin)
    .where('state', '=', sql.lit('dead')),
)

/** Notes which event a new one repeats. */
export const markReplay = query<RuntimeTables>()((db, p: { dedupe: string; of: string }) =>
  db.updateTable('deliveries').set({ replay_of: p.of }).where('dedupe', '=', p.dedupe),
)

export const deadDeliveries = query<RuntimeTables>()((db, _: object) =>
  db
    .selectFrom('deliveries')
    .select(['event_id', 'bot', 'plugin', 'type', 'conversation', 'attempts', 'error', 'ended_at'])
    .where('state', '=', sql.lit('dead'))
    .orderBy('event_id'),
)

export const deadCalls = query<RuntimeTables>()((db, _: object) =>
  db
    .selectFrom('outbox')
    .selectAll()
    .where('state', 'in', literally(['failed', 'unsure']))
    .orderBy('seq'),
)
