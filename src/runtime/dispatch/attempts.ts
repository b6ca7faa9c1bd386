import { Chain } from '../../base/chain.ts'
import type { Cancel, Clock } from '../../base/clock.ts'
import type { Attempt } from './attempt.ts'

interface Timed {
  readonly attempt: Attempt
  /** Told when the time of the attempt is up. */
  readonly expire: () => void
  readonly dueAt: number
}

/**
 * The attempts that are being made and may take equally long, so that they fall due in the order in which they begin,
 * and one timer watches them; nearly all end long before.
 */
export class Attempts {
  readonly #clock: Clock
  /** How long an attempt may take. */
  readonly ms: number
  readonly #all = new Chain<Timed>()
  #cancel: Cancel | undefined

  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.ms = ms
  }

  /** Calls `expire` when the time is up, unless what is returned is called before. That says whether it was the first to. */
  add(attempt: Attempt, expire: () => void): () => boolean {
    const link = this.#all.add({ attempt, expire, dueAt: this.#clock.now() + this.ms })
    if (!this.#cancel) this.#arm(this.ms)
    return () => this.#all.remove(link)
  }

  /** Those that are being made now. */
  get list(): Attempt[] {
    return Array.from(this.#all, ({ attempt }) => attempt)
  }

  /** Aborts all, and watches them no more. */
  abort(reason: Error): void {
    this.#cancel?.()
    for (const attempt of this.list) attempt.abort(reason)
  }

  #arm(ms: number): void {
    this.#cancel = this.#clock.after(ms, () => {
      this.#cancel = undefined
      const now = this.#clock.now()
      // None is due later than that: the clock was set back, and it is time.
      const isUp = ({ dueAt }: Timed) => dueAt <= now || dueAt - now > this.ms
      for (let next = this.#all.first; next && isUp(next.item); next = this.#all.first) {
        next.item.expire()
        this.#all.remove(next)
      }
      const { first } = this.#all
      if (first) this.#arm(first.item.dueAt - now)
    })
  }
}
