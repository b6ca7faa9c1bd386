/** Bounds of one plugin of one bot. */
export interface PluginLimits {
  /** Longest time a handler may take, in ms. */
  readonly handlerMs: number
  /** How often a delivery is tried before it is set aside. */
  readonly attempts: number
  /** Handlers that run at the same time. */
  readonly concurrency: number
  /** So many deliveries may wait; then webhooks of the plugin are refused for a while. */
  readonly queue: number
  /** After so many failures in a row the plugin rests. */
  readonly failures: number
  /** How long it rests at first, in ms; it doubles. */
  readonly pauseMs: number
}

/** Bounds of the dispatch; those of plugins hold where a plugin has none of its own. */
export interface DispatchLimits extends PluginLimits {
  /** Wait after the first failure, in ms; it doubles. */
  readonly firstRetryMs: number
  readonly longestRetryMs: number
  /**
   * Deliveries held in memory, about: what is beyond waits in the journal. Each plugin has an equal part; those that are
   * busy have as much as half of all besides, together.
   */
  readonly inMemory: number
  /** How large the data of all of them may be, about, as chars of JSON; what is beyond waits in the journal, too. */
  readonly charsInMemory: number
}

export const defaultLimits: DispatchLimits = {
  handlerMs: 30_000,
  attempts: 6,
  concurrency: 32,
  queue: 50_000,
  failures: 20,
  pauseMs: 30_000,
  firstRetryMs: 1000,
  longestRetryMs: 60_000,
  inMemory: 20_000,
  charsInMemory: 64 * 1024 * 1024,
}
