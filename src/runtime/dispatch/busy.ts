import type { Recipient } from '../events/event.ts'

/**
 * Says what the process is at, for a watchdog in another thread to read when the process does nothing else any more. It
 * is called on the hottest path there is.
 */
export interface BusyMark {
  /** The number by which a plugin is meant; the same each time. */
  numberOf(recipient: Recipient): number
  /** A handler begins; it may keep the process until {@link leave}. */
  enter(plugin: number, event: string): void
  leave(): void
  /** A plugin is being set up, or, without a number, no longer is. */
  settingUp(plugin?: number): void
}

/** Nobody looks. */
export const noMark: BusyMark = Object.freeze({ numberOf: () => 0, enter() {}, leave() {}, settingUp() {} })
