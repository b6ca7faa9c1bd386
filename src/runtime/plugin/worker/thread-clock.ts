import { type Cancel, type Clock, systemClock } from '../../../base/clock.ts'
import type { Link } from './link.ts'
import type { ThreadData } from './wire.ts'

/** The clock of a thread: that of the machine, or, where the main thread has another one, that one. */
export class ThreadClock implements Clock {
  readonly #link: Link
  readonly #machine: boolean
  readonly #timers = new Map<number, () => void>()
  #now: number
  #ids = 0

  constructor(link: Link, { time, now }: ThreadData) {
    this.#link = link
    this.#machine = time === 'machine'
    this.#now = now
  }

  now(): number {
    return this.#machine ? systemClock.now() : this.#now
  }

  after(ms: number, run: () => void): Cancel {
    if (this.#machine) return systemClock.after(ms, run)
    const id = ++this.#ids
    this.#timers.set(id, run)
    this.#link.tell({ type: 'timer', id, ms })
    return () => {
      if (this.#timers.delete(id)) this.#link.tell({ type: 'timer', id, ms: undefined })
    }
  }

  /** The main thread said what time it is. */
  set(now: number | undefined): void {
    if (now !== undefined) this.#now = now
  }

  /** A timer ran out in the main thread. */
  fire(id: number): void {
    const run = this.#timers.get(id)
    this.#timers.delete(id)
    run?.()
  }
}
