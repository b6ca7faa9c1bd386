/** Bounds of the dispatch. */
export interface DispatchLimits {
  /** Longest time a handler may take, in ms. */
  readonly handlerMs: number
  /** How often a delivery is tried before it is set aside. */
  readonly attempts: number
  /** Wait after the first failure, in ms; it doubles. */
  readonly firstRetryMs: number
  readonly longestRetryMs: number
  /** Handlers of one plugin that run at the same time. */
  readonly perPlugin: number
  /** Deliveries held in memory; what is beyond waits in the journal. */
  readonly inMemory: number
}

export const defaultLimits: DispatchLimits = {
  handlerMs: 30_000,
  attempts: 6,
  firstRetryMs: 1000,
  longestRetryMs: 60_000,
  perPlugin: 32,
  inMemory: 20_000,
}
