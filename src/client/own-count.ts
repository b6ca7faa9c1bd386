import type { Clock } from '../base/clock.ts'
import type { Priority } from '../base/priority.ts'
import {
  type AnswerHeaders,
  type Count,
  heardIn,
  limitOf,
  MINUTE_MS,
  type QuotaState,
  reserve,
  STEP_MS,
  STEPS,
  share,
  UNTIL_KNOWN,
} from './count.ts'

/** Calls to many that were held up for a moment may be made up for as far as this. */
const CATCH_UP_MS = 1000
const LONGEST_WAIT_MS = 1000

/**
 * Counts the calls of one process: a call counts from when it leaves until a minute after it was answered. What JMessage
 * tells of the quota in its answers goes over what was counted here, as other processes may use the same appKey.
 */
export class OwnCount implements Count {
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

  constructor(clock: Clock, quota: number | 'auto') {
    this.#clock = clock
    this.#lastNow = clock.now()
    this.#most = quota === 'auto' ? Number.POSITIVE_INFINITY : quota
    this.#limit = limitOf(this.#most)
  }

  get limit(): number {
    return this.#limit
  }

  get state(): QuotaState {
    const left = Math.max(0, this.#left())
    return { limit: this.#limit, left, resetAt: left > 0 ? undefined : this.nextAt() }
  }

  take(priority: Priority, urgent: boolean): boolean {
    if (!this.#hasRoom(priority, urgent)) return false
    if (priority === 'bulk') {
      const gap = MINUTE_MS / share(this.#limit, 'bulk')
      this.#bulkAt = Math.max(this.#bulkAt, this.#clock.now() - CATCH_UP_MS) + gap
    }
    this.#underWay++
    return true
  }

  ended(header?: AnswerHeaders, status?: number): void {
    this.#underWay--
    this.#turn()
    this.#ended[this.#step % this.#ended.length]!++
    this.#counted++
    if (header) this.#learn(header, status)
    else if (this.#told) this.#told.remaining--
  }

  unused(): void {
    this.#underWay--
  }

  #learn(header: AnswerHeaders, status: number | undefined): void {
    this.#known = true
    const { limit, remaining, resetMs, holdMs } = heardIn(header, status)
    if (limit !== undefined) this.#limit = Math.min(this.#most, limit)
    const now = this.#clock.now()
    if (holdMs !== undefined) {
      this.#heldUntil = Math.max(this.#heldUntil, now + holdMs)
    } else if (remaining !== undefined) {
      const until = now + resetMs
      // Answers overtake each other: in the same minute the least counts.
      const same = this.#told && until < this.#told.until + MINUTE_MS / 2
      this.#told = { remaining: same ? Math.min(this.#told!.remaining, remaining) : remaining, until }
    }
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
    return !this.#known || left > reserve(this.#limit, priority)
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

  nextAt(): number {
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

  async close(): Promise<void> {}
}
