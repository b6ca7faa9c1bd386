import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type Cancel, type Clock, systemClock } from '../base/clock.ts'

/** How often the event loop is looked at, in ms. */
const RESOLUTION_MS = 20
/** What is told is of the last minute or two, however rarely somebody asks. */
const WINDOW_MS = 60_000
const NANOS = 1e6

/** How long the event loop keeps others waiting. */
export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  readonly #clock: Clock
  /** Of the minute before this one. */
  #earlierMs = 0
  #cancel: Cancel = () => {}

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
    this.#histogram.enable()
    this.#turnLater()
  }

  /** The longest delay that one in a hundred looks found, lately: ms. */
  get p99Ms(): number {
    return Math.max(this.#earlierMs, this.#nowMs)
  }

  close(): void {
    this.#cancel()
    this.#histogram.disable()
  }

  get #nowMs(): number {
    return Math.max(0, this.#histogram.percentile(99) / NANOS - RESOLUTION_MS)
  }

  #turnLater(): void {
    this.#cancel = this.#clock.after(WINDOW_MS, () => {
      this.#earlierMs = this.#nowMs
      this.#histogram.reset()
      this.#turnLater()
    })
  }
}
