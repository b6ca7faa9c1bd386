import type { Clock } from './clock.ts'

/** A moment, on both of a machine's clocks. */
export interface Mark {
  readonly wall: number
  readonly elapsed: number
}

/**
 * Measures spans. The clock may be set, and the time since the machine was started may stand still while it sleeps:
 * where the two differ, both are told.
 */
export class Stopwatch {
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  mark(): Mark {
    const wall = this.#clock.now()
    return { wall, elapsed: this.#clock.elapsed?.() ?? wall }
  }

  /** Ms since then, at least. */
  atLeast(since: Mark): number {
    const now = this.mark()
    return Math.max(0, Math.min(now.wall - since.wall, now.elapsed - since.elapsed))
  }

  /** Ms since then, at most. */
  atMost(since: Mark): number {
    const now = this.mark()
    return Math.max(0, now.wall - since.wall, now.elapsed - since.elapsed)
  }
}
