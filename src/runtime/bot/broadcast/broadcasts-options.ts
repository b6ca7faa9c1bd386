import type { Clock } from '../../../base/clock.ts'
import type { Log } from '../../../base/log.ts'
import type { Store } from '../../../store/index.ts'
import type { RuntimeTables } from '../../../store/schema/runtime.ts'
import type { Place } from '../../fleet/place.ts'
import type { AppOutbox } from '../app-outbox.ts'
import type { Sending } from '../context.ts'
import type { BroadcastRow } from './broadcast-rows.ts'
import type { NewTarget } from './broadcast-store.ts'

export interface BroadcastsOptions {
  readonly store: Store<RuntimeTables>
  readonly clock: Clock
  readonly log: Log
  readonly makeId: () => string
  /** How long so many messages of a bot take from now on, if it is none of those that were added: ms. */
  readonly estimateMs: (messages: number, bot: string) => number
  /** Of this process among those that share the work. Default: it does all by itself. */
  readonly place?: Place
}

/** A bot that broadcasts. */
export interface Sender {
  readonly sending: Sending
  /** Of its app: with those of the same one its broadcasts share the pace. */
  readonly exit: Pick<AppOutbox, 'appKey' | 'quota' | 'estimateMs'>
  readonly isShadow: boolean
}

/** A broadcast that is asked for: all but what is found out when it is begun. */
export type NewBroadcast = Pick<BroadcastRow, 'bot' | 'event_id' | 'key' | 'title' | 'message'> & {
  readonly targets: readonly NewTarget[]
  readonly isPaused: boolean
  /** Of the delivery that it comes of. */
  readonly partition?: number | undefined
}
