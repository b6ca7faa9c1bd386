import type { Cancel, Clock } from '../../base/clock.ts'

/** Something that has to end in time. */
interface Watched {
  readonly dueAt: number
  readonly expire: () => void
}

/**
 * Watches many things that all may take equally long, with one timer: in the order in which they begin they fall due,
 * and nearly all of them end long before.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #ms: number
  readonly #watched = new Set<Watched>()
  #cancel: Cancel | undefined

  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.#ms = ms
  }

  /** Calls `expire` when the time is up, unless what is returned is called before. */
  watch(expire: () => void): Cancel {
    const watched: Watched = { dueAt: this.#clock.now() + this.#ms, expire }
    this.#watched.add(watched)
    if (!this.#cancel) this.#arm(this.#ms)
    return () => void this.#watched.delete(watched)
  }

  /** Watches nothing any more. */
  stop(): void {
    this.#watched.clear()
    this.#cancel?.()
  }

  #arm(ms: number): void {
    this.#cancel = this.#clock.after(ms, () => {
      this.#cancel = undefined
      const now = this.#clock.now()
      for (const watched of this.#watched) {
        if (watched.dueAt > now) return this.#arm(watched.dueAt - now)
        this.#watched.delete(watched)
        watched.expire()
      }
    })
  }
}
