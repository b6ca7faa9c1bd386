import { backoffMs } from '../../base/backoff.ts'
import type { Cancel, Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { type Priority, priorities } from '../../base/priority.ts'
import {
  ApiError,
  InvalidRequest,
  type Limiter,
  RateLimited,
  ServerFault,
  TransportError,
} from '../../client/index.ts'
import { type WaitingCall, WaitingCalls } from './waiting-calls.ts'

export interface GateOptions {
  readonly clock: Clock
  readonly log: Log
  /** Calls under way at the same time, at most. */
  readonly concurrency: number
  /** Counts the calls, unless they are not counted. */
  readonly limiter: Limiter | undefined
  /** Whether this process is sure that what waits is its own to make. Default: yes. */
  readonly isSure?: (() => boolean) | undefined
}

/** One call in so many is of a lower priority, however many of higher ones there are. */
const SHARE = 20

/**
 * Lets calls through to JMessage: so many at a time, no more than the quota allows, those of higher priority first, and
 * while JMessage cannot be reached only one now and then, to see whether it is back. The log hears of an outage once,
 * and once of its end.
 *
 * While a timer runs the gate is closed, and how older calls end tells nothing new. When it has run out, the next call
 * is let through, and how that one ends decides.
 */
export class Gate {
  readonly #options: GateOptions
  readonly #waiting = new WaitingCalls()
  /** How often others went before those that wait. */
  readonly #passedBy: Record<Priority, number> = { reply: 0, notice: 0, bulk: 0 }
  #underWay = 0
  #failures = 0
  #closed = false
  #stopped = false
  #outageSince: number | undefined
  #lastWellAt = Number.NEGATIVE_INFINITY
  #lastLookAt = Number.NEGATIVE_INFINITY
  #timer: { readonly until: number; readonly cancel: Cancel } | undefined
  #onIdle = () => {}

  constructor(options: GateOptions) {
    this.#options = options
    if (!options.limiter) return
    options.limiter.onRoom = () => this.#admit()
    options.limiter.waiting = () => this.#waiting.depths
  }

  /** Whether calls have to wait for JMessage, and not only for each other. */
  get isClosed(): boolean {
    return this.#closed
  }

  /** When JMessage was last found unreachable, if it is: epoch ms. */
  get outageSince(): number | undefined {
    return this.#outageSince
  }

  /** When JMessage last did what was asked, or said in its own words why not: epoch ms. */
  get lastWellAt(): number {
    return this.#lastWellAt
  }

  /** When the history was last looked into: epoch ms. */
  get lastLookAt(): number {
    return this.#lastLookAt
  }

  /** Calls that wait, by priority. */
  get waiting(): Record<Priority, number> {
    return this.#waiting.depths
  }

  /** Lets a call through if that is possible at once. It is followed by one of the `leave`s. */
  tryEnter(priority: Priority): boolean {
    if (!this.#hasRoom()) return false
    const { limiter } = this.#options
    if (limiter && (this.#starving() !== undefined || !limiter.tryEnter(priority))) return false
    this.#enter(priority)
    return true
  }

  /**
   * Resolves when a call may be made. Each is followed by one of the `leave`s.
   *
   * @param call.order  of those of a priority that wait, the one with the lowest goes first
   * @param call.delayed  called when it has to wait for JMessage, be it that it is unreachable or that the quota is used up
   */
  async enter(priority: Priority, call: Omit<WaitingCall, 'admit'>): Promise<void> {
    if (this.tryEnter(priority)) return
    await new Promise<void>(admit => {
      this.#waiting.add(priority, { ...call, admit })
      // Room there is, so that the quota is what is short.
      if (this.#hasRoom()) this.#waiting.tellDelay()
    })
  }

  /** Has a call that may be waiting go with those of a higher priority, as one of them comes after it. */
  raise(order: string, from: Priority, to: Priority): void {
    if (this.#waiting.raise(order, from, to)) this.#admit()
  }

  /** A call that was let through is not made after all, for now: it does not count against the quota. */
  giveBack(): void {
    this.#options.limiter?.leaveUnused()
  }

  /** A call was not made after all. */
  leaveUnused(): void {
    this.giveBack()
    this.#leaveUntold()
  }

  /** A call ended; JMessage answered it, whatever the answer was. */
  leave(): void {
    this.#lastWellAt = this.#options.clock.now()
    this.#leave()
  }

  /** A look into the history ended well, for which a call was let through. */
  leaveLook(): void {
    this.#lastLookAt = this.#options.clock.now()
    this.#leave()
  }

  /** A call ended with an error. `poisoned`: it ends so again and again, while others end well, and tells nothing. */
  leaveAfter(error: Error, poisoned = false): void {
    if (poisoned || !isOfJMessage(error)) this.#leaveUntold()
    else if (error instanceof RateLimited) this.#leaveLimited(error.retryAfterMs)
    else if (error instanceof TransportError) this.#leaveUnreachable(error)
    else if (error instanceof ServerFault) this.#leave()
    else this.leave()
  }

  #leaveUntold(): void {
    this.#left()
    if (this.#closed && !this.#timer) this.#look()
    else this.#admit()
  }

  #leave(): void {
    this.#left()
    if (this.#timer) return
    this.#reached()
    this.#closed = this.#stopped
    this.#admit()
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

  /** This process is sure again. */
  goOn(): void {
    this.#admit()
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
    const { reply, notice, bulk } = this.waiting
    this.#options.log.info({ afterSeconds, waiting: reply + notice + bulk }, 'JMessage is reachable again')
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
    this.#waiting.tellDelay()
  }

  /** Lets one call through to see how JMessage is; without one, the next that comes will see. */
  #look(): void {
    if (this.#stopped) return
    const { limiter } = this.#options
    // A look into the history tells least.
    const first = this.#waiting.firstThat(false) ?? this.#waiting.firstThat(true)
    if (!first || !this.#isSure || (limiter && !limiter.tryEnter(first.priority, true))) {
      this.#closed = false
      return
    }
    this.#letIn(first.priority, first.place)
  }

  get #isSure(): boolean {
    return this.#options.isSure?.() ?? true
  }

  #hasRoom(): boolean {
    return !this.#closed && this.#underWay < this.#options.concurrency && this.#isSure
  }

  #admit(): void {
    while (this.#hasRoom()) {
      const next = this.#next()
      if (!next) {
        this.#waiting.tellDelay()
        return
      }
      this.#letIn(next)
    }
  }

  #letIn(priority: Priority, place?: number): void {
    this.#enter(priority)
    this.#waiting.take(priority, place).admit()
  }

  /** Whose turn it is of those that wait: the limiter has let it in then. */
  #next(): Priority | undefined {
    const { limiter } = this.#options
    const starving = this.#starving()
    if (starving && (!limiter || limiter.tryEnter(starving, true))) return starving
    for (const priority of priorities) {
      if (!this.#waiting.has(priority)) continue
      if (!limiter || limiter.tryEnter(priority)) return priority
    }
    return undefined
  }

  /** Those that were passed over long enough, the lowest first. */
  #starving(): Priority | undefined {
    if (this.#passedBy.bulk >= SHARE && this.#waiting.has('bulk')) return 'bulk'
    return this.#passedBy.notice >= SHARE && this.#waiting.has('notice') ? 'notice' : undefined
  }

  #enter(priority: Priority): void {
    this.#underWay++
    const passedBy = this.#passedBy
    passedBy[priority] = 0
    if (priority === 'reply') passedBy.notice = this.#waiting.has('notice') ? passedBy.notice + 1 : 0
    if (priority !== 'bulk') passedBy.bulk = this.#waiting.has('bulk') ? passedBy.bulk + 1 : 0
  }
}

/** Whether an error tells how JMessage is: not if the request did not leave, as it was wrong or could not be noted. */
const isOfJMessage = (error: Error): boolean =>
  error instanceof TransportError ||
  (error instanceof ApiError && !(error instanceof InvalidRequest && error.isUnsent))
