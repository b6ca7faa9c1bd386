import { isBefore } from '../../base/priority.ts'
import type { Entry } from './outbox-entry.ts'

/**
 * The calls that wait while their callers have gone on, by lane and in their order. Each is made after the one before
 * it has ended, and later calls of the lane wait for all of them.
 */
export class Lanes {
  readonly #held = new Map<string, Entry[]>()

  /** Whether calls of the lane wait. */
  has(lane: string): boolean {
    return this.#held.has(lane)
  }

  /** Has later calls of the lane wait for a call. */
  hold(entry: Entry): void {
    const held = this.#held.get(entry.lane)
    if (!held) return void this.#held.set(entry.lane, [entry])
    const place = placeOf(held, entry)
    if (held[place] !== entry) held.splice(place, 0, entry)
  }

  release(entry: Entry): void {
    const held = this.#held.get(entry.lane)
    if (!held) return
    const place = placeOf(held, entry)
    if (held[place] === entry) held.splice(place, 1)
    if (held.length === 0) this.#held.delete(entry.lane)
  }

  /**
   * The calls for which another has to wait and that are less urgent, the last first. What comes before one that is not
   * has been made as urgent as that one already: there may be very many.
   */
  *lessUrgentAhead(entry: Entry): Generator<Entry> {
    const held = this.#held.get(entry.lane)
    if (!held) return
    for (let place = placeOf(held, entry) - 1; place >= 0; place--) {
      if (!isBefore(entry.priority, held[place]!.priority)) return
      yield held[place]!
    }
  }

  /** The call for which another has to wait, if there is one. */
  ahead(entry: Entry): Entry | undefined {
    const held = this.#held.get(entry.lane)
    return held?.[placeOf(held, entry) - 1]
  }
}

/** Where a call is among those of its lane, or where it belongs: found by halving. */
function placeOf(held: readonly Entry[], { seq }: Entry): number {
  let low = 0
  let high = held.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (held[middle]!.seq < seq) low = middle + 1
    else high = middle
  }
  return low
}
