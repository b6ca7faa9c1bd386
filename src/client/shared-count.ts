import { randomUUID } from 'node:crypto'
import { backoffMs } from '../base/backoff.ts'
import type { Cancel, Clock } from '../base/clock.ts'
import { type Priority, priorities } from '../base/priority.ts'
import { type Mark, Stopwatch } from '../base/stopwatch.ts'
import { type AnswerHeaders, type Count, limitOf, MINUTE_MS, type QuotaState, share } from './count.ts'
import { HeardBook } from './heard-book.ts'
import type { Calls, QuotaGrant, QuotaLedger } from './quota-ledger.ts'
import { ReportBook } from './report-book.ts'
import { Stock } from './stock.ts'

export interface SharedCountOptions {
  readonly clock: Clock
  readonly quota: number | 'auto'
  readonly ledger: QuotaLedger
  /** How many wait. */
  readonly waiting: () => Calls
  /** There may be calls that can be made, after there were none. */
  readonly onGrant: () => void
  readonly random?: (() => number) | undefined
}

/** It is not asked again before, whatever happens. */
const LEAST_GAP_MS = 50
/** While it cannot be asked it is tried again and again. */
const BACKOFF = { firstMs: 250, longestMs: 5000 }
/** Calls to many that were held up for a moment may be made up for as far as this. */
const CATCH_UP_MS = 1000
const LONGEST_WAIT_MS = 1000
/** How long the last word to the ledger may take. */
const CLOSE_MS = 1000

/** Counts the calls that one of several processes makes with what a ledger grants it, some at a time. */
export class SharedCount implements Count {
  readonly #options: SharedCountOptions
  readonly #random: () => number
  readonly #watch: Stopwatch
  readonly #node = randomUUID().slice(0, 13)
  readonly #most: number
  readonly #reports: ReportBook
  readonly #heard: HeardBook
  readonly #stock: Stock
  #underWay = 0
  /** The last answer, and when its request left. */
  #last: { readonly grant: QuotaGrant; readonly asked: Mark } | undefined
  /** Calls that found nothing left since it was last asked. */
  #missed: Record<Priority, boolean> = { reply: false, notice: false, bulk: false }
  /** Was asked for and not granted: to ask for it before the time is no use. */
  #refused: Record<Priority, boolean> = { reply: false, notice: false, bulk: false }
  #failures = 0
  #asking: Promise<void> | undefined
  #timer: { readonly at: number; readonly cancel: Cancel } | undefined
  /** When the next call to many may leave, by the stopwatch. */
  #bulkAt = 0
  #isClosed = false

  constructor(options: SharedCountOptions) {
    const { clock, quota, random = Math.random } = options
    this.#options = options
    this.#random = random
    this.#watch = new Stopwatch(clock)
    this.#reports = new ReportBook(this.#watch)
    this.#heard = new HeardBook(this.#watch)
    this.#stock = new Stock(this.#watch)
    this.#most = quota === 'auto' ? Number.POSITIVE_INFINITY : quota
  }

  get limit(): number {
    return this.#last?.grant.limit ?? limitOf(this.#most)
  }

  get state(): QuotaState {
    const { limit } = this
    if (!this.#last) return { limit, left: limit, resetAt: undefined }
    const { left, retryMs } = this.#last.grant
    const age = this.#watch.atLeast(this.#last.asked)
    const hold = this.#heard.holdMs
    const wait = Math.max(hold, left > 0 ? 0 : retryMs - age)
    // How many others left over is only known from when it was last asked.
    const seen = age >= MINUTE_MS ? limit : Math.max(1, left)
    const others = this.#failures > 0 ? 0 : seen
    const all = (hold > 0 ? 0 : this.#stock.size) + (wait > 0 ? 0 : others)
    return { limit, left: Math.min(limit, all), resetAt: all > 0 ? undefined : this.#in(wait) }
  }

  #in(ms: number): number {
    return this.#options.clock.now() + Math.ceil(ms)
  }

  take(priority: Priority, urgent: boolean): boolean {
    if (this.#heard.holdMs > 0) return false
    const isPaced = priority === 'bulk' && !urgent
    if (isPaced && this.#bulkWaitMs() > 0) return false
    if (!this.#stock.take(priority, urgent)) {
      this.#miss(urgent ? 'reply' : priority)
      return false
    }
    if (priority === 'bulk') {
      const gap = MINUTE_MS / share(this.limit, 'bulk')
      this.#bulkAt = Math.max(this.#bulkAt, this.#watch.mark().elapsed - CATCH_UP_MS) + gap
    }
    this.#underWay++
    if (this.#stock.isLow(priority) && !this.#refused[priority]) this.#askSoon()
    return true
  }

  /** How long the next call to many has to wait for its turn. */
  #bulkWaitMs(): number {
    return Math.max(0, this.#bulkAt - this.#watch.mark().elapsed)
  }

  #miss(priority: Priority): void {
    this.#missed[priority] = true
    if (!this.#refused[priority]) this.#askSoon()
  }

  ended(header?: AnswerHeaders, status?: number): void {
    this.#underWay--
    this.#reports.add(header !== undefined)
    const isNews = header !== undefined && this.#heard.add(header, status)
    // Until JMessage has answered there are only a few calls for all.
    const isFirst = header !== undefined && this.#last?.grant.isKnown === false
    if (isNews || isFirst) this.#askSoon()
    else this.#askWithin(this.#period())
  }

  unused(): void {
    this.#underWay--
    // It is not known what it was granted for: an answer may be made with any.
    this.#stock.add({ reply: 1, notice: 0, bulk: 0 })
    this.#askWithin(this.#period())
  }

  nextAt(): number {
    const now = this.#options.clock.now()
    const wait = this.#heard.holdMs || this.#bulkWaitMs() || LONGEST_WAIT_MS
    return now + Math.min(wait, LONGEST_WAIT_MS)
  }

  /** Gives back what is left. Never throws. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#timer = undefined
    await new Promise<void>(resolve => {
      const cancel = this.#options.clock.after(CLOSE_MS, resolve)
      void this.#lastWord().then(() => {
        cancel()
        resolve()
      })
    })
  }

  async #lastWord(): Promise<void> {
    await this.#asking
    this.#stock.clear()
    if (this.#last && this.#failures === 0) await this.#ask()
  }

  /** How long the ledger need not be asked, unless more is needed. */
  #period(): number {
    return (this.#last?.grant.everyMs ?? LEAST_GAP_MS) * (0.9 + 0.1 * this.#random())
  }

  /** Asks once this turn is over, as more may come in it, but not too often. */
  #askSoon(): void {
    const since = this.#last ? this.#watch.atLeast(this.#last.asked) : LEAST_GAP_MS
    this.#askWithin(Math.max(0, LEAST_GAP_MS - since))
  }

  #askWithin(ms: number): void {
    // After a failure and while an answer is awaited it is seen then when to ask.
    if (this.#isClosed || this.#failures > 0 || this.#asking) return
    this.#askIn(ms)
  }

  #askIn(ms: number): void {
    const at = this.#options.clock.now() + ms
    if (this.#timer && this.#timer.at <= at) return
    this.#timer?.cancel()
    const cancel = this.#options.clock.after(ms, () => {
      this.#timer = undefined
      this.#asking = this.#ask().finally(() => this.#answered())
    })
    this.#timer = { at, cancel }
  }

  /** Never throws. */
  async #ask(): Promise<void> {
    const { ledger, waiting } = this.#options
    const asked = this.#watch.mark()
    const wants = this.#isClosed ? NONE : this.#stock.plan(this.#thatMissed(waiting()))
    const missed = this.#missed
    this.#missed = { reply: false, notice: false, bulk: false }
    const report = this.#reports.report()
    const held = this.#stock.held + this.#underWay + this.#reports.later
    const heard = this.#heard.lately()
    try {
      const grant = await ledger.ask({ node: this.#node, most: this.#most, report, held, wants, heard })
      this.#failures = 0
      this.#last = { grant, asked }
      this.#reports.heard()
      this.#heard.heard()
      this.#heard.hold(grant.holdMs)
      this.#stock.add(grant.granted)
      this.#stock.lease(grant.leaseMs, asked, grant.everyMs)
      for (const priority of priorities)
        this.#refused[priority] = grant.granted[priority] < wants[priority] || grant.holdMs > 0
    } catch {
      // The ledger told whoever looks after it; here it is only waited for.
      this.#failures++
      for (const priority of priorities) this.#missed[priority] ||= missed[priority]
    }
  }

  /** Those of the calls that wait for which there was nothing left. */
  #thatMissed(waiting: Calls): Calls {
    const missed = (priority: Priority) => (this.#missed[priority] ? Math.max(1, waiting[priority]) : 0)
    return { reply: missed('reply'), notice: missed('notice'), bulk: missed('bulk') }
  }

  /** Sees to it that it is asked again, and that those that wait hear of what there is. */
  #answered(): void {
    this.#asking = undefined
    if (this.#isClosed) return
    if (this.#failures > 0) {
      this.#askIn(backoffMs(this.#failures, { ...BACKOFF, random: this.#random }))
      return
    }
    const { retryMs, spreadMs } = this.#last!.grant
    const isRefused = priorities.some(priority => this.#refused[priority])
    if (isRefused) this.#askIn(Math.max(LEAST_GAP_MS, retryMs + this.#random() * spreadMs))
    if (this.#underWay > 0 || this.#stock.held > 0 || !this.#reports.isEmpty) this.#askIn(this.#period())
    this.#options.onGrant()
  }
}

const NONE: Calls = { reply: 0, notice: 0, bulk: 0 }
