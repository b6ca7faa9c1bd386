import type { Mark, Stopwatch } from '../base/stopwatch.ts'
import type { Report } from './quota-ledger.ts'

/** Calls that ended within so many ms are told together. */
const TOGETHER_MS = 50

interface Ended {
  mark: Mark
  calls: number
}

/**
 * The calls that ended and were not told of yet. What was told and not answered is told again with the same number, as
 * it may have been heard, and what ended since waits for the next report.
 */
export class ReportBook {
  readonly #watch: Stopwatch
  #number = 0
  #told: { readonly ended: readonly Ended[]; readonly unanswered: number } | undefined
  #ended: Ended[] = []
  #unanswered = 0
  /** Calls that ended and are not in the report that is told. */
  #later = 0

  constructor(watch: Stopwatch) {
    this.#watch = watch
  }

  /** Whether there is something to tell. */
  get isEmpty(): boolean {
    return !this.#told && this.#ended.length === 0
  }

  /** Calls that ended and are in no report yet. */
  get later(): number {
    return this.#later
  }

  add(hasAnswer: boolean): void {
    const mark = this.#watch.mark()
    const last = this.#ended.at(-1)
    this.#later++
    if (!hasAnswer) this.#unanswered++
    if (last && mark.elapsed - last.mark.elapsed < TOGETHER_MS) {
      last.calls++
    } else {
      // What is told together is told as of its last moment, at the latest.
      this.#ended.push({
        mark: { wall: mark.wall + TOGETHER_MS, elapsed: mark.elapsed + TOGETHER_MS },
        calls: 1,
      })
    }
  }

  /** The report that is to be told now. */
  report(): Report {
    if (!this.#told) {
      this.#told = { ended: this.#ended, unanswered: this.#unanswered }
      this.#number++
      this.#ended = []
      this.#unanswered = 0
      this.#later = 0
    }
    const { ended, unanswered } = this.#told
    return {
      number: this.#number,
      ended: ended.map(({ mark, calls }) => [Math.floor(this.#watch.atLeast(mark)), calls] as const),
      unanswered,
    }
  }

  /** The report was heard. */
  heard(): void {
    this.#told = undefined
  }
}
