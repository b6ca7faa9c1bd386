import { parseDuration } from './duration.ts'
import { AppError } from './errors.ts'

/** Stops what was started. Calling it again does nothing. */
export type Cancel = () => void

/** The only source of time: handed in, so that tests can live through three minutes in a millisecond. */
export interface Clock {
  /** Epoch ms. */
  now(): number
  /** Ms since some moment, however the clock is set meanwhile. Without it, `now` is taken for that. */
  elapsed?(): number
  /** Calls `run` once, `ms` from now; at once (in a later turn) when `ms` is not positive. */
  after(ms: number, run: () => void): Cancel
}

/** Longer than this, setTimeout would fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

/** The machine's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, run) {
    let timer: NodeJS.Timeout
    const arm = (left: number) => {
      timer = setTimeout(
        () => (left > LONGEST_TIMEOUT_MS ? arm(left - LONGEST_TIMEOUT_MS) : run()),
        Math.min(left, LONGEST_TIMEOUT_MS),
      )
    }
    arm(Math.max(0, ms))
    return () => clearTimeout(timer)
  },
}

/** Resolves `ms` from now; rejects with the signal's reason when it is aborted before. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

interface Timer {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

const isAfter = (a: Timer, b: Timer): boolean => a.at > b.at || (a.at === b.at && a.order > b.order)

/** A clock that stands still until it is moved. For tests. */
export class ManualClock implements Clock {
  #now: number
  /** What falls due first is at the end. */
  readonly #timers: Timer[] = []
  #order = 0

  constructor(startAt = Date.UTC(2026, 0, 1, 0, 0, 0)) {
    this.#now = startAt
  }

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): Cancel {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order++, run }
    this.#timers.splice(this.#placeOf(timer), 0, timer)
    return () => {
      const place = this.#placeOf(timer)
      if (this.#timers[place] === timer) this.#timers.splice(place, 1)
    }
  }

  /**
   * Moves time on, calling what falls due in its order, and letting what that starts settle in between.
   *
   * @param time  ms, or a length of time such as `3m`
   */
  async advance(time: number | string): Promise<void> {
    const ms = typeof time === 'number' ? time : parseDuration(time)
    if (ms === undefined) {
      throw new AppError(`'${time}' is no length of time`, {
        code: 'duration.invalid',
        hint: 'Write it as 10m, 2h30m or 45s, or as a number of ms.',
      })
    }
    const until = this.#now + ms
    await this.settle()
    for (let due = this.#timers.at(-1); due && due.at <= until; due = this.#timers.at(-1)) {
      this.#timers.pop()
      this.#now = Math.max(this.#now, due.at)
      due.run()
      await this.settle()
    }
    this.#now = until
    await this.settle()
  }

  /**
   * Moves time on to a moment, as {@link advance}.
   *
   * @param moment  epoch ms, a Date, or a text such as `2026-01-05T09:00:00+08:00`
   */
  async advanceTo(moment: number | Date | string): Promise<void> {
    const at = typeof moment === 'number' ? moment : new Date(moment).getTime()
    if (at >= this.#now) return this.advance(at - this.#now)
    throw new AppError(
      Number.isNaN(at) ? `'${String(moment)}' is no moment` : `${new Date(at).toISOString()} is over`,
      { code: 'clock.moment', hint: `It is ${new Date(this.#now).toISOString()}.` },
    )
  }

  /** Gives real I/O on this machine a few turns of the event loop. */
  protected async settle(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await new Promise<void>(resolve => setImmediate(resolve))
  }

  /** Where a timer is, or where it belongs: found by halving. */
  #placeOf(timer: Timer): number {
    let low = 0
    let high = this.#timers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isAfter(this.#timers[middle]!, timer)) low = middle + 1
      else high = middle
    }
    return low
  }
}
