import type { Priority } from '../../base/priority.ts'
import type { Schema } from '../store.ts'
import type { NodeTable, PartitionTable, QuotaLedgerTable, StuckTable } from './fleet-tables.ts'
import type { ReloadAnswerTable, ReloadTable } from './reload-tables.ts'
import * as m001 from './runtime-001.ts'
import * as m002 from './runtime-002.ts'
import * as m003 from './runtime-003.ts'
import * as m004 from './runtime-004.ts'
import * as m005 from './runtime-005.ts'
import * as m006 from './runtime-006.ts'
import * as m007 from './runtime-007.ts'

/**
 * `pending`: to be handled; `done`; `dead`: set aside after its last attempt, with its error; `dropped`: was dead, and a
 * person decided that it is not needed.
 */
export type DeliveryState = 'pending' | 'done' | 'dead' | 'dropped'
/**
 * On its way: `queued`, to be sent; `sending`, a request may be under way; `doubtful`, a request may have taken effect,
 * to be looked up first. At its end: `sent`; `failed`, JMessage refused for good, or did not take it in time; `unsure`,
 * it may have taken effect and nobody can tell, so that it is not made again by itself; `cancelled`, taken back before it
 * left; `dropped`, was failed or unsure, and a person decided that it is not needed.
 * `shadow`: never on its way, as its bot is in the shadow.
 */
export type OutboxState =
  | 'queued'
  | 'sending'
  | 'doubtful'
  | 'sent'
  | 'failed'
  | 'unsure'
  | 'cancelled'
  | 'dropped'
  | 'shadow'
/** `undoing`: what was sent is being taken back. */
export type BroadcastState = 'running' | 'paused' | 'done' | 'cancelled' | 'undoing' | 'undone'
/** `too-late`: could not be taken back any more. */
export type BroadcastTargetState =
  | 'waiting'
  | 'sent'
  | 'failed'
  | 'unsure'
  | 'cancelled'
  | 'retracted'
  | 'too-late'

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
  /** When it was handled, set aside or dropped: epoch ms. */
  ended_at: number | null
  /** The event that this one repeats, where a person had it handed over anew. */
  replay_of: string | null
  /** Which part of all conversations its own is in: the process that has the part handles it. */
  partition: number
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
  priority: Priority
  /** JSON: arguments of the endpoint. */
  args: string
  state: OutboxState
  attempts: number
  /** JSON: the endpoint's answer. */
  result: string | null
  error: string | null
  created_at: number
  /** When it is no longer worth making: epoch ms. */
  expires_at: number
  updated_at: number
  /** As that of the delivery that it comes of. */
  partition: number
  /** The appKey; empty for the main app in rows of earlier versions. */
  app: string
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
  /** It comes about again and again: how often, as JSON. */
  every: string | null
}

/** What plugins remember. */
export interface StateTable {
  bot: string
  plugin: string
  key: string
  value: string
  /** From then on it counts as forgotten: epoch ms. */
  expires_at: number | null
}

/** A dialogue of a plugin with a person that waits for an answer. */
export interface DialogueTable {
  /** Where it is held: as that of the events. */
  conversation: string
  /** Username. */
  person: string
  bot: string
  plugin: string
  /** The event that began it. */
  event_id: string
  /** JSON: that event, and all that was answered. */
  log: string
  /** Rises with every change. */
  revision: number
  /** Until when an answer is waited for: epoch ms. */
  expires_at: number
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

/** Up to when schedules are accounted for, so that they make up for what they missed. */
export interface ScheduleTable {
  bot: string
  plugin: string
  name: string
  /** With another expression or zone the schedule begins anew. */
  expression: string
  timezone: string
  /** Firings up to this moment became events, or were passed over: epoch ms. */
  accounted_at: number
  /** The last moment that it fired for: epoch ms. */
  fired_at: number | null
  /** Since when it fires no more, as a person wants: epoch ms. */
  paused_at: number | null
}

/** A message to many. */
export interface BroadcastTable {
  /** Sorts by when it was begun. */
  id: string
  /** Name of the bot's file. */
  bot: string
  event_id: string | null
  /** By which it is known when it is asked for again; no other has it. */
  key: string
  /** Whether its bot was in the shadow, so that nothing of it may ever leave: 0 or 1. */
  shadow: number
  /** What a person knows it by. */
  title: string
  /** JSON: what is sent, without its target. */
  message: string
  state: BroadcastState
  /** Targets. */
  total: number
  created_at: number
  /** Nothing is left to be done: epoch ms. */
  ended_at: number | null
  /** As that of the delivery that it comes of. */
  partition: number
}

/** What became of a broadcast for one of its targets. */
export interface BroadcastTargetTable {
  broadcast: string
  /** Targets are served in this order, from 0. */
  position: number
  target_type: TargetKind
  target_id: string
  state: BroadcastTargetState
  msg_id: number | null
  /** Epoch ms. */
  sent_at: number | null
  error: string | null
}
type TargetKind = 'single' | 'group' | 'chatroom'

/** What a person asked the running process for from elsewhere, such as to hand an event over again. */
export interface OrderTable {
  /** Sorts by when it was given. */
  id: string
  kind: string
  /** JSON. */
  args: string
  created_at: number
  done_at: number | null
  /** JSON: what came of it. */
  result: string | null
}

export interface RuntimeTables {
  deliveries: DeliveryTable
  outbox: OutboxTable
  jobs: JobTable
  state: StateTable
  dialogues: DialogueTable
  identities: IdentityTable
  media: MediaTable
  cursors: CursorTable
  schedules: ScheduleTable
  broadcasts: BroadcastTable
  broadcast_targets: BroadcastTargetTable
  orders: OrderTable
  nodes: NodeTable
  partitions: PartitionTable
  quota_ledgers: QuotaLedgerTable
  reloads: ReloadTable
  reload_answers: ReloadAnswerTable
  stuck: StuckTable
}

export const runtimeSchema: Schema<RuntimeTables> = {
  name: 'runtime',
  migrations: {
    ...{ '001-tables': m001, '002-fleet': m002, '003-quota': m003 },
    ...{ '004-apps': m004, '005-reloads': m005, '006-stuck': m006 },
    '007-sdk': m007,
  },
  fleeting: ['nodes', 'partitions', 'quota_ledgers', 'reloads', 'reload_answers', 'stuck'],
}
