import { type Kysely, sql } from 'kysely'
import { isAmong, literally, query, unindexed } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { told } from '../fleet/fleet-rows.ts'
import { inParts } from '../fleet/in-parts.ts'

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
  partition: number
  /** What every process is to hear of it, where {@link insertAndTell} writes it. */
  news?: string | undefined
}

const insert = (db: Kysely<RuntimeTables>, p: NewRow) =>
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
      partition: p.partition,
    })
    .onConflict(conflict => conflict.column('dedupe').where('dedupe', 'is not', null).doNothing())

export const insertDelivery = query<RuntimeTables>()((db, p: NewRow) => insert(db, p))

/** Has every process hear of the row, too, if it is written: a statement of its own for that would cost nearly as much. */
export const insertAndTell = query<RuntimeTables>()((db, p: NewRow) => insert(db, p).returning(told(p.news!)))

/** A further row of an event whose first row tells whether it is new: it is written only if that one was. */
export const insertFurther = query<RuntimeTables>()((db, p: NewRow) =>
  db
    .insertInto('deliveries')
    .columns([
      ...(['event_id', 'bot', 'plugin', 'type', 'conversation', 'data'] as const),
      ...(['created_at', 'state', 'attempts', 'partition'] as const),
    ])
    .expression(
      db
        .selectFrom('deliveries as first')
        .select(({ val }) => [
          'first.event_id',
          val(p.bot).as('bot'),
          val(p.plugin).as('plugin'),
          val(p.type).as('type'),
          val(p.conversation).as('conversation'),
          val(p.data).as('data'),
          sql<number>`cast(${p.at} as bigint)`.as('created_at'),
          val(p.state).as('state'),
          val(0).as('attempts'),
          'first.partition',
        ])
        .where('first.event_id', '=', p.event)
        .where('first.dedupe', '=', p.dedupe),
    ),
)

export const eventByDedupe = query<RuntimeTables>()((db, p: { dedupe: string }) =>
  db.selectFrom('deliveries').select(['event_id', 'data']).where('dedupe', '=', p.dedupe),
)

/** The first event whose `dedupe` is in a range, both ends included. */
export const eventByDedupeRange = query<RuntimeTables>()((db, p: { from: string; to: string }) =>
  db
    .selectFrom('deliveries')
    .select(['event_id', 'data'])
    .where('dedupe', '>=', p.from)
    .where('dedupe', '<=', p.to)
    .orderBy('dedupe')
    .limit(1),
)

/** @param p.dedupes  JSON: a list of them */
export const pendingByDedupe = query<RuntimeTables>()((db, p: { dedupes: string }) =>
  db
    .selectFrom('deliveries')
    .select('dedupe')
    .where(isAmong(db, 'dedupe', p.dedupes))
    .where('state', '=', sql.lit('pending')),
)

interface Key {
  event: string
  bot: string
  plugin: string
}

export const finishDelivery = query<RuntimeTables>()((db, p: Key & { calls: string | null; at: number }) =>
  db
    .updateTable('deliveries')
    .set({ state: 'done', next_at: null, calls: p.calls, ended_at: p.at })
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
  /** Epoch ms, when it is set aside. */
  endedAt: number | null
}

export const failDelivery = query<RuntimeTables>()((db, p: Failure) =>
  db
    .updateTable('deliveries')
    .set({
      state: p.state,
      attempts: p.attempts,
      next_at: p.nextAt,
      error: p.error,
      calls: p.calls,
      ended_at: p.endedAt,
    })
    .where('event_id', '=', p.event)
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin)
    // Another process may have gone on with it, and be through.
    .where(unindexed(db, 'state'), '=', sql.lit('pending')),
)

/** Those of a delivery. */
export const COLUMNS = [
  ...(['event_id', 'bot', 'plugin', 'type', 'conversation', 'data'] as const),
  ...(['created_at', 'attempts', 'calls', 'partition'] as const),
] as const

export const pendingDeliveries = query<RuntimeTables>()((db, p: { limit: number }) =>
  db
    .selectFrom('deliveries')
    .select(COLUMNS)
    .where('state', '=', sql.lit('pending'))
    // By the sign it is kept from the key, along which all that was ever handled would be read.
    .orderBy(unindexed(db, 'event_id'))
    .limit(p.limit),
)

/**
 * Those of some events that wait.
 *
 * @param p.ids  JSON: a list of them
 */
export const pendingByIds = query<RuntimeTables>()((db, p: { ids: string }) =>
  db
    .selectFrom('deliveries')
    .select(COLUMNS)
    .where(isAmong(db, 'event_id', p.ids))
    .where('state', '=', sql.lit('pending')),
)

/** What waits for a plugin. */
export interface Backlog {
  bot: string
  plugin: string
  count: number
  /** Id of the last event of it. */
  last: string
}

/** @param p.parts  JSON: the parts that are asked about */
export const countPending = query<RuntimeTables>()((db, p: { parts: string }) =>
  db
    .selectFrom('deliveries')
    .select(eb => ['bot', 'plugin', eb.fn.countAll<number>().as('count'), eb.fn.max('event_id').as('last')])
    .where('state', '=', sql.lit('pending'))
    .where(inParts(db, p.parts))
    .groupBy(['bot', 'plugin']),
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

/** The calls that are kept with deliveries to a bot, of those events in a range that came last. */
export const keptLately = query<RuntimeTables>()(
  (db, p: { bot: string; from: string; before: string; most: number }) =>
    db
      .selectFrom(eb =>
        eb
          .selectFrom('deliveries')
          .select(['bot', 'calls'])
          .where('event_id', '>=', p.from)
          .where('event_id', '<', p.before)
          .orderBy('event_id', 'desc')
          .limit(p.most)
          .as('late'),
      )
      .select('calls')
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
      .where('outbox.state', 'in', literally(['queued', 'sending', 'doubtful']))
      .as('call'),
  ]),
)
