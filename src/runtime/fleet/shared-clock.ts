import type { Cancel, Clock } from '../../base/clock.ts'

/** Crystals drift: by so much a second, at most. */
const DRIFT = 200e-6
const SECOND = 1000
/** A measurement that is so much worse than what is known is passed over, until what is known has grown as old. */
const WORSE = 1

export interface SharedClockOptions {
  /** Of the machine; its timers are used. */
  readonly base: Clock
  /** Time that nobody sets, in ms from any moment. */
  readonly steady: () => number
}

/**
 * The time of the database, as all processes see it that work on it, whatever their machines' clocks show. It never goes
 * back. It has to be set before it is first asked: until then it is that of the machine.
 */
export class SharedClock implements Clock {
  readonly #options: SharedClockOptions
  /** What is to be added to steady time. */
  #offset: number
  /** By how much that may be wrong, when it was measured. */
  #error = Number.POSITIVE_INFINITY
  #measuredAt: number
  #last = 0

  constructor(options: SharedClockOptions) {
    this.#options = options
    this.#measuredAt = options.steady()
    this.#offset = options.base.now() - this.#measuredAt
  }

  now(): number {
    const now = Math.floor(this.#options.steady() + this.#offset)
    if (now > this.#last) this.#last = now
    return this.#last
  }

  after(ms: number, run: () => void): Cancel {
    return this.#options.base.after(ms, run)
  }

  /** By how much it may differ from the database's, in ms. */
  get errorMs(): number {
    return this.#error + ((this.#options.steady() - this.#measuredAt) / SECOND) * DRIFT * SECOND
  }

  /** The database showed `at` (epoch ms) at some moment between two of steady time. */
  measured(at: number, asked: number, answered: number): void {
    const error = (answered - asked) / 2
    if (error > this.errorMs + WORSE) return
    this.#offset = at - (asked + answered) / 2
    this.#error = error
    this.#measuredAt = answered
  }
}
