import type { Cancel, Clock } from '../../../src/base/clock.ts'

interface Timer {
  readonly at: number
  readonly run: () => void
}

/** Time that jumps from timer to timer: what each starts ends in promises alone, so that one turn of the loop is enough. */
export class Time implements Clock {
  #now = Date.UTC(2026, 0, 1)
  /** A heap: the first is due first. */
  readonly #timers: Timer[] = []

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): Cancel {
    let isWanted = true
    this.#push({ at: this.#now + Math.max(0, ms), run: () => isWanted && run() })
    return () => {
      isWanted = false
    }
  }

  async pass(ms: number): Promise<void> {
    const until = this.#now + ms
    await turnOfTheLoop()
    while (this.#timers.length > 0 && this.#timers[0]!.at <= until) {
      const { at, run } = this.#pop()
      this.#now = Math.max(this.#now, at)
      run()
      await turnOfTheLoop()
    }
    this.#now = until
  }

  #push(timer: Timer): void {
    const heap = this.#timers
    let place = heap.push(timer) - 1
    for (let above = (place - 1) >> 1; place > 0 && heap[above]!.at > timer.at; above = (place - 1) >> 1) {
      heap[place] = heap[above]!
      heap[above] = timer
      place = above
    }
  }

  #pop(): Timer {
    const heap = this.#timers
    const first = heap[0]!
    const last = heap.pop()!
    if (heap.length === 0) return first
    heap[0] = last
    for (let place = 0; ; ) {
      let below = place * 2 + 1
      if (below >= heap.length) return first
      if (below + 1 < heap.length && heap[below + 1]!.at < heap[below]!.at) below++
      if (heap[below]!.at >= last.at) return first
      heap[place] = heap[below]!
      heap[below] = last
      place = below
    }
  }
}

const turnOfTheLoop = () => new Promise<void>(resolve => setImmediate(resolve))

/** The clock of a machine: it may be wrong, run too fast or too slow, and be set. */
export class MachineClock implements Clock {
  readonly #time: Time
  readonly #startedAt: number
  readonly #rate: number
  #ahead: number
  /** What was to happen does not. */
  isStopped = false

  constructor(time: Time, aheadMs = 0, rate = 1) {
    this.#time = time
    this.#startedAt = time.now()
    this.#rate = rate
    this.#ahead = aheadMs
  }

  now(): number {
    return Math.floor(this.#startedAt + this.elapsed() + this.#ahead)
  }

  elapsed(): number {
    return (this.#time.now() - this.#startedAt) * this.#rate
  }

  after(ms: number, run: () => void): Cancel {
    return this.#time.after(ms / this.#rate, () => {
      if (!this.isStopped) run()
    })
  }

  set(aheadMs: number): void {
    this.#ahead = aheadMs
  }
}
