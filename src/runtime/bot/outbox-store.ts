import { query } from '../../store/index.ts'
import type { OutboxState, OutboxTable, RuntimeTables } from '../../store/schema/runtime.ts'

/** A row of the outbox. */
export interface NewRow {
  id: string
  key: string
  bot: string
  event: string | null
  endpoint: string
  lane: string
  args: string
  state: OutboxState
  attempts: number
  result: string | null
  error: string | null
  createdAt: number
  at: number
}

export const insertCall = query<RuntimeTables>()((db, p: NewRow) =>
  db
    .insertInto('outbox')
    .values({
      id: p.id,
      key: p.key,
      bot: p.bot,
      event_id: p.event,
      endpoint: p.endpoint,
      lane: p.lane,
      args: p.args,
      state: p.state,
      attempts: p.attempts,
      result: p.result,
      error: p.error,
      created_at: p.createdAt,
      updated_at: p.at,
    })
    .onConflict(conflict => conflict.column('key').doNothing()),
)

/** Puts a new try of a refused call in the place of the old one. */
export const replaceCall = query<RuntimeTables>()((db, p: NewRow & { old: string }) =>
  db
    .updateTable('outbox')
    .set({ id: p.id, args: p.args, state: p.state, attempts: 0, result: null, error: null, updated_at: p.at })
    .where('id', '=', p.old),
)

export const callByKey = query<RuntimeTables>()((db, p: { key: string }) =>
  db.selectFrom('outbox').selectAll().where('key', '=', p.key),
)

export const callById = query<RuntimeTables>()((db, p: { id: string }) =>
  db.selectFrom('outbox').selectAll().where('id', '=', p.id),
)

/** What was sent in handling an event: the keys of those calls begin with its id. `0` comes right after `/`. */
export const callsOfEvent = query<RuntimeTables>()((db, p: { from: string; to: string; bot: string }) =>
  db
    .selectFrom('outbox')
    .selectAll()
    .where('key', '>=', p.from)
    .where('key', '<', p.to)
    .where('bot', '=', p.bot)
    .where('endpoint', '=', 'messages.send')
    .orderBy('id'),
)

export const openCalls = query<RuntimeTables>()((db, _: object) =>
  db.selectFrom('outbox').selectAll().where('state', 'in', ['queued', 'sending', 'unsure']).orderBy('id'),
)

/** What is noted of a call after an attempt. */
export interface Outcome {
  id: string
  state: OutboxState
  attempts: number
  result: string | null
  error: string | null
  at: number
}

export const noteOutcome = query<RuntimeTables>()((db, p: Outcome) =>
  db
    .updateTable('outbox')
    .set({ state: p.state, attempts: p.attempts, result: p.result, error: p.error, updated_at: p.at })
    .where('id', '=', p.id),
)

export type OutboxRow = OutboxTable
