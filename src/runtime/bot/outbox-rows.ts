import type { Clock } from '../../base/clock.ts'
import { change, type Store } from '../../store/index.ts'
import type { OutboxState, RuntimeTables } from '../../store/schema/runtime.ts'
import { type End, type Entry, rowOf } from './outbox-entry.ts'
import { callByKey, keepCall, noteCall, type OutboxRow, openCalls } from './outbox-store.ts'

/** The rows of calls: what is on disk of them. */
export class OutboxRows {
  readonly #store: Store<RuntimeTables>
  readonly #clock: Clock

  constructor(store: Store<RuntimeTables>, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Calls that have not ended. */
  open(): Promise<OutboxRow[]> {
    return this.#store.read.all(openCalls, {})
  }

  byKey(key: string): Promise<OutboxRow | undefined> {
    return this.#store.read.first(callByKey, { key })
  }

  /** Writes a call down before it leaves. Resolves with the row of the same call if it was asked for before. */
  async keep(entry: Entry): Promise<OutboxRow | undefined> {
    const known = await this.#store.write(keepCall(rowOf(entry, this.#clock.now())))
    entry.recorded = true
    return known
  }

  /** Notes how a call is now. */
  note(entry: Entry, state: OutboxState, end: End = {}): Promise<unknown> {
    entry.state = state
    // Writes keep their order, and each holds all that is known.
    entry.recorded = true
    return this.#store.apply(change(noteCall, rowOf(entry, this.#clock.now(), end)))
  }
}
