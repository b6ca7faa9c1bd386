import type { BreakerState } from './breaker.ts'
import type { Crew } from './crew.ts'
import type { NotedError } from './last-errors.ts'

/** How a plugin of a bot fares. */
export interface PluginHealth {
  /** `resting`: it failed so often in a row that nothing is handed to it; `probing`: one delivery at a time is. */
  readonly state: BreakerState
  /** Handlers that run. */
  readonly running: number
  /** Deliveries that are not handled, those under way among them; about. */
  readonly waiting: number
  readonly failuresInARow: number
  /** When it is tried again, while it rests: epoch ms. */
  readonly restsUntil: number | undefined
  /** Errors since the start. */
  readonly errors: number
  /** The newest last. */
  readonly lastErrors: readonly NotedError[]
}

export const healthOf = ({ breaker, running, waiting, errors }: Crew): PluginHealth => ({
  state: breaker.state,
  running,
  waiting,
  failuresInARow: breaker.inARow,
  restsUntil: breaker.restsUntil,
  errors: errors.count,
  lastErrors: errors.list,
})

/** Of a plugin for which nothing came yet. */
export const wellSoFar: PluginHealth = Object.freeze({
  state: 'working',
  running: 0,
  waiting: 0,
  failuresInARow: 0,
  restsUntil: undefined,
  errors: 0,
  lastErrors: [],
})
