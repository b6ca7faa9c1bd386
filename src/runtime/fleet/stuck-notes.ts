import { change, type Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import type { AtWork } from '../dispatch/blame.ts'
import { forgetStuck, noteStuck, stuckOfDead } from './stuck-rows.ts'

/** A note of a node that is dead. */
export interface StuckNote extends AtWork {
  readonly node: string
}

/**
 * What dead nodes were at when they did nothing else any more. Their watchdogs note it while they are stuck, so that
 * whoever takes over what they had does not end as they did.
 */
export class StuckNotes {
  readonly #store: Store<RuntimeTables>

  constructor(store: Store<RuntimeTables>) {
    this.#store = store
  }

  /** Notes what an earlier process left in a file, as it could not reach the database. */
  async add(stuck: readonly AtWork[]): Promise<void> {
    if (stuck.length > 0) await this.#store.once(noteStuck, { node: '', notes: JSON.stringify(stuck) })
  }

  /** What is noted of deliveries in some parts, and of plugins that ran the same code beside them. */
  async in(parts: readonly number[]): Promise<StuckNote[]> {
    const rows = await this.#store.read.all(stuckOfDead, {})
    const own = rows.filter(({ partition }) => partition !== null && parts.includes(partition))
    const nodes = new Set(own.map(({ node }) => node))
    const beside = rows.filter(({ node, event_id }) => event_id === '' && nodes.has(node))
    return [...own, ...beside].map(({ node, event_id, bot, plugin, certain }) => {
      return { node, event: event_id || undefined, bot, plugin, certain: certain === 1 }
    })
  }

  /** To be called when deliveries have been taken up. */
  async forget(notes: readonly StuckNote[]): Promise<void> {
    // Whoever takes other parts of the node has need of those without an event.
    const done = notes.flatMap(({ node, event, bot, plugin }) =>
      event ? [{ node, event, bot, plugin }] : [],
    )
    if (done.length > 0) await this.#store.apply(...done.map(key => change(forgetStuck, key)))
  }
}
