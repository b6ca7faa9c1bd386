/** A process that works on the database: one row each, for as long as it lives. */
export interface NodeTable {
  id: string
  /** What a person knows it by. */
  name: string
  started_at: number
  /** When it was last heard of, by the clock of the database: epoch ms. */
  beat_at: number
  /** By how much its clock may differ from that of the database, in ms. */
  error_ms: number
}

/** A part of all conversations, and the process that sees to it. */
export interface PartitionTable {
  number: number
  /** Id of a node. */
  owner: string | null
  /** Since when, by the clock of the database: epoch ms. */
  owned_at: number | null
}

/** How several processes share the quotas of their apps: one row an app. */
export interface QuotaLedgerTable {
  app: string
  /** Rises with every change. */
  version: number
  /** JSON. */
  ledger: string
  /** By the database: epoch ms. */
  updated_at: number
}

/** A delivery that a process was at when its event loop made no turn any more. */
export interface StuckTable {
  /** Id of a node; empty where it is not known any more. */
  node: string
  /** Empty for a plugin that was handling nothing, and runs the same code. */
  event_id: string
  bot: string
  plugin: string
  /** Whether it was this one, or may have been: 1 or 0. */
  certain: number
  /** By the clock of the database: epoch ms. */
  noted_at: number
}
