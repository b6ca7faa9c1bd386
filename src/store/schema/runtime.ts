import type { Schema } from '../store.ts'
import * as m001 from './runtime-001.ts'

/** `pending`: to be handled; `done`; `dead`: set aside after its last attempt, with its error. */
export type DeliveryState = 'pending' | 'done' | 'dead'
/**
 * `queued`: to be sent; `sending`: a request may be under way; `unsure`: a request may have taken effect, to be looked
 * up first; `sent`; `failed`: JMessage refused for good; `cancelled`: taken back before it left.
 */
export type OutboxState = 'queued' | 'sending' | 'unsure' | 'sent' | 'failed' | 'cancelled'

/**
 * What happened, on its way to one plugin of one bot: one row for each of them, written before the event is
 * acknowledged. Most events have one, so that one row is all that is written of them, and one look finds all.
 */
export interface DeliveryTable {
  event_id: string
  /** Empty, with `plugin`, for an event that nobody has to handle. */
  bot: string
  plugin: string
  type: string
  /** Events of one conversation are handled in their order. */
  conversation: string
  /** Given by the source; a second event with the same is not accepted. Stands in the first row of an event only. */
  dedupe: string | null
  /** JSON. */
  data: string
  created_at: number
  state: DeliveryState
  attempts: number
  next_at: number | null
  error: string | null
  /** JSON: the calls that were made at once in handling it, which have no row in the outbox. */
  calls: string | null
}

/** What bots say and do: one row a call of the API, but for those that are kept with their delivery. */
export interface OutboxTable {
  /** The same call of a handler that runs again has the same key, and is not made again. */
  key: string
  /** Sorts by when the calls were asked for. */
  seq: string
  bot: string
  event_id: string | null
  endpoint: string
  /** Calls of one lane are made in their order. */
  lane: string
  /** JSON: arguments of the endpoint. */
  args: string
  state: OutboxState
  attempts: number
  /** JSON: the endpoint's answer. */
  result: string | null
  error: string | null
  created_at: number
  updated_at: number
}

/** What is to happen later: one row a job, until it is due. */
export interface JobTable {
  id: string
  bot: string
  plugin: string
  name: string
  /** A job with the key of one that waits takes its place. */
  key: string
  due_at: number
  data: string
}

/** What plugins remember. */
export interface StateTable {
  bot: string
  plugin: string
  key: string
  value: string
}

/** The admin accounts of the bots. */
export interface IdentityTable {
  appkey: string
  username: string
  bot: string
  password: string
  /** Put into the account's extras at registration, so that it is known again when the answer was lost. */
  token: string
  registered: number
  created_at: number
}

/** Files that were uploaded already. */
export interface MediaTable {
  appkey: string
  type: string
  hash: string
  /** JSON: the answer of the upload. */
  uploaded: string
}

/** How far sources have read. */
export interface CursorTable {
  name: string
  value: number
}

export interface RuntimeTables {
  deliveries: DeliveryTable
  outbox: OutboxTable
  jobs: JobTable
  state: StateTable
  identities: IdentityTable
  media: MediaTable
  cursors: CursorTable
}

export const runtimeSchema: Schema<RuntimeTables> = { name: 'runtime', migrations: { '001-first': m001 } }
