import type { Cancel, Clock } from '../base/clock.ts'
import { AppError } from '../base/errors.ts'
import type { Priority } from '../base/priority.ts'
import { Queue } from '../base/queue.ts'
import { type AnswerHeaders, type Count, MINUTE_MS, type QuotaState, share } from './count.ts'
import { OwnCount } from './own-count.ts'
import type { Calls, QuotaLedger } from './quota-ledger.ts'
import { SharedCount } from './shared-count.ts'

/**
 * Calls a minute. `auto`: JMessage's free plan until its answers tell otherwise; a number is never exceeded, whatever
 * they tell; `off`: calls are not counted.
 */
export type QuotaSetting = number | 'auto' | 'off'

/** How a quota is shared. */
export interface SharedQuota {
  /** Shares it among several processes. Default: this one counts for itself. */
  readonly ledger?: QuotaLedger | undefined
  readonly random?: () => number
}

/** Reads that wait, at most. */
const MOST_READS = 10_000
/** One call in so many is of a lower priority than reads, however many of these there are. */
const SHARE = 20

/**
 * Sees to it that an app makes no more calls than its quota allows, in whatever minute JMessage counts. The calls are
 * those of this process, or of all that share a ledger.
 */
export class Limiter {
  readonly #clock: Clock
  readonly #count: Count
  readonly #reads = new Queue<{ readonly admit: () => void; readonly refuse: (error: Error) => void }>()
  /** Whether the next read goes before the next of all else: they take turns. */
  #isReadsTurn = false
  /** Reads since anything else was let in. */
  #readsInARow = 0
  #timer: Cancel | undefined
  /** Called when there may be room again, after there was none. Those that wait call {@link tryEnter} then. */
  onRoom: () => void = () => {}
  /** How many wait elsewhere: so many places are asked for, of a ledger. */
  waiting: () => Calls = () => NONE

  constructor(clock: Clock, quota: number | 'auto', { ledger, random }: SharedQuota = {}) {
    this.#clock = clock
    this.#count = ledger
      ? new SharedCount({
          ...{ clock, quota, ledger, random },
          waiting: () => this.#waiting(),
          onGrant: () => {
            this.#admit()
            this.onRoom()
          },
        })
      : new OwnCount(clock, quota)
  }

  get state(): QuotaState {
    return this.#count.state
  }

  /** How long so many calls of a priority take from now, when nothing else is to be done: ms. */
  estimateMs(calls: number, priority: Priority): number {
    return Math.ceil((calls / share(this.#count.limit, priority)) * MINUTE_MS)
  }

  /**
   * Counts a call, if it may be made now. It is followed by {@link leave}.
   *
   * @param urgent  it was passed over long enough: nothing is kept in reserve before others any more
   */
  tryEnter(priority: Priority, urgent = false): boolean {
    if (this.#isReadsTurn) this.#admitRead()
    if (!this.#count.take(priority, urgent || this.#readsInARow >= SHARE)) {
      this.#arm()
      return false
    }
    this.#isReadsTurn = this.#reads.length > 0
    this.#readsInARow = 0
    return true
  }

  /**
   * Waits until a call may be made, as an answer to somebody. For reads, which do not come by way of the outbox.
   *
   * @throws AppError `quota.busy` when too many wait already
   */
  async enter(): Promise<void> {
    if (this.#reads.length >= MOST_READS) {
      throw new AppError('too many calls wait for the quota of the appKey', {
        code: 'quota.busy',
        retry: 'later',
      })
    }
    const admitted = new Promise<void>((admit, refuse) => this.#reads.push({ admit, refuse }))
    this.#admit()
    await admitted
  }

  /** A call ended, with an answer or without. */
  leave(header?: AnswerHeaders, status?: number): void {
    this.#count.ended(header, status)
    this.#admit()
  }

  /** A call was not made after all. */
  leaveUnused(): void {
    this.#count.unused()
  }

  #waiting(): Calls {
    const { reply, notice, bulk } = this.waiting()
    return { reply: reply + this.#reads.length, notice, bulk }
  }

  #arm(): void {
    if (this.#timer) return
    const wait = Math.max(1, this.#count.nextAt() - this.#clock.now())
    this.#timer = this.#clock.after(wait, () => {
      this.#timer = undefined
      this.#admit()
      this.onRoom()
    })
  }

  /** Reads, and what waits elsewhere, take turns. */
  #admit(): void {
    if (this.#reads.length === 0) return
    if (!this.#isReadsTurn) this.onRoom()
    while (this.#admitRead()) this.onRoom()
    if (this.#reads.length > 0) this.#arm()
  }

  #admitRead(): boolean {
    if (this.#reads.length === 0 || !this.#count.take('reply', false)) return false
    this.#isReadsTurn = false
    this.#readsInARow++
    this.#reads.shift()!.admit()
    return true
  }

  /** Nobody waits any longer. What may not be needed any more is given back to the ledger. */
  async close(): Promise<void> {
    this.#timer?.()
    this.#timer = undefined
    const closed = new AppError('the client is closed', { code: 'client.closed', retry: 'later' })
    for (let read = this.#reads.shift(); read; read = this.#reads.shift()) read.refuse(closed)
    await this.#count.close()
  }
}

const NONE: Calls = { reply: 0, notice: 0, bulk: 0 }
