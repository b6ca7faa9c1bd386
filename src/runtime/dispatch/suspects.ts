import type { Crew } from './crew.ts'

/**
 * Deliveries of which one kept a process busy until that was ended, and nobody knows which. They are handled one at a
 * time, those of one plugin after those of another, and nothing beside them of the plugins whose code it was: so it shows.
 */
export class Suspects {
  /** What is left of each plugin, in their order. */
  readonly #events = new Map<Crew, Set<string>>()

  /** Whether it is the turn of a plugin. */
  isTurnOf(crew: Crew): boolean {
    for (const [next, events] of this.#events) if (events.size > 0) return next === crew
    return true
  }

  /** @param event  none for a plugin that only has to wait until the others are through */
  add(crew: Crew, event: string | undefined): void {
    const events = this.#events.get(crew) ?? new Set()
    this.#events.set(crew, events)
    if (event !== undefined) events.add(event)
    crew.suspects = this
  }

  /** Bounds what may run; once nothing is left, no more. */
  allow(): void {
    const isThrough = [...this.#events.values()].every(events => events.size === 0)
    for (const crew of this.#events.keys()) {
      if (isThrough) crew.suspects = undefined
      crew.allow()
    }
  }

  /** A delivery did not keep the process busy this time. Returns those of which more may run now. */
  clear(crew: Crew, event: string): readonly Crew[] {
    const events = this.#events.get(crew)
    if (!events?.delete(event) || events.size > 0) return []
    this.allow()
    return [...this.#events.keys()]
  }
}
