import type { Priority } from '../base/priority.ts'
import type { EndpointId } from '../protocol/index.ts'
import type { Delivery, Recipient, StoredEvent } from './events/event.ts'
import type { RefusalReason } from './sources/webhook/refusals.ts'

/** How an attempt at a delivery ended. `retried`: it failed, and is made again. */
export type DeliveryEnd = 'done' | 'retried' | 'dead'

/** How one request for a call ended. `waiting`: it failed, and is made again. */
export type CallEnd = 'sent' | 'waiting' | 'failed' | 'unsure'

/** A call of the API, as an observer sees it. */
export interface ObservedCall {
  readonly key: string
  /** Username of the bot. */
  readonly bot: string
  /** Id of the event in whose handling it was asked for. */
  readonly event: string | null
  readonly endpoint: EndpointId
  readonly priority: Priority
}

/**
 * Watches events on their way, for metrics and traces. Its methods are called on the hottest path there is: they return
 * at once, and never throw. The id of the event goes through all of them.
 */
export interface Observer {
  /** An event is on disk. */
  accepted(event: StoredEvent, recipients: readonly Recipient[]): void
  /** An event came that was there already. */
  repeated(type: string): void
  /** A call of a webhook was refused; without bot and plugin, one of a webhook that there is not. */
  refused(webhook: Recipient, reason: RefusalReason): void
  /** A handler begins. */
  started(delivery: Delivery): void
  /** A handler ended, after `ms`. */
  ended(delivery: Delivery, end: DeliveryEnd, ms: number, error?: Error): void
  /** A request was answered, or failed, after `ms`. */
  called(call: ObservedCall, end: CallEnd, ms: number, error?: Error): void
  /** A schedule fired `lateMs` after it was due. */
  fired(schedule: Recipient & { readonly name: string }, lateMs: number): void
  /** A schedule did not fire, as its last event is not handled yet. */
  prevented(schedule: Recipient & { readonly name: string }): void
}

/** Watches nothing. */
export const noObserver: Observer = Object.freeze({
  accepted() {},
  repeated() {},
  refused() {},
  started() {},
  ended() {},
  called() {},
  fired() {},
  prevented() {},
})
