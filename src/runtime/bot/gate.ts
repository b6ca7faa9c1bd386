import { backoffMs } from '../../base/backoff.ts'
import type { Cancel, Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { RateLimited, TransportError } from '../../client/index.ts'

export interface GateOptions {
  readonly clock: Clock
  readonly log: Log
  /** Calls under way at the same time, at most. */
  readonly concurrency: number
}

interface Waiting {
  readonly order: string
  readonly admit: () => void
  readonly delayed: () => void
}

/**
 * Lets calls through to JMessage: so many at a time, and while it cannot be reached only one now and then, to see
 * whether it is back. The log hears of an outage once, and once of its end.
 *
 * While a timer runs the gate is closed, and how older calls end tells nothing new. When it has run out, the next call
 * is let through, and how that one ends decides.
 */
export class Gate {
  readonly #options: GateOptions
  /** In the order in which the calls were asked for. */
  readonly #waiting: Waiting[] = []
  #underWay = 0
  #failures = 0
  #closed = false
  #stopped = false
  #outageSince: number | undefined
  #timer: { readonly until: number; readonly cancel: Cancel } | undefined
  #onIdle = () => {}

  constructor(options: GateOptions) {
    this.#options = options
  }

  /** Whether calls have to wait for JMessage, and not only for each other. */
  get isClosed(): boolean {
    return this.#closed
  }

  /** When JMessage was last found unreachable, if it is: epoch ms. */
  get outageSince(): number | undefined {
    return this.#outageSince
  }

  /** Lets a call through if that is possible at once. It is followed by one of the `leave`s. */
  tryEnter(): boolean {
    if (!this.#hasRoom()) return false
    this.#underWay++
    return true
  }

  /**
   * Resolves when a call may be made. Each is followed by one of the `leave`s.
   *
   * @param order  of those that wait, the one with the lowest goes first
   * @param delayed  called when JMessage turns out to be unreachable while the call waits
   */
  async enter(order: string, delayed: () => void): Promise<void> {
    if (this.tryEnter()) return
    await new Promise<void>(admit => {
      const after = this.#waiting.findLastIndex(other => other.order < order)
      this.#waiting.splice(after + 1, 0, { order, admit, delayed })
    })
  }

  /** A call was not made after all. */
  leaveUnused(): void {
    this.#left()
    if (this.#closed && !this.#timer) this.#look()
    else this.#admit()
  }

  /** A call ended; JMessage answered it, whatever the answer was. */
  leave(): void {
    this.#left()
    if (this.#timer) return
    this.#reached()
    this.#closed = this.#stopped
    this.#admit()
  }

  /** A call ended with an error. */
  leaveAfter(error: Error): void {
    if (error instanceof RateLimited) this.#leaveLimited(error.retryAfterMs)
    else if (error instanceof TransportError) this.#leaveUnreachable(error)
    else this.leave()
  }

  #leaveUnreachable(error: Error): void {
    this.#left()
    if (this.#timer || this.#stopped) return
    if (this.#outageSince === undefined) {
      this.#outageSince = this.#options.clock.now()
      this.#options.log.warn(
        { reason: error.message },
        'JMessage is unreachable; what bots say waits until it is back',
      )
    }
    this.#failures++
    this.#close(backoffMs(this.#failures, { firstMs: 500, longestMs: 15_000 }))
  }

  #leaveLimited(waitMs: number): void {
    this.#left()
    if (this.#stopped) return
    this.#reached()
    if (this.#timer && this.#timer.until >= this.#options.clock.now() + waitMs) return
    if (!this.#timer) this.#options.log.info({ waitMs }, 'the quota of the appKey is used up; waiting')
    this.#close(waitMs)
  }

  /** Lets nothing more through. */
  stop(): void {
    this.#stopped = true
    this.#closed = true
    this.#timer?.cancel()
  }

  /** Resolves when no call is under way any more, or `graceMs` are over. To be asked once. */
  idle(graceMs: number): Promise<void> {
    return new Promise(resolve => {
      const cancel = this.#options.clock.after(graceMs, resolve)
      this.#onIdle = () => {
        cancel()
        resolve()
      }
      if (this.#underWay === 0) this.#onIdle()
    })
  }

  #left(): void {
    this.#underWay--
    if (this.#underWay === 0) this.#onIdle()
  }

  #reached(): void {
    this.#failures = 0
    if (this.#outageSince === undefined) return
    const afterSeconds = Math.round((this.#options.clock.now() - this.#outageSince) / 1000)
    this.#outageSince = undefined
    this.#options.log.info({ afterSeconds, waiting: this.#waiting.length }, 'JMessage is reachable again')
  }

  #close(ms: number): void {
    const { clock } = this.#options
    this.#timer?.cancel()
    const cancel = clock.after(ms, () => {
      this.#timer = undefined
      this.#look()
    })
    this.#timer = { until: clock.now() + ms, cancel }
    if (this.#closed) return
    this.#closed = true
    for (const { delayed } of this.#waiting) delayed()
  }

  /** Lets one call through to see how JMessage is; without one, the next that comes will see. */
  #look(): void {
    if (this.#stopped) return
    if (this.#waiting.length > 0) this.#admitOne()
    else this.#closed = false
  }

  #hasRoom(): boolean {
    return !this.#closed && this.#underWay < this.#options.concurrency
  }

  #admit(): void {
    while (this.#waiting.length > 0 && this.#hasRoom()) this.#admitOne()
  }

  #admitOne(): void {
    this.#underWay++
    this.#waiting.shift()!.admit()
  }
}
