import { backoffMs } from '../../base/backoff.ts'
import type { Cancel, Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'

export interface GateOptions {
  readonly clock: Clock
  readonly log: Log
  /** Calls under way at the same time, at most. */
  readonly concurrency: number
}

/**
 * Lets calls through to JMessage: so many at a time, and while it cannot be reached only one now and then, to see
 * whether it is back. The log hears of an outage once, and once of its end.
 */
export class Gate {
  readonly #options: GateOptions
  /** In the order in which the calls were asked for. */
  readonly #waiting: { readonly order: string; readonly admit: () => void }[] = []
  #underWay = 0
  #failures = 0
  #closed = false
  #outageSince: number | undefined
  #cancel: Cancel = () => {}

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

  /**
   * Resolves when a call may be made. Each is followed by one of the `leave`s.
   *
   * @param order  of those that wait, the one with the lowest goes first
   */
  async enter(order: string): Promise<void> {
    if (this.#hasRoom()) return void this.#underWay++
    await new Promise<void>(admit => {
      const after = this.#waiting.findLastIndex(other => other.order < order)
      this.#waiting.splice(after + 1, 0, { order, admit })
    })
  }

  /** A call was not made after all. */
  leaveUnused(): void {
    this.#underWay--
    this.#admit()
  }

  /** A call ended; JMessage answered it, whatever the answer was. */
  leave(): void {
    this.#underWay--
    if (this.#outageSince !== undefined) {
      const seconds = Math.round((this.#options.clock.now() - this.#outageSince) / 1000)
      this.#options.log.info(
        { afterSeconds: seconds, waiting: this.#waiting.length },
        'JMessage is reachable again',
      )
      this.#outageSince = undefined
    }
    this.#failures = 0
    this.#closed = false
    this.#admit()
  }

  /** A call ended because JMessage could not be reached. */
  leaveUnreachable(error: Error): void {
    this.#underWay--
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

  /** A call ended because the quota is used up. */
  leaveLimited(waitMs: number): void {
    this.#underWay--
    this.#options.log.info({ waitMs }, 'the quota of the appKey is used up; waiting')
    this.#close(waitMs)
  }

  /** Wakes nobody any more. */
  stop(): void {
    this.#cancel()
    this.#closed = true
  }

  #close(ms: number): void {
    this.#closed = true
    this.#cancel()
    this.#cancel = this.#options.clock.after(ms, () => {
      if (this.#waiting.length === 0) this.#closed = false
      else this.#admitOne()
    })
  }

  #hasRoom(): boolean {
    return !this.#closed && this.#underWay < this.#options.concurrency
  }

  #admit(): void {
    while (this.#hasRoom() && this.#waiting.length > 0) this.#admitOne()
  }

  #admitOne(): void {
    const next = this.#waiting.shift()
    if (!next) return
    this.#underWay++
    next.admit()
  }
}
