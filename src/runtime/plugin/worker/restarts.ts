import { backoffMs } from '../../../base/backoff.ts'
import type { Clock } from '../../../base/clock.ts'

const RESTART = { firstMs: 100, longestMs: 60_000 }
/** A thread that worked so long begins anew with short pauses when it ends. */
const WORKED_MS = 60_000

/** How often the thread of a plugin ended in a row. */
export class Restarts {
  readonly #clock: Clock
  #failures = 0
  /** When it last began to work, if it does: epoch ms. */
  #upAt: number | undefined
  #last: Error | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get failures(): number {
    return this.#failures
  }

  /** What is the matter with the thread, for people; nothing once it has worked for a while. */
  get trouble(): string | undefined {
    if (this.#failures === 0 || this.#hasWorked) return undefined
    const times = this.#failures === 1 ? 'once' : `${this.#failures} times in a row`
    const now = this.#upAt === undefined ? 'is being started again' : 'is back'
    return `its thread ended ${times} and ${now}; last: ${this.#last?.message}`
  }

  up(): void {
    this.#upAt = this.#clock.now()
  }

  /** @returns how long to wait before it is started again, in ms */
  ended(error: Error): number {
    if (this.#hasWorked) this.#failures = 0
    this.#upAt = undefined
    this.#last = error
    return backoffMs(++this.#failures, RESTART)
  }

  get #hasWorked(): boolean {
    return this.#upAt !== undefined && this.#clock.now() - this.#upAt >= WORKED_MS
  }
}
