import type { Mark, Stopwatch } from '../base/stopwatch.ts'
import { type AnswerHeaders, heardIn, MINUTE_MS } from './count.ts'
import type { HeardLately } from './quota-ledger.ts'

interface Lately {
  readonly isKnown: boolean
  readonly limit?: number | undefined
  readonly told?: { readonly remaining: number; readonly resetMs: number; readonly at: Mark } | undefined
}

const NOTHING: Lately = { isKnown: false }

/** What JMessage's answers told of the quota, and the ledger was not told yet. */
export class HeardBook {
  readonly #watch: Stopwatch
  #lately = NOTHING
  #sent: Lately | undefined
  #limit: number | undefined
  /** After a 429. */
  #hold: { readonly ms: number; readonly at: Mark } | undefined

  constructor(watch: Stopwatch) {
    this.#watch = watch
  }

  /** Nothing may leave for so long. */
  get holdMs(): number {
    if (!this.#hold) return 0
    // It must not last for ever when a clock was set back.
    const left = this.#hold.ms - this.#watch.atMost(this.#hold.at)
    if (left <= 0) this.#hold = undefined
    return Math.max(0, left)
  }

  /** @returns whether the others should know at once */
  add(header: AnswerHeaders, status: number | undefined): boolean {
    const { limit, remaining, resetMs, holdMs } = heardIn(header, status)
    const { told } = this.#lately
    const isNewLimit = limit !== undefined && limit !== this.#limit
    this.#limit = limit ?? this.#limit
    this.#lately = { isKnown: true, limit: limit ?? this.#lately.limit, told }
    if (holdMs !== undefined) {
      this.hold(holdMs)
      return true
    }
    if (remaining !== undefined) {
      // Answers overtake each other: in the same minute the least counts.
      const same = told && resetMs < told.resetMs - this.#watch.atMost(told.at) + MINUTE_MS / 2
      const least = same ? Math.min(told.remaining, remaining) : remaining
      this.#lately = { ...this.#lately, told: { remaining: least, resetMs, at: this.#watch.mark() } }
    }
    return isNewLimit
  }

  /** Nothing may leave for so long from now, or longer. */
  hold(ms: number): void {
    if (ms > this.holdMs) this.#hold = { ms, at: this.#watch.mark() }
  }

  /** What is to be told now. */
  lately(): HeardLately {
    this.#sent = this.#lately
    const { isKnown, limit, told } = this.#lately
    const holdMs = Math.ceil(this.holdMs)
    const heard = { isKnown, limit, holdMs: holdMs > 0 ? holdMs : undefined }
    if (!told) return heard
    const resetMs = Math.ceil(told.resetMs - this.#watch.atMost(told.at))
    return resetMs <= 0 ? heard : { ...heard, remaining: told.remaining, resetMs }
  }

  /** It was heard. */
  heard(): void {
    if (this.#lately === this.#sent) this.#lately = NOTHING
  }
}
