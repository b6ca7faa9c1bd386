import { type Priority, priorities } from '../base/priority.ts'
import type { Mark, Stopwatch } from '../base/stopwatch.ts'
import type { Calls } from './quota-ledger.ts'

type Counts = Record<Priority, number>

/** Going by how many were made lately, calls are kept ready for so many times the pause until there are more. */
const AHEAD = 1.25
/** With less than what is used in this, it is time for more. */
const LOW_MS = 200
/** Fewer than this are not expected at all. */
const FEW = 0.25
/** Shorter than this tells nothing of how many calls are made. */
const SHORT_MS = 200

const none = (): Counts => ({ reply: 0, notice: 0, bulk: 0 })

/** Which grants a call may use, the ones it should use first first: its own, and those of lower priority. */
const usable: Readonly<Record<Priority, readonly Priority[]>> = {
  reply: ['reply', 'notice', 'bulk'],
  notice: ['notice', 'bulk'],
  bulk: ['bulk'],
}
const anyOf: Readonly<Record<Priority, readonly Priority[]>> = {
  reply: ['reply', 'notice', 'bulk'],
  notice: ['notice', 'bulk', 'reply'],
  bulk: ['bulk', 'notice', 'reply'],
}

/** The calls that may be made: granted by priority, for as long as the lease lasts. */
export class Stock {
  readonly #watch: Stopwatch
  readonly #left = none()
  #lease: { readonly ms: number; readonly from: Mark } | undefined
  /** More comes within this. */
  #pauseMs = 0
  /** Since the last {@link plan}. */
  #used = none()
  #planned: Mark
  /** Calls per ms. */
  readonly #rates = none()

  constructor(watch: Stopwatch) {
    this.#watch = watch
    this.#planned = watch.mark()
  }

  /** Calls that may be made. */
  get size(): number {
    return this.#isLeased ? this.#all : 0
  }

  get #all(): number {
    return this.#left.reply + this.#left.notice + this.#left.bulk
  }

  get #isLeased(): boolean {
    return this.#lease !== undefined && this.#watch.atMost(this.#lease.from) < this.#lease.ms
  }

  /** @param urgent  it may use what was granted for any other */
  take(priority: Priority, urgent: boolean): boolean {
    if (this.#all === 0 || !this.#isLeased) return false
    const from = (urgent ? anyOf : usable)[priority].find(grant => this.#left[grant] > 0)
    if (!from) return false
    this.#left[from]--
    this.#used[priority]++
    return true
  }

  add(granted: Calls): void {
    for (const priority of priorities) this.#left[priority] += granted[priority]
  }

  /** What there is may be used for so long from a moment on; more comes after a pause. */
  lease(ms: number, from: Mark, pauseMs: number): void {
    this.#lease = { ms, from }
    this.#pauseMs = pauseMs
  }

  /** Whether more should be asked for beforehand. */
  isLow(priority: Priority): boolean {
    let left = 0
    for (const grant of usable[priority]) left += this.#left[grant]
    return left < Math.floor(this.#rates[priority] * LOW_MS)
  }

  /**
   * What is wanted on top of what there is. What there is and will not be needed is given up.
   *
   * @param waiting  calls that found nothing left
   */
  plan(waiting: Calls): Calls {
    this.#measure()
    const needs = none()
    for (const priority of priorities) {
      const expected = this.#rates[priority] * this.#pauseMs * AHEAD
      needs[priority] = waiting[priority] + (expected < FEW ? 0 : Math.ceil(expected))
    }
    const isLeased = this.#isLeased
    for (const grant of priorities.toReversed()) {
      let kept = 0
      if (isLeased)
        for (const priority of priorities.toReversed()) {
          if (!usable[priority].includes(grant)) continue
          const taken = Math.min(needs[priority], this.#left[grant] - kept)
          needs[priority] -= taken
          kept += taken
        }
      this.#left[grant] = kept
    }
    return needs
  }

  #measure(): void {
    const ms = this.#watch.atMost(this.#planned)
    if (ms < SHORT_MS) return
    for (const priority of priorities) {
      const rate = this.#used[priority] / ms
      // It rises at once, and falls by half each time.
      this.#rates[priority] = Math.max(rate, (rate + this.#rates[priority]) / 2)
    }
    this.#used = none()
    this.#planned = this.#watch.mark()
  }

  /** Gives everything up. */
  clear(): void {
    Object.assign(this.#left, none())
  }

  /** What is held, whether or not it may be used yet. */
  get held(): number {
    return this.#all
  }
}
