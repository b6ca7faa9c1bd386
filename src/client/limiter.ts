import type { Cancel, Clock } from '../base/clock.ts'
import { AppError } from '../base/errors.ts'
import type { Priority } from '../base/priority.ts'
import { Queue } from '../base/queue.ts'

/**
 * Calls a minute. `auto`: JMessage's free plan until its answers tell otherwise; a number is never exceeded, whatever
 * they tell; `off`: calls are not counted.
 */
export type QuotaSetting = number | 'auto' | 'off'

/** How an app's quota stands. */
export interface QuotaState {
  /** Calls a minute. */
  readonly limit: number
  /** Calls that can be made at once. */
  readonly left: number
  /** When there is more again, if nothing is left: epoch ms. */
  readonly resetAt: number | undefined
}

/** Calls a minute on JMessage's free plan. */
export const FREE_QUOTA = 600

const MINUTE_MS = 60_000
/** Calls are counted in steps of so many ms. */
const STEP_MS = 250
const STEPS = MINUTE_MS / STEP_MS
/** What goes to many leaves a sixth to everybody else, and notices leave a twelfth to answers. */
const RESERVES: Readonly<Record<Priority, number>> = { reply: 0, notice: 1 / 12, bulk: 1 / 6 }
/** Calls to many that were held up for a moment may be made up for as far as this. */
const CATCH_UP_MS = 1000
/** Until JMessage has answered once nobody knows what an earlier process used up. */
const UNTIL_KNOWN = 4
/** Reads that wait, at most. */
const MOST_READS = 10_000
/** One call in so many is of a lower priority than reads, however many of these there are. */
const SHARE = 20
const LONGEST_WAIT_MS = 1000

/** What an answer says in its headers. */
export type AnswerHeaders = (name: string) => string | undefined

/**
 * Sees to it that an app makes no more calls than its quota allows, in whatever minute JMessage counts: a call counts
 * from when it leaves until a minute after it was answered. What JMessage tells of the quota in its answers goes over
 * what was counted here, as other processes may use the same appKey.
 */
export class Limiter {
  readonly #clock: Clock
  readonly #most: number
  #limit: number
  #underWay = 0
  /** Calls that ended in each step of the last minute; the place of a step is its number modulo the length. */
  readonly #ended = new Uint32Array(STEPS + 1)
  #step = 0
  #counted = 0
  /** The least that JMessage told was left in its present minute, and when that ends. */
  #told: { remaining: number; until: number } | undefined
  /** After a 429 nothing leaves before. */
  #heldUntil = 0
  #lastNow: number
  #known = false
  /** When the next call to many may leave. */
  #bulkAt = 0
  readonly #reads = new Queue<{ readonly admit: () => void; readonly refuse: (error: Error) => void }>()
  /** Whether the next read goes before the next of all else: they take turns. */
  #isReadsTurn = false
  /** Reads since anything else was let in. */
  #readsInARow = 0
  #timer: Cancel | undefined
  /** Called when there may be room again, after there was none. Those that wait call {@link tryEnter} then. */
  onRoom: () => void = () => {}

  constructor(clock: Clock, quota: number | 'auto') {
    this.#clock = clock
    this.#lastNow = clock.now()
    this.#most = quota === 'auto' ? Number.POSITIVE_INFINITY : quota
    this.#limit = quota === 'auto' ? FREE_QUOTA : quota
  }

  get state(): QuotaState {
    const left = Math.max(0, this.#left())
    return { limit: this.#limit, left, resetAt: left > 0 ? undefined : this.#nextAt() }
  }

  /** How long so many calls of a priority take from now, when nothing else is to be done: ms. */
  estimateMs(calls: number, priority: Priority): number {
    return Math.ceil((calls / this.#share(priority)) * MINUTE_MS)
  }

  /**
   * Counts a call, if it may be made now. It is followed by {@link leave}.
   *
   * @param urgent  it was passed over long enough: nothing is kept in reserve before others any more
   */
  tryEnter(priority: Priority, urgent = false): boolean {
    if (this.#isReadsTurn) this.#admitRead()
    if (!this.#take(priority, urgent || this.#readsInARow >= SHARE)) {
      this.#arm()
      return false
    }
    this.#isReadsTurn = this.#reads.length > 0
    this.#readsInARow = 0
    return true
  }

  #take(priority: Priority, urgent = false): boolean {
    if (!this.#hasRoom(priority, urgent)) return false
    if (priority === 'bulk') {
      const gap = MINUTE_MS / this.#share('bulk')
      this.#bulkAt = Math.max(this.#bulkAt, this.#clock.now() - CATCH_UP_MS) + gap
    }
    this.#underWay++
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
    this.#underWay--
    this.#turn()
    this.#ended[this.#step % this.#ended.length]!++
    this.#counted++
    if (header) this.#learn(header, status)
    else if (this.#told) this.#told.remaining--
    this.#admit()
  }

  /** A call was not made after all. */
  leaveUnused(): void {
    this.#underWay--
  }

  #learn(header: AnswerHeaders, status: number | undefined): void {
    this.#known = true
    const limit = numberIn(header('x-rate-limit-limit') ?? header('x-rate-limit-quota'))
    const remaining = numberIn(header('x-rate-limit-remaining'))
    const seconds = numberIn(header('x-rate-limit-reset')) ?? MINUTE_MS / 1000
    if (limit !== undefined && limit > 0) this.#limit = Math.min(this.#most, limit)
    const now = this.#clock.now()
    const resetMs = Math.min(seconds * 1000, MINUTE_MS)
    if (status === 429) {
      const wait = numberIn(header('retry-after')) ?? seconds
      this.#heldUntil = Math.max(this.#heldUntil, now + Math.min(Math.max(wait, 1), 3600) * 1000)
    } else if (remaining !== undefined) {
      const until = now + resetMs
      // Answers overtake each other: in the same minute the least counts.
      const same = this.#told && until < this.#told.until + MINUTE_MS / 2
      this.#told = { remaining: same ? Math.min(this.#told!.remaining, remaining) : remaining, until }
    }
  }

  /** Calls a minute that those of a priority can make. */
  #share(priority: Priority): number {
    return this.#limit - this.#reserve(priority)
  }

  #reserve(priority: Priority): number {
    return Math.floor(this.#limit * RESERVES[priority])
  }

  #left(): number {
    this.#turn()
    const now = this.#clock.now()
    if (this.#heldUntil > now) return 0
    if (this.#told && this.#told.until <= now) this.#told = undefined
    // Calls that are under way may not be in what JMessage has counted.
    const left = Math.min(this.#limit - this.#counted, this.#told?.remaining ?? this.#limit) - this.#underWay
    return this.#known ? left : Math.min(left, UNTIL_KNOWN - this.#underWay)
  }

  #hasRoom(priority: Priority, urgent: boolean): boolean {
    const left = this.#left()
    if (left <= 0) return false
    if (urgent) return true
    if (priority === 'bulk' && this.#bulkAt > this.#clock.now()) return false
    // Before JMessage has answered there is nothing to keep in reserve.
    return !this.#known || left > this.#reserve(priority)
  }

  /** Forgets the steps that are over a minute old. */
  #turn(): void {
    const at = this.#clock.now()
    if (at < this.#lastNow) this.#setBack(this.#lastNow - at)
    this.#lastNow = at
    const now = Math.floor(at / STEP_MS)
    const { length } = this.#ended
    if (now - this.#step >= length) {
      this.#ended.fill(0)
      this.#counted = 0
      this.#step = now
    }
    for (; this.#step < now; this.#step++) {
      const place = (this.#step + 1) % length
      this.#counted -= this.#ended[place]!
      this.#ended[place] = 0
    }
  }

  /** The clock was set back: what was counted is counted as of now, and what holds until later holds as long as before. */
  #setBack(ms: number): void {
    this.#ended.fill(0)
    this.#step = Math.floor((this.#lastNow - ms) / STEP_MS)
    this.#ended[this.#step % this.#ended.length] = this.#counted
    if (this.#told) this.#told.until -= ms
    this.#heldUntil -= ms
    this.#bulkAt -= ms
  }

  /** When something changes that calls may wait for: epoch ms. */
  #nextAt(): number {
    const now = this.#clock.now()
    let next = now + LONGEST_WAIT_MS
    if (this.#heldUntil > now) return Math.min(next, this.#heldUntil)
    if (this.#told && this.#told.until > now) next = Math.min(next, this.#told.until)
    if (this.#bulkAt > now) next = Math.min(next, this.#bulkAt)
    // The oldest step that still counts is the one after this one, as they go in a ring.
    for (let age = STEPS; age > 0; age--) {
      if (this.#ended[(this.#step - age + this.#ended.length) % this.#ended.length] === 0) continue
      next = Math.min(next, (this.#step - age + STEPS + 1) * STEP_MS)
      break
    }
    return next
  }

  #arm(): void {
    if (this.#timer) return
    const wait = Math.max(1, this.#nextAt() - this.#clock.now())
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
    if (this.#reads.length === 0 || !this.#take('reply')) return false
    this.#isReadsTurn = false
    this.#readsInARow++
    this.#reads.shift()!.admit()
    return true
  }

  /** Nobody waits any longer. */
  close(): void {
    this.#timer?.()
    this.#timer = undefined
    const closed = new AppError('the client is closed', { code: 'client.closed', retry: 'later' })
    for (let read = this.#reads.shift(); read; read = this.#reads.shift()) read.refuse(closed)
  }
}

function numberIn(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const value = Number(text)
  return Number.isFinite(value) && value >= 0 ? value : undefined
}
