import type { Clock } from '../../../base/clock.ts'
import type { Log } from '../../../base/log.ts'
import type { Store } from '../../../store/index.ts'
import type { RuntimeTables } from '../../../store/schema/runtime.ts'
import type { Place } from '../../fleet/place.ts'
import type { Sending } from '../context.ts'
import type { BroadcastRow } from './broadcast-rows.ts'
import type { NewTarget } from './broadcast-store.ts'

export interface BroadcastsOptions {
  readonly store: Store<RuntimeTables>
  readonly clock: Clock
  readonly log: Log
  readonly makeId: () => string
  /** Calls a minute that JMessage allows; `undefined`: any number. */
  readonly quota: () => number | undefined
  /** How long so many messages take from now on: ms. */
  readonly estimateMs: (messages: number) => number
  /** Of this process among those that share the work. Default: it does all by itself. */
  readonly place?: Place
}

/** A bot that broadcasts. */
export interface Sender {
  readonly sending: Sending
  readonly isShadow: boolean
}

/** A broadcast that is asked for: all but what is found out when it is begun. */
export type NewBroadcast = Pick<BroadcastRow, 'bot' | 'event_id' | 'key' | 'title' | 'message'> & {
  readonly targets: readonly NewTarget[]
  readonly isPaused: boolean
  /** Of the delivery that it comes of. */
  readonly partition?: number | undefined
}
