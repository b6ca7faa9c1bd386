import { Chain } from '../../base/chain.ts'
import { idAt } from '../../base/ids.ts'
import type { Queryable } from '../../store/index.ts'
import { readCalls } from './delivery-of.ts'
import { keptCalls, keptLately } from './delivery-rows.ts'
import type { Delivery, MadeCall } from './event.ts'

/** Sorts after all ids. */
const AFTER_ALL = 'Z'.repeat(26)

/** Events of which the calls are looked at. */
export interface LateRange {
  /** When they were accepted, at the earliest: epoch ms. */
  readonly since: number
  /** They are before this one. */
  readonly before?: string | undefined
  /** So many at most, the latest. */
  readonly most: number
}

/** The calls that were made in handling events: kept with their deliveries, and written when the outcomes are. */
export class KeptCalls {
  readonly #read: Queryable
  /** Deliveries with calls that are not on disk yet. */
  readonly #unwritten = new Chain<Delivery>()

  constructor(read: Queryable) {
    this.#read = read
  }

  keep(delivery: Delivery, call: MadeCall): void {
    delivery.calls.push(call)
    delivery.unwritten ??= this.#unwritten.add(delivery)
  }

  /** Those of the deliveries of an event to a bot, in the order in which they were asked for. */
  async of(event: string, bot: string): Promise<MadeCall[]> {
    const calls = new Map<string, MadeCall>()
    // First, as what is written meanwhile is not among these any more.
    for (const delivery of this.#unwritten) {
      if (delivery.event.id !== event || delivery.bot !== bot) continue
      for (const call of delivery.calls) calls.set(call.key, call)
    }
    const written = await this.#read.all(keptCalls, { event, bot })
    for (const row of written) for (const call of readCalls(row.calls)) calls.set(call.key, call)
    return [...calls.values()].sort((a, b) => (a.seq < b.seq ? -1 : 1))
  }

  /** The messages to a lane that were made for a bot, in handling the latest of its events in a range. */
  async to(lane: string, bot: string, { since, before, most }: LateRange): Promise<MadeCall[]> {
    const calls = new Map<string, MadeCall>()
    const take = (all: readonly MadeCall[]) => {
      for (const call of all)
        if (call.lane === lane && call.endpoint === 'messages.send') calls.set(call.key, call)
    }
    // First, as what is written meanwhile is not among these any more.
    for (const delivery of this.#unwritten) if (delivery.bot === bot) take(delivery.calls)
    const range = { bot, from: idAt(since), before: before ?? AFTER_ALL, most }
    for (const row of await this.#read.all(keptLately, range)) take(readCalls(row.calls))
    return [...calls.values()]
  }

  /** The calls of a delivery are written when this resolves: those that it has now. */
  writing(delivery: Delivery, applied: Promise<unknown>): Promise<unknown> {
    const { calls, unwritten } = delivery
    if (!unwritten) return applied
    const { length } = calls
    return applied.then(changed => {
      // A further attempt may have made more by then.
      if (calls.length !== length) return changed
      this.#unwritten.remove(unwritten)
      delivery.unwritten = undefined
      return changed
    })
  }
}
