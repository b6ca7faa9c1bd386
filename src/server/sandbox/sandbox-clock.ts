import type { Cancel, Clock } from '../../base/clock.ts'

/** A clock that can be moved ahead. What waits keeps its own pace. */
export class SandboxClock implements Clock {
  readonly #base: Clock
  #ahead = 0

  constructor(base: Clock) {
    this.#base = base
  }

  now(): number {
    return this.#base.now() + this.#ahead
  }

  after(ms: number, run: () => void): Cancel {
    return this.#base.after(ms, run)
  }

  advance(ms: number): void {
    this.#ahead += ms
  }

  /** Sets by how much it is ahead in all. */
  set ahead(ms: number) {
    this.#ahead = ms
  }
}
