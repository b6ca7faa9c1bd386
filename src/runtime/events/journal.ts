import { type IdMaker, timeOf } from '../../base/ids.ts'
import { type Change, change, listText, type Store, type Transaction, type Work } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { Former } from '../fleet/former.ts'
import { eventNews } from '../fleet/news.ts'
import { partitionOf } from '../fleet/partition.ts'
import { alone, type Place } from '../fleet/place.ts'
import { noObserver, type Observer } from '../observer.ts'
import { type DeliveryRow, deliveryOf, failureOf, newDelivery, readCalls, writeCalls } from './delivery-of.ts'
import {
  type Backlog,
  countPending,
  eventByDedupe,
  eventByDedupeRange,
  failDelivery,
  finishDelivery,
  lastIds,
  pendingByDedupe,
  pendingByIds,
  pendingDeliveries,
} from './delivery-rows.ts'
import { deliveryByKey, reopenDelivery } from './ended-rows.ts'
import type { Delivery, HeldDelivery, MadeCall, Recipient } from './event.ts'
import { KeptCalls, type LateRange } from './kept-calls.ts'
import type { Accepted, FormerEvent, NewEvent } from './new-event.ts'
import { type Arrival, changesOf } from './new-rows.ts'
import { type Page, type PageRange, readPage } from './pages.ts'

export type { Accepted, NewEvent } from './new-event.ts'

/** JMessage's history can be asked about calls of events that are not older. */
const REOPENED_DOUBT_MS = 5 * 24 * 3_600_000

/** Where every event is written down before it is acknowledged, and what became of it afterwards. */
export class Journal {
  readonly #store: Store<RuntimeTables>
  readonly #now: () => number
  readonly #makeId: IdMaker
  readonly #observer: Observer
  readonly #onAccepted: (deliveries: readonly HeldDelivery[]) => void
  readonly #calls: KeptCalls
  readonly #place: Place
  /** Which events other processes accepted, and may have begun to handle. */
  readonly #former = new Former()

  /** @param options.onAccepted is told, in order, what is on disk and has to be handled */
  constructor(options: {
    store: Store<RuntimeTables>
    now: () => number
    makeId: IdMaker
    observer?: Observer
    place?: Place
    onAccepted: (deliveries: readonly HeldDelivery[]) => void
  }) {
    this.#store = options.store
    this.#calls = new KeptCalls(options.store.read)
    this.#now = options.now
    this.#makeId = options.makeId
    this.#observer = options.observer ?? noObserver
    this.#onAccepted = options.onAccepted
    this.#place = options.place ?? alone
    if (!this.#place.isShared) this.#former.allBefore(options.makeId())
  }

  /** Has new ids come after all that there are, though the clock may have been set back. To be called first. */
  async open(): Promise<void> {
    const last = await this.#store.read.first(lastIds, {})
    for (const id of [last?.event, last?.call]) if (id) this.#makeId.follow(id)
    if (!this.#place.isShared) this.#former.allBefore(this.#makeId())
  }

  /** The plugins for which something waits: how much, and the last event of it. */
  counts(): Promise<Backlog[]> {
    return this.#store.read.all(countPending, { parts: this.#place.parts })
  }

  /** As {@link counts}, of some parts that this process has from now on: another may have begun to handle what waits. */
  async taken(parts: readonly number[]): Promise<Backlog[]> {
    const backlogs = await this.#store.read.all(countPending, { parts: JSON.stringify(parts) })
    const last = backlogs.reduce((latest, { last }) => (last > latest ? last : latest), '')
    for (const part of parts) this.#former.upTo(part, last)
    return backlogs
  }

  /**
   * Writes events down, all or none, in one commit with `also`. Once this resolves they are on disk and will be
   * handled, whatever happens to the process.
   */
  accept(events: readonly NewEvent[], also?: Work<unknown> | readonly Change[]): Promise<Accepted[]> {
    const accepted = this.#accept(events, also)
    return this.#place.isShared && events.some(({ conversation }) => conversation)
      ? accepted.then(all => this.#behind(all))
      : accepted
  }

  /** An event that is sent once these are acknowledged, wherever it arrives, is to come after them. */
  async #behind(accepted: Accepted[]): Promise<Accepted[]> {
    await this.#place.behind(timeOf(accepted.at(-1)!.id))
    return accepted
  }

  #accept(events: readonly NewEvent[], also?: Work<unknown> | readonly Change[]): Promise<Accepted[]> {
    const at = this.#now()
    const arrivals = events.map((source): Arrival => {
      const { type, conversation, data, text = JSON.stringify(data) ?? 'null' } = source
      const id = this.#makeId()
      source.named?.(id)
      const event = { id, type, conversation: conversation || id, data, createdAt: at }
      // What may be handled anywhere is handled here.
      const partition = conversation ? partitionOf(conversation) : this.#place.any(id)
      const isOwn = !this.#place.isShared || (!conversation && this.#place.has(partition))
      // All nodes hear of it, in the order of the commits, the one that accepted it among them.
      const news = isOwn ? undefined : eventNews(partition, id)
      return { event, text, source, partition, isOwn, news }
    })
    // Only what has to be decided in the commit needs a transaction of several steps.
    if (typeof also === 'function' || events.some(({ claim }) => claim))
      return this.#acceptInSteps(arrivals, also)
    const changes: Change[] = []
    for (const arrival of arrivals) changes.push(...changesOf(arrival))
    if (also) changes.push(...also)
    return this.#store.apply(...changes).then(changed => {
      let at = 0
      let repeated = false
      const accepted = arrivals.map(({ event, source }): Accepted => {
        // Of an event that was there already, the first row is not written.
        const isNew = changed[at] === 1
        at += Math.max(1, source.recipients.length)
        if (!isNew) repeated = true
        return { id: event.id, repeated: !isNew }
      })
      const told = this.#tell(arrivals, accepted)
      return repeated ? this.#withFormerIds(told, events) : told
    })
  }

  #withFormerIds(accepted: readonly Accepted[], events: readonly NewEvent[]): Promise<Accepted[]> {
    const named = accepted.map(async (one, index): Promise<Accepted> => {
      if (!one.repeated) return one
      const former = await this.#store.read.first(eventByDedupe, { dedupe: events[index]!.dedupe! })
      return { id: former?.event_id ?? one.id, repeated: true }
    })
    return Promise.all(named)
  }

  async #acceptInSteps(
    arrivals: readonly Arrival[],
    also: Work<unknown> | readonly Change[] | undefined,
  ): Promise<Accepted[]> {
    const accepted = await this.#store.write(async tx => {
      const outcome: Accepted[] = []
      for (const arrival of arrivals) outcome.push(await this.#insert(tx, arrival))
      if (typeof also === 'function') await also(tx)
      else for (const { query, params } of also ?? []) await tx.run(query, params as never)
      return outcome
    })
    return this.#tell(arrivals, accepted)
  }

  #tell(arrivals: readonly Arrival[], accepted: Accepted[]): Accepted[] {
    const deliveries: HeldDelivery[] = []
    for (const [index, arrival] of arrivals.entries()) {
      const { event, source } = arrival
      if (accepted[index]!.repeated) {
        this.#observer.repeated(event.type)
        continue
      }
      this.#observer.accepted(event, source.recipients)
      if (!arrival.isOwn || !this.#place.has(arrival.partition)) continue
      for (const recipient of source.recipients) deliveries.push(newDelivery(arrival, recipient))
    }
    if (deliveries.length > 0) this.#onAccepted(deliveries)
    return accepted
  }

  async #insert(tx: Transaction, arrival: Arrival): Promise<Accepted> {
    const { id } = arrival.event
    const { dedupe, claim } = arrival.source
    if (claim && !(await claim(tx))) return { id, repeated: true }
    for (const { query, params } of changesOf(arrival)) {
      const isNew = (await tx.run(query, params as never)) === 1
      if (isNew) continue
      const former = await tx.first(eventByDedupe, { dedupe: dedupe! })
      return { id: former!.event_id, repeated: true }
    }
    return { id, repeated: false }
  }

  /** The event with this `dedupe`, and its data as JSON. */
  async byDedupe(dedupe: string): Promise<FormerEvent | undefined> {
    const row = await this.#store.read.first(eventByDedupe, { dedupe })
    return row && { id: row.event_id, text: row.data }
  }

  /** The first event whose `dedupe` is in a range, both ends included. */
  async byDedupeRange(from: string, to: string): Promise<FormerEvent | undefined> {
    const row = await this.#store.read.first(eventByDedupeRange, { from, to })
    return row && { id: row.event_id, text: row.data }
  }

  /** Those of some `dedupe`s whose events are not handled yet. */
  async pendingAmong(dedupes: readonly string[]): Promise<ReadonlySet<string>> {
    if (dedupes.length === 0) return new Set()
    const rows = await this.#store.read.all(pendingByDedupe, { dedupes: listText(dedupes) })
    return new Set(rows.map(({ dedupe }) => dedupe!))
  }

  /** Keeps a call that was made with its delivery: it is written when the outcome is. */
  keep(delivery: Delivery, call: MadeCall): void {
    this.#calls.keep(delivery, call)
  }

  /** The calls that were kept with the deliveries of an event to a bot, in the order in which they were asked for. */
  callsFor(event: string, bot: string): Promise<MadeCall[]> {
    return this.#calls.of(event, bot)
  }

  /** The messages to a lane that were kept with the latest deliveries to a bot. */
  callsTo(lane: string, bot: string, range: LateRange): Promise<MadeCall[]> {
    return this.#calls.to(lane, bot, range)
  }

  /** Notes that a delivery was handled. */
  finish(delivery: Delivery): Promise<unknown> {
    const { event, bot, plugin, calls, also = [] } = delivery
    const row = { event: event.id, bot, plugin, calls: writeCalls(calls), at: this.#now() }
    return this.#written(delivery, change(finishDelivery, row), ...also)
  }

  /** Notes that an attempt failed: to be made again at `nextAt` (epoch ms), or, without it, set aside for good. */
  fail(delivery: Delivery, error: Error, nextAt?: number): Promise<unknown> {
    const failure = failureOf(delivery, error, nextAt, this.#now())
    return this.#written(delivery, change(failDelivery, failure))
  }

  #written(delivery: Delivery, ...changes: readonly Change[]): Promise<unknown> {
    return this.#calls.writing(delivery, this.#store.apply(...changes))
  }

  /** What has not been handled yet, in the order of acceptance. */
  async pending(limit: number): Promise<HeldDelivery[]> {
    return this.#held(await this.#store.read.all(pendingDeliveries, { limit }))
  }

  /** What waits for one plugin and, if need be, of one conversation. */
  async pendingOf(range: PageRange, conversation?: string): Promise<Page> {
    const { parts } = this.#place
    const { rows, seenTo } = await readPage(this.#store.read, { ...range, parts }, conversation)
    return { deliveries: this.#held(rows), seenTo }
  }

  /** Those deliveries of some events that wait, in the order of the ids. */
  async pendingAt(ids: readonly string[]): Promise<HeldDelivery[]> {
    const held = this.#held(await this.#store.read.all(pendingByIds, { ids: JSON.stringify(ids) }))
    const places = new Map(ids.map((id, place) => [id, place]))
    return held.sort((a, b) => places.get(a.event.id)! - places.get(b.event.id)!)
  }

  #held(rows: readonly DeliveryRow[]): HeldDelivery[] {
    return rows.map(row => deliveryOf(row, this.#former.has(row.partition, row.event_id)))
  }

  /**
   * Has a delivery that ended wait again, to be handled once more; it is for the caller to see to that.
   *
   * @returns undefined when there is none, or it waits already
   */
  async reopen(event: string, { bot, plugin }: Recipient): Promise<HeldDelivery | undefined> {
    const key = { event, bot, plugin }
    const [reopened] = await this.#store.apply(change(reopenDelivery, key))
    return reopened === 1 ? this.reopened(event, key) : undefined
  }

  /** A delivery of which an attempt was made before, if it waits. */
  async reopened(event: string, { bot, plugin }: Recipient): Promise<HeldDelivery | undefined> {
    const row = await this.#store.read.first(deliveryByKey, { event, bot, plugin })
    if (row?.state !== 'pending') return undefined
    const { type, conversation, attempts, created_at: createdAt } = row
    // Where the history reaches, it is asked for what an earlier process may have sent last.
    const { partition } = row
    const isFormer = this.#former.has(partition, event)
    const recovered = isFormer && this.#now() - createdAt < REOPENED_DOUBT_MS
    const stored = { id: event, type, conversation, data: JSON.parse(row.data), createdAt }
    const size = row.data.length
    const calls = readCalls(row.calls)
    return { event: stored, size, bot, plugin, attempts, again: true, recovered, partition, calls }
  }
}
