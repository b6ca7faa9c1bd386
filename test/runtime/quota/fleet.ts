import { type Priority, priorities } from '../../../src/base/priority.ts'
import { type AnswerHeaders, MINUTE_MS } from '../../../src/client/count.ts'
import { Limiter, type QuotaSetting } from '../../../src/client/index.ts'
import type { LedgerRow, LedgerRows } from '../../../src/runtime/quota/ledger-rows.ts'
import { SharedLedger } from '../../../src/runtime/quota/shared-ledger.ts'
import { MachineClock, Time } from './time.ts'

export type Random = () => number

/** Numbers that are the same for the same seed. */
export function randomFrom(seed: number): Random {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A database that answers late, and now and then not at all, though it did what it was told. */
export class FakeRows implements LedgerRows {
  readonly #time: Time
  readonly #random: Random
  readonly #rows = new Map<string, { version: number; ledger: string }>()
  /** Its clock. */
  aheadMs = 0
  isAway = false
  /** How many of the answers are lost, of 1. */
  lost = 0
  slowMs = 5
  /** Requests that were granted. */
  replaced = 0

  constructor(time: Time, random: Random) {
    this.#time = time
    this.#random = random
  }

  find(app: string, fresh: string): Promise<LedgerRow> {
    return this.#journey(() => {
      const row = this.#rows.get(app) ?? { version: 0, ledger: fresh }
      this.#rows.set(app, row)
      return { ...row, now: this.#time.now() + this.aheadMs }
    })
  }

  replace(app: string, { version, ledger }: LedgerRow): Promise<boolean> {
    return this.#journey(() => {
      if (this.#rows.get(app)!.version !== version) return false
      this.#rows.set(app, { version: version + 1, ledger })
      this.replaced++
      return true
    })
  }

  async #journey<T>(work: () => T): Promise<T> {
    await this.#pause()
    if (this.isAway) throw new Error('the database is away')
    const value = work()
    await this.#pause()
    if (this.isAway || this.#random() < this.lost) throw new Error('the answer was lost')
    return value
  }

  #pause(): Promise<void> {
    return new Promise(resolve => void this.#time.after(this.#random() * this.slowMs, resolve))
  }
}

/** JMessage, which counts a call some time between when it leaves and when it is answered. */
export class Counter {
  readonly times: number[] = []
  readonly #time: Time
  readonly #random: Random
  /** Calls a minute, by the clock: told in each answer, if it is set. */
  quota: number | undefined
  slowMs = 200
  /** How many calls get no answer, of 1. */
  lost = 0
  #minute = 0
  #calls = 0

  constructor(time: Time, random: Random) {
    this.#time = time
    this.#random = random
  }

  call(done: (header?: AnswerHeaders, status?: number) => void): void {
    const takes = this.#random() * this.slowMs
    this.#time.after(takes * this.#random(), () => {
      const answer = this.#count()
      this.#time.after(takes / 2, () => (this.#random() < this.lost ? done() : done(...answer)))
    })
  }

  #count(): [AnswerHeaders, number] {
    const now = this.#time.now()
    const minute = Math.floor(now / MINUTE_MS)
    if (minute !== this.#minute) this.#calls = 0
    this.#minute = minute
    const isOver = this.quota !== undefined && this.#calls >= this.quota
    if (!isOver) {
      this.#calls++
      this.times.push(now)
    }
    const reset = Math.ceil(((minute + 1) * MINUTE_MS - now) / 1000)
    const headers: Record<string, number | undefined> = {
      'x-rate-limit-limit': this.quota,
      'x-rate-limit-remaining': this.quota && this.quota - this.#calls,
      'x-rate-limit-reset': this.quota && reset,
      'retry-after': isOver ? reset : undefined,
    }
    return [name => headers[name]?.toString(), isOver ? 429 : 200]
  }

  /** Another program makes calls with the same appKey. */
  useUp(calls: number): void {
    for (let n = 0; n < calls; n++) this.#count()
  }

  /** The most calls in any minute, however it is cut, that begins after a time. */
  most(after = 0): number {
    const times = this.times.filter(time => time >= after).sort((a, b) => a - b)
    let most = 0
    for (let first = 0, last = 0; last < times.length; last++) {
      while (times[last]! - times[first]! >= MINUTE_MS) first++
      most = Math.max(most, last - first + 1)
    }
    return most
  }

  /** Calls between two times. */
  between(from: number, to: number): number {
    return this.times.filter(time => time >= from && time < to).length
  }
}

export interface NodeOptions {
  readonly time: Time
  readonly random: Random
  readonly rows: LedgerRows
  readonly counter: Counter
  readonly quota?: Exclude<QuotaSetting, 'off'>
  readonly aheadMs?: number
  readonly rate?: number
  readonly concurrency?: number
}

/** A process whose calls wait until they may be made. */
export class Node {
  readonly clock: MachineClock
  readonly limiter: Limiter
  readonly waiting: Record<Priority, number> = { reply: 0, notice: 0, bulk: 0 }
  /** When calls were made: by priority. */
  readonly made: Record<Priority, number[]> = { reply: [], notice: [], bulk: [] }
  readonly #options: NodeOptions
  #underWay = 0

  constructor(options: NodeOptions) {
    const { time, random, rows, quota = 600, aheadMs, rate } = options
    this.#options = options
    this.clock = new MachineClock(time, aheadMs, rate)
    this.limiter = new Limiter(this.clock, quota, { ledger: new SharedLedger(rows, 'app'), random })
    this.limiter.onRoom = () => this.#go()
    this.limiter.waiting = () => this.waiting
  }

  want(priority: Priority, calls: number): void {
    if (this.clock.isStopped) return
    this.waiting[priority] += calls
    this.#go()
  }

  /** It dies: what it sent is on its way all the same. */
  kill(): void {
    this.clock.isStopped = true
    Object.assign(this.waiting, { reply: 0, notice: 0, bulk: 0 })
  }

  #go(): void {
    const { concurrency = 64, counter, time } = this.#options
    for (const priority of priorities)
      while (this.waiting[priority] > 0 && this.#underWay < concurrency) {
        if (this.clock.isStopped || !this.limiter.tryEnter(priority)) break
        this.waiting[priority]--
        this.#underWay++
        this.made[priority].push(time.now())
        counter.call((header, status) => {
          if (this.clock.isStopped) return
          this.#underWay--
          this.limiter.leave(header, status)
          this.#go()
        })
      }
  }
}

export const SECOND = 1000
/** Less than this in a minute would be too little. */
export const LEAST = 600 * 0.97

/** Clocks that are wrong by two seconds, and run too fast or too slow. */
export const WRONG = [{ aheadMs: 2000, rate: 1.001 }, { aheadMs: -2000, rate: 0.999 }, { aheadMs: 700 }]

/** Nodes that have a database and JMessage in common. */
export function fleet(nodes: readonly Partial<NodeOptions>[], seed = 1) {
  const time = new Time()
  const random = randomFrom(seed)
  const rows = new FakeRows(time, random)
  const counter = new Counter(time, random)
  const means = { time, random, rows, counter }
  const add = (options: Partial<NodeOptions> = {}) => new Node({ ...means, ...options })
  const every = (ms: number, run: () => void) => {
    const again = () => {
      run()
      time.after(ms, again)
    }
    time.after(ms, again)
  }
  /** Calls in each of the next minutes. */
  const minutes = async (count: number): Promise<number[]> => {
    const used: number[] = []
    for (let n = 0; n < count; n++) {
      const from = time.now()
      await time.pass(MINUTE_MS)
      used.push(counter.between(from, time.now()))
    }
    return used
  }
  return { ...means, add, nodes: nodes.map(add), every, minutes }
}
