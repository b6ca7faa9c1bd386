import { sql } from 'kysely'
import { query } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'

/** A row as it is written first. */
export interface NewRow {
  event: string
  bot: string
  plugin: string
  type: string
  conversation: string
  dedupe: string | null
  data: string
  at: number
  state: 'pending' | 'done'
}

export const insertDelivery = query<RuntimeTables>()((db, p: NewRow) =>
  db
    .insertInto('deliveries')
    .values({
      event_id: p.event,
      bot: p.bot,
      plugin: p.plugin,
      type: p.type,
      conversation: p.conversation,
      dedupe: p.dedupe,
      data: p.data,
      created_at: p.at,
      state: p.state,
      attempts: 0,
    })
    .onConflict(conflict => conflict.column('dedupe').where('dedupe', 'is not', null).doNothing()),
)

export const eventByDedupe = query<RuntimeTables>()((db, p: { dedupe: string }) =>
  db.selectFrom('deliveries').select('event_id').where('dedupe', '=', p.dedupe),
)

interface Key {
  event: string
  bot: string
  plugin: string
}

export const finishDelivery = query<RuntimeTables>()((db, p: Key & { calls: string | null }) =>
  db
    .updateTable('deliveries')
    .set({ state: 'done', next_at: null, calls: p.calls })
    .where('event_id', '=', p.event)
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin),
)

export interface Failure extends Key {
  state: 'pending' | 'dead'
  attempts: number
  nextAt: number | null
  error: string
  calls: string | null
}

export const failDelivery = query<RuntimeTables>()((db, p: Failure) =>
  db
    .updateTable('deliveries')
    .set({ state: p.state, attempts: p.attempts, next_at: p.nextAt, error: p.error, calls: p.calls })
    .where('event_id', '=', p.event)
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin),
)

/** Sorts after every id. */
const LAST_ID = '~'

export const pendingDeliveries = query<RuntimeTables>()((db, p: { after: string; last: number }) =>
  db
    .selectFrom('deliveries')
    .select([
      ...(['event_id', 'bot', 'plugin', 'type', 'conversation', 'data'] as const),
      ...(['created_at', 'attempts', 'calls'] as const),
    ])
    .where('state', '=', 'pending')
    .where('event_id', '>', p.after)
    .where('event_id', '<=', eb =>
      eb.fn.coalesce(
        eb
          .selectFrom('deliveries as counted')
          .select('counted.event_id')
          .where('counted.state', '=', 'pending')
          .where('counted.event_id', '>', p.after)
          .orderBy('counted.event_id')
          .limit(1)
          .offset(p.last),
        sql.lit(LAST_ID),
      ),
    )
    .orderBy('event_id'),
)

export const countPending = query<RuntimeTables>()((db, _: object) =>
  db
    .selectFrom('deliveries')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('state', '=', 'pending'),
)

/** The calls that are kept with the deliveries of an event to one bot. */
export const keptCalls = query<RuntimeTables>()((db, p: { event: string; bot: string }) =>
  db
    .selectFrom('deliveries')
    .select('calls')
    .where('event_id', '=', p.event)
    .where('bot', '=', p.bot)
    .where('calls', 'is not', null),
)

/** The last event there is, and the last call that still waits. */
export const lastIds = query<RuntimeTables>()((db, _: object) =>
  db.selectNoFrom(eb => [
    eb
      .selectFrom('deliveries')
      .select(eb => eb.fn.max('deliveries.event_id').as('id'))
      .as('event'),
    eb
      .selectFrom('outbox')
      .select(eb => eb.fn.max('outbox.seq').as('seq'))
      .where('outbox.state', 'in', ['queued', 'sending', 'unsure'])
      .as('call'),
  ]),
)
