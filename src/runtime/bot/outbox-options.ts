import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Client } from '../../client/index.ts'
import type { Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import type { Place } from '../fleet/place.ts'
import type { Observer } from '../observer.ts'
import type { OutboxRows } from './outbox-rows.ts'

/** Bounds of a call of the API. What is beyond them is set aside, and kept with its error. */
export interface SendLimits {
  /** How often it is made when JMessage fails at it, while it does what others ask of it. */
  readonly attempts: number
  /** How long it may wait to be made, in ms. */
  readonly ageMs: number
}

export const defaultSendLimits: SendLimits = { attempts: 10, ageMs: 24 * 3_600_000 }

/** An app, as its calls leave. */
export interface AppExit {
  readonly name: string
  readonly appKey: string
  /** Its limiter says how many calls are made a minute. */
  readonly client: Client
}

export interface OutboxOptions {
  readonly store: Store<RuntimeTables>
  /** The first is the main one. */
  readonly apps: readonly AppExit[]
  readonly clock: Clock
  readonly log: Log
  readonly makeId: () => string
  readonly observer?: Observer
  readonly limits?: Partial<SendLimits>
  /** So many calls of all apps may be on their way. Default 100,000. */
  readonly mostOpen?: number
  /** Calls of an app under way at the same time. Default 64. */
  readonly concurrency?: number
  /**
   * How long JMessage may still be at work on a request whose answer was lost: the history is not asked before.
   * Default 2000 ms.
   */
  readonly settleMs?: number
  /** Of this process among those that share the work. Default: it does all by itself. */
  readonly place?: Place
}

/** What calls are made with, whatever app they are of. */
export interface OutboxMeans {
  readonly clock: Clock
  readonly log: Log
  readonly makeId: () => string
  readonly observer: Observer
  readonly limits: SendLimits
  readonly concurrency: number
  readonly settleMs: number
  readonly place: Place
  readonly rows: OutboxRows
  /** Aborted when nothing more is let out. */
  readonly signal: AbortSignal
}
