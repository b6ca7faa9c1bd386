import type { Cancel, Clock } from '../../base/clock.ts'
import type { Attempt } from './attempt.ts'

/** An attempt in the list. */
interface Link {
  readonly attempt: Attempt
  /** Told when the time of the attempt is up. */
  readonly expire: () => void
  readonly dueAt: number
  before: Link | undefined
  after: Link | undefined
  out: boolean
}

/**
 * The attempts that are being made. All may take equally long, so that they fall due in the order in which they begin,
 * and one timer watches them; nearly all end long before.
 *
 * A linked list, as a Set through which so much passes outgrows table after table, and each keeps what it held at the
 * time alive for several collections of garbage.
 */
export class Attempts {
  readonly #clock: Clock
  readonly #ms: number
  #first: Link | undefined
  #last: Link | undefined
  #cancel: Cancel | undefined

  /** @param ms  how long an attempt may take */
  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.#ms = ms
  }

  /** Calls `expire` when the time is up, unless what is returned is called before. That says whether it was the first to. */
  add(attempt: Attempt, expire: () => void): () => boolean {
    const dueAt = this.#clock.now() + this.#ms
    const link: Link = { attempt, expire, dueAt, before: this.#last, after: undefined, out: false }
    if (this.#last) this.#last.after = link
    else this.#first = link
    this.#last = link
    if (!this.#cancel) this.#arm(this.#ms)
    return () => this.#remove(link)
  }

  /** Aborts all, and watches them no more. */
  abort(reason: Error): void {
    this.#cancel?.()
    const all: Attempt[] = []
    for (let link = this.#first; link; link = link.after) all.push(link.attempt)
    for (const attempt of all) attempt.abort(reason)
  }

  #remove(link: Link): boolean {
    if (link.out) return false
    link.out = true
    const { before, after } = link
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    // What is out points at nothing, or it would keep others alive.
    link.before = undefined
    link.after = undefined
    return true
  }

  #arm(ms: number): void {
    this.#cancel = this.#clock.after(ms, () => {
      this.#cancel = undefined
      const now = this.#clock.now()
      for (let link = this.#first; link && link.dueAt <= now; link = this.#first) {
        link.expire()
        this.#remove(link)
      }
      if (this.#first) this.#arm(this.#first.dueAt - now)
    })
  }
}
