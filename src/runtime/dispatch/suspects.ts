import type { HeldDelivery } from '../events/event.ts'
import type { Crew } from './crew.ts'

/**
 * Deliveries of which one kept a process busy until that was ended, and nobody knows which. They are handled one at a
 * time, those of one plugin after those of another, and nothing beside them of the plugins whose code it was: so it shows.
 */
export class Suspects {
  /** What is left of each plugin, in their order: the part of each event. */
  readonly #events = new Map<Crew, Map<string, number>>()
  readonly #onRoom: (crew: Crew) => void

  /** @param onRoom  told when more of a plugin may run than before */
  constructor(onRoom: (crew: Crew) => void) {
    this.#onRoom = onRoom
  }

  /** Whether it is the turn of a plugin. */
  isTurnOf(crew: Crew): boolean {
    for (const [next, events] of this.#events) if (events.size > 0) return next === crew
    return true
  }

  /** @param delivery  none for a plugin that only has to wait until the others are through */
  add(crew: Crew, delivery: HeldDelivery | undefined): void {
    const events = this.#events.get(crew) ?? new Map<string, number>()
    this.#events.set(crew, events)
    if (delivery) events.set(delivery.event.id, delivery.partition)
    crew.suspects = this
  }

  /** Bounds what may run; once nothing is left, no more. */
  allow(): void {
    const crews = [...this.#events.keys()]
    if ([...this.#events.values()].every(events => events.size === 0)) this.#events.clear()
    for (const crew of crews) {
      if (this.#events.size === 0) crew.suspects = undefined
      crew.allow()
    }
  }

  /** A delivery did not keep the process busy this time. */
  clear(crew: Crew, event: string): void {
    const events = this.#events.get(crew)
    if (events?.delete(event) && events.size === 0) this.#goOn()
  }

  /** Other processes see to some parts. */
  leave(parts: ReadonlySet<number>): void {
    let isLess = false
    for (const events of this.#events.values())
      for (const [event, partition] of events)
        if (parts.has(partition)) isLess = events.delete(event) || isLess
    if (isLess) this.#goOn()
  }

  #goOn(): void {
    const crews = [...this.#events.keys()]
    this.allow()
    for (const crew of crews) this.#onRoom(crew)
  }
}
