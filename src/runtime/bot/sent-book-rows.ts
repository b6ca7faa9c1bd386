import { isAmong, literally, query } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'

/** So many of them are found, the latest. */
const MOST_FOUND = 500

interface Lane {
  lane: string
  bot: string
  /** So many rows are looked at, the latest. */
  most: number
}

/** Messages of a bot to a lane among the calls that ended last, since a moment (epoch ms). */
export const sentLately = query<RuntimeTables>()((db, p: Lane & { since: number }) =>
  db
    .selectFrom(eb =>
      eb
        .selectFrom('outbox')
        .selectAll()
        .where('state', 'in', literally(['sent', 'cancelled', 'dropped', 'shadow']))
        .where('updated_at', '>=', p.since)
        .orderBy('updated_at', 'desc')
        .limit(p.most)
        .as('late'),
    )
    .selectAll()
    .where('lane', '=', p.lane)
    .where('bot', '=', p.bot)
    .where('endpoint', '=', 'messages.send')
    .orderBy('seq', 'desc')
    .limit(MOST_FOUND),
)

/** Messages of a bot to a lane among the calls that were asked for last and wait. */
export const waitingLately = query<RuntimeTables>()((db, p: Lane) =>
  db
    .selectFrom(eb =>
      eb
        .selectFrom('outbox')
        .selectAll()
        .where('state', 'in', literally(['queued', 'sending', 'doubtful']))
        .orderBy('seq', 'desc')
        .limit(p.most)
        .as('late'),
    )
    .selectAll()
    .where('lane', '=', p.lane)
    .where('bot', '=', p.bot)
    .where('endpoint', '=', 'messages.send')
    .orderBy('seq', 'desc')
    .limit(MOST_FOUND),
)

/** @param p.keys  JSON: a list of them */
export const callsByKeys = query<RuntimeTables>()((db, p: { keys: string }) =>
  db
    .selectFrom('outbox')
    .select(['key', 'event_id', 'state'])
    .where(isAmong(db, 'key', p.keys)),
)

/**
 * What some events brought to a bot.
 *
 * @param p.ids  JSON: a list of them
 */
export const eventsByIds = query<RuntimeTables>()((db, p: { ids: string; bot: string }) =>
  db
    .selectFrom('deliveries')
    .select(['event_id', 'type', 'data'])
    .where(isAmong(db, 'event_id', p.ids))
    .where('bot', '=', p.bot),
)
