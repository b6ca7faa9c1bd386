import { type Kysely, sql } from 'kysely'
import { elements, integersOf, query } from '../../../store/index.ts'
import type {
  BroadcastState,
  BroadcastTable,
  BroadcastTargetState,
  BroadcastTargetTable,
  RuntimeTables,
} from '../../../store/schema/runtime.ts'
import { inParts } from '../../fleet/in-parts.ts'

export type BroadcastRow = BroadcastTable
export type TargetRow = BroadcastTargetTable

export const insertBroadcast = query<RuntimeTables>()((db, p: BroadcastRow) =>
  db.insertInto('broadcasts').values({
    id: p.id,
    bot: p.bot,
    event_id: p.event_id,
    key: p.key,
    shadow: p.shadow,
    title: p.title,
    message: p.message,
    state: p.state,
    total: p.total,
    created_at: p.created_at,
    ended_at: p.ended_at,
    partition: p.partition,
  }),
)

/**
 * Adds targets, many by one statement.
 *
 * @param p.targets  JSON: pairs of type and id
 * @param p.first  position of the first of them
 */
export const insertTargets = query<RuntimeTables>()(
  (db, p: { broadcast: string; first: number; targets: string }) =>
    db
      .insertInto('broadcast_targets')
      .columns(['broadcast', 'position', 'target_type', 'target_id', 'state'])
      .expression(
        db
          .selectFrom(elements(db, p.targets, 'given'))
          .select([
            sql`cast(${p.broadcast} as text)`.as('broadcast'),
            sql`cast(${p.first} as bigint) + given.key`.as('position'),
            sql`given.value ->> 0`.as('target_type'),
            sql`given.value ->> 1`.as('target_id'),
            sql.lit('waiting').as('state'),
          ]),
      ),
)

export const broadcastById = query<RuntimeTables>()((db, p: { id: string }) =>
  db.selectFrom('broadcasts').selectAll().where('id', '=', p.id),
)

export const broadcastByKey = query<RuntimeTables>()((db, p: { key: string }) =>
  db.selectFrom('broadcasts').selectAll().where('key', '=', p.key),
)

const newest = (db: Kysely<RuntimeTables>, limit: number) =>
  db.selectFrom('broadcasts').selectAll().orderBy('id', 'desc').limit(limit)

export const latestBroadcasts = query<RuntimeTables>()((db, p: { limit: number }) => newest(db, p.limit))

export const latestOfBot = query<RuntimeTables>()((db, p: { bot: string; limit: number }) =>
  newest(db, p.limit).where('bot', '=', p.bot),
)

/**
 * Those at which something is left to be done, in the order in which they were begun.
 *
 * @param p.parts  JSON: the parts that are asked about
 */
export const openBroadcasts = query<RuntimeTables>()((db, p: { parts: string }) =>
  db
    .selectFrom('broadcasts')
    .selectAll()
    .where('ended_at', 'is', null)
    .where(inParts(db, p.parts))
    .orderBy('id'),
)

/** Moves a broadcast from one state to another, unless it has moved on meanwhile. */
export const moveBroadcast = query<RuntimeTables>()(
  (db, p: { id: string; from: BroadcastState; to: BroadcastState; endedAt: number | null }) =>
    db
      .updateTable('broadcasts')
      .set({ state: p.to, ended_at: p.endedAt })
      .where('id', '=', p.id)
      .where('state', '=', p.from),
)

/** Ends a broadcast as {@link moveBroadcast} does, unless one of its targets waits. */
export const endBroadcast = query<RuntimeTables>()(
  (db, p: { id: string; from: BroadcastState; to: BroadcastState; endedAt: number }) =>
    db
      .updateTable('broadcasts')
      .set({ state: p.to, ended_at: p.endedAt })
      .where('id', '=', p.id)
      .where('state', '=', p.from)
      // By the order PostgreSQL goes along the index, and does not read all in the hope of finding one soon.
      .where(eb =>
        eb(
          eb
            .selectFrom('broadcast_targets')
            .select('position')
            .where('broadcast', '=', p.id)
            .where('state', '=', 'waiting')
            .orderBy('position')
            .limit(1),
          'is',
          null,
        ),
      ),
)

/** Targets after a position, in their order. */
export const targetsAfter = query<RuntimeTables>()(
  (db, p: { broadcast: string; after: number; limit: number }) =>
    db
      .selectFrom('broadcast_targets')
      .selectAll()
      .where('broadcast', '=', p.broadcast)
      .where('position', '>', p.after)
      .orderBy('position')
      .limit(p.limit),
)

/** Targets of one state after a position, in their order. */
export const targetsIn = query<RuntimeTables>()(
  (db, p: { broadcast: string; state: BroadcastTargetState; after: number; limit: number }) =>
    db
      .selectFrom('broadcast_targets')
      .selectAll()
      .where('broadcast', '=', p.broadcast)
      .where('state', '=', p.state)
      .where('position', '>', p.after)
      .orderBy('position')
      .limit(p.limit),
)

export const countTargets = query<RuntimeTables>()((db, p: { broadcast: string }) =>
  db
    .selectFrom('broadcast_targets')
    .select(eb => ['state', eb.fn.countAll<number>().as('count')])
    .where('broadcast', '=', p.broadcast)
    .groupBy('state'),
)

/** What became of a target. */
export interface TargetNote {
  readonly state: BroadcastTargetState
  readonly msgId: number | null
  /** Epoch ms. */
  readonly sentAt: number | null
  readonly error: string | null
}

export const noteTarget = query<RuntimeTables>()(
  (db, p: TargetNote & { broadcast: string; position: number }) =>
    db
      .updateTable('broadcast_targets')
      .set({ state: p.state, msg_id: p.msgId, sent_at: p.sentAt, error: p.error })
      .where('broadcast', '=', p.broadcast)
      .where('position', '=', p.position),
)

/**
 * Gives up the first of the targets that wait.
 *
 * @param p.but  JSON: positions that are left alone
 */
export const leaveTargets = query<RuntimeTables>()(
  (db, p: { broadcast: string; but: string; limit: number }) =>
    db
      .updateTable('broadcast_targets')
      .set({ state: 'cancelled' })
      .where('broadcast', '=', p.broadcast)
      .where('position', 'in', eb =>
        eb
          .selectFrom('broadcast_targets as next')
          .select('next.position')
          .where('next.broadcast', '=', p.broadcast)
          .where('next.state', '=', 'waiting')
          .where('next.position', 'not in', integersOf(db, p.but))
          .orderBy('next.position')
          .limit(p.limit),
      ),
)
