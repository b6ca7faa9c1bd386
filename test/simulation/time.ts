import type { Cancel, Clock } from '../../src/base/clock.ts'
import { turns } from '../quiet.ts'

interface Timer {
  readonly at: number
  readonly run: () => void
}

/** Nothing came of so many turns of the event loop: all that is going on waits for time to pass. */
const QUIET_TURNS = 12

/** The time of a simulation: it jumps from timer to timer, and lets what each starts come to rest in between. */
export class Time implements Clock {
  #now = Date.UTC(2026, 0, 1)
  /** In the order in which they were set. */
  readonly #timers = new Set<Timer>()
  #stirred = 0

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): Cancel {
    const timer = { at: this.#now + Math.max(0, ms), run }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Something happened that more may come of without time passing. */
  readonly stir = (): void => void this.#stirred++

  /** Resolves when nothing happens any more unless time passes. */
  async quiet(): Promise<void> {
    for (let rest = 0, seen = this.#stirred; rest < QUIET_TURNS; rest++) {
      await turns(1)
      if (this.#stirred === seen) continue
      seen = this.#stirred
      rest = 0
    }
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms
    for (let next = this.#first(); next && next.at <= until; next = this.#first()) await this.#jump(next)
    this.#now = until
  }

  /** Lets time pass until the next timer is due. */
  async jump(): Promise<void> {
    const next = this.#first()
    if (next) await this.#jump(next)
  }

  async #jump(timer: Timer): Promise<void> {
    this.#timers.delete(timer)
    this.#now = Math.max(this.#now, timer.at)
    timer.run()
    await this.quiet()
  }

  /** Of those that are due first, the one that was set first. */
  #first(): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) if (!first || timer.at < first.at) first = timer
    return first
  }
}

/** The time as a process sees it that can die: its timers die with it. */
export class TimeOfProcess implements Clock {
  readonly #time: Time
  readonly #timers = new Set<Cancel>()
  #isDead = false

  constructor(time: Time) {
    this.#time = time
  }

  /** So many timers are set. */
  get timers(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#time.now()
  }

  after(ms: number, run: () => void): Cancel {
    if (this.#isDead) return () => {}
    const cancel = this.#time.after(ms, () => {
      this.#timers.delete(end)
      run()
    })
    const end = () => {
      this.#timers.delete(end)
      cancel()
    }
    this.#timers.add(end)
    return end
  }

  die(): void {
    this.#isDead = true
    for (const cancel of this.#timers) cancel()
  }
}

export const turnOfTheLoop = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
