/** So many follow each other before others have their turn: what they write shares a commit, for which others wait. */
const MOST_IN_A_ROW = 16

/**
 * Keeps what follows from what has just ended from having the process for itself: handlers that wait for nothing would
 * go through a long queue in one turn of the event loop.
 */
export class Turns<T> {
  readonly #run: (item: T) => void
  #left = MOST_IN_A_ROW
  readonly #later: T[] = []

  constructor(run: (item: T) => void) {
    this.#run = run
  }

  /** Runs what follows, now or in a turn soon. */
  next(item: T): void {
    if (this.#left > 0) {
      this.#left--
      this.#run(item)
      return
    }
    // Real: it is about this machine, not about what time it is.
    if (this.#later.length === 0) setImmediate(() => this.#turn())
    this.#later.push(item)
  }

  #turn(): void {
    this.#left = MOST_IN_A_ROW
    for (const item of this.#later.splice(0)) this.next(item)
  }
}
