import type { Clock } from '../../base/clock.ts'
import { HISTORY_KEPT_MS } from '../../protocol/index.ts'
import type { Queryable } from '../../store/index.ts'
import { firstMsgidAt } from '../message-ids.ts'
import type { HistoryPart, Range } from '../queries/history-queries.ts'
import { Checkpoints } from './checkpoints.ts'
import { settledUpTo, turnOfTheLoop } from './settled.ts'

export interface ListCountsOptions {
  /** Messages from one checkpoint to the next. */
  readonly every?: number
  /** Lists whose checkpoints are kept. */
  readonly lists?: number
  /** Checkpoints that are kept in all. */
  readonly checkpoints?: number
  /** Whether other processes may delete messages. */
  readonly isShared?: boolean
}

type Parts = readonly HistoryPart[]

/** A list of so many stretches is a long one. */
const LONG = 8
/** How many messages one statement looks at. */
const STEP = 2000
/** Stretches that are looked up in one turn of the event loop. */
const STRETCHES_A_TURN = 8

/**
 * Counts messages of lists: of short ones by looking at each, of long ones by their {@link Checkpoints}, which are set
 * when a list is counted. Messages are stored in the order of their numbers, so nothing comes in before the newest one;
 * of what this process deletes it is told, and where others may delete, nothing is set among what can be deleted yet.
 */
export class ListCounts {
  readonly #read: Queryable
  readonly #clock: Clock
  readonly #options: Required<ListCountsOptions>
  /** The one that was used last comes last. */
  readonly #lists = new Map<string, Checkpoints>()

  constructor(read: Queryable, clock: Clock, options: ListCountsOptions = {}) {
    this.#read = read
    this.#clock = clock
    this.#options = { every: 250, lists: 500, checkpoints: 500_000, isShared: false, ...options }
  }

  /** @param range ends with the newest stored message at the latest */
  async count(parts: Parts, range: Range): Promise<number> {
    let total = 0
    for (const part of parts) total += await this.#countPart(part, range)
    return total
  }

  /** Where the message of a range is that so many others come before: from `first` on, behind `skip` others. */
  async seek(parts: Parts, range: Range, before: number): Promise<{ first: number; skip: number }> {
    const { id } = range
    let { first, last } = range
    let skip = before
    while (skip > this.#options.every && first < last) {
      const middle = first + Math.floor((last - first) / 2)
      const half = await this.count(parts, { id, first, last: middle })
      if (half > skip) last = middle
      else {
        first = middle + 1
        skip -= half
      }
    }
    return { first, skip }
  }

  /** A message was deleted. */
  retracted(msgid: number): void {
    for (const list of this.#lists.values()) list.cutAt(msgid)
  }

  async #countPart(part: HistoryPart, { id, first, last }: Range): Promise<number> {
    const { every } = this.#options
    const name = `${part.name} ${id}`
    if (!this.#lists.has(name)) {
      const { total } = await this.#measure(part, { id, first, last }, LONG * every)
      if (total < LONG * every) return total
    }
    const list = this.#listOf(name)
    const { isShared } = this.#options
    await this.#extend(list, part, id, isShared ? Math.min(last, settledUpTo(this.#clock.now())) : last)
    const known = list.within(first, last)
    if (!known) return this.#countEach(part, { id, first, last })
    const head = await this.#countEach(part, { id, first, last: known.first })
    const tail = await this.#countEach(part, { id, first: known.last + 1, last })
    return head + known.stretches * every + tail
  }

  async #countEach(part: HistoryPart, range: Range): Promise<number> {
    let { first } = range
    for (let sum = 0; ; ) {
      const { total, last } = await this.#measure(part, { ...range, first }, STEP)
      sum += total
      if (total < STEP || last === null) return sum
      first = last + 1
      await turnOfTheLoop()
    }
  }

  async #extend(list: Checkpoints, part: HistoryPart, id: number, upTo: number): Promise<void> {
    const extending = list.busy.then(() => this.#setCheckpoints(list, part, id, upTo))
    list.busy = extending.catch(() => {})
    await extending
    list.dropBefore(firstMsgidAt(this.#clock.now() - HISTORY_KEPT_MS))
    this.#forgetSome()
  }

  async #setCheckpoints(list: Checkpoints, part: HistoryPart, id: number, upTo: number): Promise<void> {
    const { every } = this.#options
    for (let set = 1; list.next <= upTo; set++) {
      const { epoch } = list
      const { total, last } = await this.#measure(part, { id, first: list.next, last: upTo }, every)
      if (epoch !== list.epoch) continue
      if (total < every || last === null) return
      list.add(last)
      if (set % STRETCHES_A_TURN === 0) await turnOfTheLoop()
    }
  }

  async #measure(part: HistoryPart, range: Range, most: number) {
    return (await this.#read.first(part.measure, { ...range, most })) ?? { total: 0, last: null }
  }

  #listOf(name: string): Checkpoints {
    const list = this.#lists.get(name) ?? new Checkpoints(firstMsgidAt(this.#clock.now() - HISTORY_KEPT_MS))
    this.#lists.delete(name)
    this.#lists.set(name, list)
    return list
  }

  #forgetSome(): void {
    let held = 0
    for (const { size } of this.#lists.values()) held += size
    for (const [name, { size }] of this.#lists) {
      if (this.#lists.size <= this.#options.lists && held <= this.#options.checkpoints) return
      this.#lists.delete(name)
      held -= size
    }
  }
}
