import type { Kysely } from 'kysely'
import type { Priority } from '../../base/priority.ts'
import { literally, query, type Work } from '../../store/index.ts'
import type { OutboxState, OutboxTable, RuntimeTables } from '../../store/schema/runtime.ts'
import { inParts } from '../fleet/in-parts.ts'

/** States of calls that have not ended. */
const OPEN: readonly OutboxState[] = ['queued', 'sending', 'doubtful']

export const isOpen = ({ state }: Pick<OutboxRow, 'state'>): boolean => OPEN.includes(state)

/** A row of the outbox. */
export interface NewRow {
  key: string
  seq: string
  bot: string
  event: string | null
  endpoint: string
  lane: string
  priority: Priority
  args: string
  state: OutboxState
  attempts: number
  result: string | null
  error: string | null
  createdAt: number
  expiresAt: number
  at: number
  partition: number
  app: string
}

const insert = (db: Kysely<RuntimeTables>, p: NewRow) =>
  db.insertInto('outbox').values({
    key: p.key,
    seq: p.seq,
    bot: p.bot,
    event_id: p.event,
    endpoint: p.endpoint,
    lane: p.lane,
    priority: p.priority,
    args: p.args,
    state: p.state,
    attempts: p.attempts,
    result: p.result,
    error: p.error,
    created_at: p.createdAt,
    expires_at: p.expiresAt,
    updated_at: p.at,
    partition: p.partition,
    app: p.app,
  })

const insertCall = query<RuntimeTables>()((db, p: NewRow) =>
  insert(db, p).onConflict(conflict => conflict.column('key').doNothing()),
)

/** Notes how a call is, whether it has a row or not. */
export const noteCall = query<RuntimeTables>()((db, p: NewRow) =>
  insert(db, p).onConflict(conflict =>
    conflict
      .column('key')
      .doUpdateSet(({ ref }) => ({
        state: ref('excluded.state'),
        attempts: ref('excluded.attempts'),
        result: ref('excluded.result'),
        error: ref('excluded.error'),
        updated_at: ref('excluded.updated_at'),
      }))
      .whereRef('outbox.seq', '=', 'excluded.seq')
      // A process that does not know yet that another one goes on with it must not take back how it ended.
      .where(eb =>
        eb.or([
          eb('outbox.state', 'in', literally(OPEN)),
          eb('excluded.state' as 'outbox.state', 'not in', literally(OPEN)),
        ]),
      ),
  ),
)

/** Puts a new try of a refused call in the place of the old one. */
const replaceCall = query<RuntimeTables>()((db, p: NewRow) =>
  db
    .updateTable('outbox')
    .set({
      seq: p.seq,
      args: p.args,
      state: p.state,
      attempts: 0,
      result: null,
      error: null,
      expires_at: p.expiresAt,
      updated_at: p.at,
    })
    .where('key', '=', p.key),
)

export const callByKey = query<RuntimeTables>()((db, p: { key: string }) =>
  db.selectFrom('outbox').selectAll().where('key', '=', p.key),
)

/** Writes a call down; yields the row of the same call instead, if it was asked for before and not refused. */
export const keepCall =
  (row: NewRow): Work<OutboxRow | undefined> =>
  async tx => {
    if ((await tx.run(insertCall, row)) === 1) return undefined
    const before = (await tx.first(callByKey, { key: row.key }))!
    if (before.state !== 'failed') return before
    // A refused call had no effect, so that another try of it is in order.
    await tx.run(replaceCall, row)
    return undefined
  }

/** What was sent in handling an event: the keys of those calls begin with its id. `0` comes right after `/`. */
export const callsOfEvent = query<RuntimeTables>()((db, p: { from: string; to: string; bot: string }) =>
  db
    .selectFrom('outbox')
    .selectAll()
    .where('key', '>=', p.from)
    .where('key', '<', p.to)
    .where('bot', '=', p.bot)
    .where('endpoint', '=', 'messages.send')
    .orderBy('seq'),
)

/** @param p.parts  JSON: the parts that are asked about */
export const openCalls = query<RuntimeTables>()((db, p: { parts: string }) =>
  db
    .selectFrom('outbox')
    .selectAll()
    .where('state', 'in', literally(OPEN))
    .where(inParts(db, p.parts))
    .orderBy('seq'),
)

/** As {@link openCalls}, no more of them than by what they are known. */
export const openKeys = query<RuntimeTables>()((db, p: { parts: string }) =>
  db
    .selectFrom('outbox')
    .select(['key', 'app'])
    .where('state', 'in', literally(OPEN))
    .where(inParts(db, p.parts))
    .orderBy('seq'),
)

/** Has a call that failed, or may have been made, made after all; `0` when it is neither. */
export const takeUpAgain = query<RuntimeTables>()(
  (db, p: { key: string; from: OutboxState; to: OutboxState; expiresAt: number; at: number }) =>
    db
      .updateTable('outbox')
      .set({ state: p.to, attempts: 0, expires_at: p.expiresAt, updated_at: p.at })
      .where('key', '=', p.key)
      .where('state', '=', p.from),
)

export const dropCall = query<RuntimeTables>()((db, p: { key: string; at: number }) =>
  db
    .updateTable('outbox')
    .set({ state: 'dropped', updated_at: p.at })
    .where('key', '=', p.key)
    .where('state', 'in', ['failed', 'unsure']),
)

export type OutboxRow = OutboxTable
