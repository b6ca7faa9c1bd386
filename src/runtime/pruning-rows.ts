import { type ExpressionBuilder, sql } from 'kysely'
import { literally, query, unindexed } from '../store/index.ts'
import type { DeliveryState, OutboxState, RuntimeTables } from '../store/schema/runtime.ts'

/** Events after `after`, up to `to`. */
interface Range {
  after: string
  to: string
}

const ENDED_CALLS: readonly OutboxState[] = ['sent', 'cancelled', 'dropped', 'shadow']
const OVER = literally(['done', 'cancelled', 'undone'])

/** The event that is `count` events after `after`, if there is one up to `to`. */
export const eventAhead = query<RuntimeTables>()((db, p: Range & { count: number }) =>
  db
    .selectFrom('deliveries')
    .select('event_id')
    .distinct()
    .where('event_id', '>', p.after)
    .where('event_id', '<=', p.to)
    .orderBy('event_id')
    .limit(1)
    .offset(p.count),
)

/** The event that is `count` events before `before`, if there is one. */
export const eventBack = query<RuntimeTables>()((db, p: { before: string; count: number }) =>
  db
    .selectFrom('deliveries')
    .select('event_id')
    .distinct()
    .where('event_id', '<', p.before)
    .orderBy('event_id', 'desc')
    .limit(1)
    .offset(p.count),
)

/** As {@link eventBack}, of events that were set aside. */
export const deadBack = query<RuntimeTables>()((db, p: { before: string; count: number }) =>
  db
    .selectFrom('deliveries')
    .select('event_id')
    .where('state', '=', sql.lit('dead'))
    .where('event_id', '<', p.before)
    .orderBy('event_id', 'desc')
    .limit(1)
    .offset(p.count),
)

type Deliveries = ExpressionBuilder<RuntimeTables, 'deliveries'>

/**
 * Deletes the deliveries of events whose deliveries and calls are all in these states. The range is told of each table
 * anew, as PostgreSQL would read all of the others.
 */
const deleteEvents = (deliveries: readonly DeliveryState[], calls: readonly OutboxState[]) => {
  const kept = (eb: Deliveries, p: Range) =>
    eb
      .selectFrom('deliveries as other')
      .select('other.event_id')
      .whereRef('other.event_id', '=', 'deliveries.event_id')
      .where('other.event_id', '>', p.after)
      .where('other.event_id', '<=', p.to)
      .where('other.state', 'not in', literally(deliveries))
  const open = (eb: Deliveries, p: Range) =>
    eb
      .selectFrom('outbox')
      .select('outbox.key')
      .whereRef('outbox.event_id', '=', 'deliveries.event_id')
      .where('outbox.event_id', '>', p.after)
      .where('outbox.event_id', '<=', p.to)
      .where('outbox.state', 'not in', literally(calls))
  return query<RuntimeTables>()((db, p: Range) =>
    db
      .deleteFrom('deliveries')
      .where('event_id', '>', p.after)
      .where('event_id', '<=', p.to)
      .where(eb => eb.not(eb.exists(kept(eb, p))))
      .where(eb => eb.not(eb.exists(open(eb, p)))),
  )
}

/** Deletes the calls in these states that came of events which are gone, and ended before. */
const deleteCallsOfGone = (states: readonly OutboxState[]) =>
  query<RuntimeTables>()((db, p: Range & { before: number }) =>
    db
      .deleteFrom('outbox')
      .where('event_id', '>', p.after)
      .where('event_id', '<=', p.to)
      .where('state', 'in', literally(states))
      .where('updated_at', '<', p.before)
      .where(eb =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('deliveries')
              .select('deliveries.event_id')
              .whereRef('deliveries.event_id', '=', 'outbox.event_id')
              .where('deliveries.event_id', '>', p.after)
              .where('deliveries.event_id', '<=', p.to),
          ),
        ),
      ),
  )

const FAILED_CALLS: readonly OutboxState[] = ['failed', 'unsure']

/** What was done as it should be. */
export const handled = {
  events: deleteEvents(['done', 'dropped'], ENDED_CALLS),
  calls: deleteCallsOfGone(ENDED_CALLS),
}
/** Also events that were set aside, and calls that failed. */
export const dead = {
  events: deleteEvents(['done', 'dropped', 'dead'], [...ENDED_CALLS, ...FAILED_CALLS]),
  calls: deleteCallsOfGone([...ENDED_CALLS, ...FAILED_CALLS]),
}

/** Deletes the oldest calls in these states that do not come of an event. */
const deleteOwnCalls = (states: readonly OutboxState[], order: 'updated_at' | 'seq') =>
  query<RuntimeTables>()((db, p: { before: number; limit: number }) =>
    db.deleteFrom('outbox').where('key', 'in', eb =>
      eb
        .selectFrom('outbox as old')
        .select('old.key')
        .where('old.state', 'in', literally(states))
        // By the sign it is kept from the index of events, in which all calls that come of none are one heap.
        .where(unindexed(db, 'old.event_id'), 'is', null)
        .where('old.updated_at', '<', p.before)
        .orderBy(`old.${order}`)
        .limit(p.limit),
    ),
  )

export const deleteEndedCalls = deleteOwnCalls(ENDED_CALLS, 'updated_at')
export const deleteDeadCalls = deleteOwnCalls(FAILED_CALLS, 'seq')

export const overBroadcast = query<RuntimeTables>()((db, p: { before: number }) =>
  db
    .selectFrom('broadcasts')
    .select('id')
    .where('state', 'in', OVER)
    .where('ended_at', '<', p.before)
    // A handler that runs again asks for the same one.
    .where(eb =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('deliveries')
            .select('deliveries.event_id')
            .whereRef('deliveries.event_id', '=', 'broadcasts.event_id'),
        ),
      ),
    )
    .orderBy('id')
    .limit(1),
)

export const deleteTargets = query<RuntimeTables>()((db, p: { id: string; limit: number }) =>
  db
    .deleteFrom('broadcast_targets')
    .where('broadcast', '=', p.id)
    .where('position', 'in', eb =>
      eb
        .selectFrom('broadcast_targets as first')
        .select('first.position')
        .where('first.broadcast', '=', p.id)
        .orderBy('first.position')
        .limit(p.limit),
    ),
)

export const deleteBroadcast = query<RuntimeTables>()((db, p: { id: string }) =>
  db.deleteFrom('broadcasts').where('id', '=', p.id),
)

export const deleteOrders = query<RuntimeTables>()((db, p: { before: number; limit: number }) =>
  db
    .deleteFrom('orders')
    .where('id', 'in', eb =>
      eb
        .selectFrom('orders as old')
        .select('old.id')
        .where('old.done_at', '<', p.before)
        .orderBy('old.id')
        .limit(p.limit),
    ),
)

/** What nodes were at that were lost, and whose deliveries nobody took up: they had ended, or are gone. */
export const deleteStuck = query<RuntimeTables>()((db, p: { before: number }) =>
  db.deleteFrom('stuck').where('noted_at', '<', p.before),
)
