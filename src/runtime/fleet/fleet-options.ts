import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import type { News } from './place.ts'
import type { SharedClock } from './shared-clock.ts'

/** What sees to parts. */
export interface Worker {
  /**
   * This node has these parts from now on.
   *
   * @param goesOn  others saw to them until a moment ago
   * @param admit  to be called when it is known what others may have begun: before, nothing of them is handled
   */
  take(parts: readonly number[], goesOn: boolean, admit: () => void): Promise<void>
  /** It is to give them up: resolves when nothing of them is under way, and nothing is begun any more. */
  leave(parts: readonly number[]): Promise<void>
  /** Another node has them already. */
  lose(parts: readonly number[]): void
  /** News of the parts that it has, or of all, in the order of the commits. */
  hear(news: readonly News[]): void
  /** News may have been missed: what waits for its parts has to be looked for. */
  look(): void
  /** It may go on after it was not sure. */
  sure(): void
}

export interface FleetOptions {
  readonly store: Store<RuntimeTables>
  readonly log: Log
  /** What a person knows this node by. */
  readonly name: string
  /** The machine's. */
  readonly clock: Clock
  /** Time that nobody sets, in ms. */
  readonly steady: () => number
  readonly shared: SharedClock
  /** Told when every node is to read its configuration anew. */
  readonly onReload?: () => void
}
