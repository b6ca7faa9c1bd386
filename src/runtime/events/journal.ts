import type { IdMaker } from '../../base/ids.ts'
import { type Change, change, type Store, type Transaction, type Work } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import {
  countPending,
  eventByDedupe,
  type Failure,
  failDelivery,
  finishDelivery,
  insertDelivery,
  keptCalls,
  lastIds,
  type NewRow,
  pendingDeliveries,
} from './delivery-rows.ts'
import type { Delivery, MadeCall, Recipient, StoredEvent } from './event.ts'

/** An event that a source hands over. */
export interface NewEvent {
  readonly type: string
  /** Events of one conversation are handled in their order; an event with an empty one is a conversation by itself. */
  readonly conversation: string
  /** An event with the `dedupe` of one that was accepted already is a repetition, and is not accepted again. */
  readonly dedupe?: string
  readonly data: unknown
  /** `data` as JSON, where the source has it at hand. */
  readonly text?: string | undefined
  readonly recipients: readonly Recipient[]
  /** Asked in the commit that accepts the event: when it says no, what the event comes of is gone, and it is passed over. */
  readonly claim?: Work<boolean>
}

/** What became of an event that was handed over. */
export interface Accepted {
  /** Of the event, or of the one it repeats. */
  readonly id: string
  /** Whether it was accepted before, or could not be claimed. */
  readonly repeated: boolean
}

/** Longest error text that is kept of a delivery. */
const ERROR_CHARS = 4000

/** Where every event is written down before it is acknowledged, and what became of it afterwards. */
export class Journal {
  readonly #store: Store<RuntimeTables>
  readonly #now: () => number
  readonly #makeId: IdMaker
  readonly #onAccepted: (deliveries: readonly Delivery[]) => void
  /** Deliveries with calls that are not on disk yet. */
  readonly #unwritten = new Set<Delivery>()
  /** Events with lower ids were accepted by earlier processes. */
  #firstId: string

  /** @param options.onAccepted is told, in order, what is on disk and has to be handled */
  constructor(options: {
    store: Store<RuntimeTables>
    now: () => number
    makeId: IdMaker
    onAccepted: (deliveries: readonly Delivery[]) => void
  }) {
    this.#store = options.store
    this.#now = options.now
    this.#makeId = options.makeId
    this.#onAccepted = options.onAccepted
    this.#firstId = options.makeId()
  }

  /** Has new ids come after all that there are, though the clock may have been set back. To be called first. */
  async open(): Promise<void> {
    const last = await this.#store.read.first(lastIds, {})
    for (const id of [last?.event, last?.call]) if (id) this.#makeId.follow(id)
    this.#firstId = this.#makeId()
  }

  /** How many deliveries are not handled. */
  async count(): Promise<number> {
    return (await this.#store.read.first(countPending, {}))?.count ?? 0
  }

  /**
   * Writes events down, all or none, in one commit with `also`. Once this resolves they are on disk and will be
   * handled, whatever happens to the process.
   */
  accept(events: readonly NewEvent[], also?: Work<unknown>): Promise<Accepted[]> {
    const at = this.#now()
    const stored = events.map(({ type, conversation, data }): StoredEvent => {
      const id = this.#makeId()
      return { id, type, conversation: conversation || id, data, createdAt: at }
    })
    // Most events are new for sure, and need no look at what is there.
    if (!also && events.every(({ dedupe, claim }) => dedupe === undefined && !claim)) {
      const changes: Change[] = []
      for (const [index, event] of stored.entries()) {
        for (const row of rowsOf(event, events[index]!)) changes.push(change(insertDelivery, row))
      }
      return this.#store.apply(...changes).then(() => {
        const accepted = stored.map(({ id }) => ({ id, repeated: false }))
        return this.#tell(stored, events, accepted)
      })
    }
    return this.#acceptOnce(stored, events, also)
  }

  async #acceptOnce(
    stored: readonly StoredEvent[],
    events: readonly NewEvent[],
    also: Work<unknown> | undefined,
  ): Promise<Accepted[]> {
    const accepted = await this.#store.write(async tx => {
      const outcome: Accepted[] = []
      for (const [index, event] of stored.entries())
        outcome.push(await this.#insert(tx, event, events[index]!))
      await also?.(tx)
      return outcome
    })
    return this.#tell(stored, events, accepted)
  }

  #tell(stored: readonly StoredEvent[], events: readonly NewEvent[], accepted: Accepted[]): Accepted[] {
    const deliveries: Delivery[] = []
    for (const [index, event] of stored.entries()) {
      if (accepted[index]!.repeated) continue
      for (const { bot, plugin } of events[index]!.recipients) {
        deliveries.push({ event, bot, plugin, attempts: 0, again: false, recovered: false, calls: [] })
      }
    }
    if (deliveries.length > 0) this.#onAccepted(deliveries)
    return accepted
  }

  async #insert(tx: Transaction, event: StoredEvent, source: NewEvent): Promise<Accepted> {
    const { id } = event
    const { dedupe, claim } = source
    if (claim && !(await claim(tx))) return { id, repeated: true }
    const [first, ...others] = rowsOf(event, source)
    const isNew = (await tx.run(insertDelivery, first!)) === 1
    if (!isNew) return { id: (await tx.first(eventByDedupe, { dedupe: dedupe! }))!.event_id, repeated: true }
    for (const row of others) await tx.run(insertDelivery, row)
    return { id, repeated: false }
  }

  /** Keeps a call that was made with its delivery: it is written when the outcome is. */
  keep(delivery: Delivery, call: MadeCall): void {
    delivery.calls.push(call)
    this.#unwritten.add(delivery)
  }

  /** The calls that were kept with the deliveries of an event to a bot, in the order in which they were asked for. */
  async callsFor(event: string, bot: string): Promise<MadeCall[]> {
    const written = await this.#store.read.all(keptCalls, { event, bot })
    const calls = new Map<string, MadeCall>()
    for (const row of written) for (const call of readCalls(row.calls)) calls.set(call.key, call)
    for (const delivery of this.#unwritten) {
      if (delivery.event.id !== event || delivery.bot !== bot) continue
      for (const call of delivery.calls) calls.set(call.key, call)
    }
    return [...calls.values()].sort((a, b) => (a.seq < b.seq ? -1 : 1))
  }

  /** Notes that a delivery was handled. */
  finish(delivery: Delivery): Promise<unknown> {
    const { event, bot, plugin, calls } = delivery
    const row = { event: event.id, bot, plugin, calls: writeCalls(calls) }
    return this.#written(delivery, change(finishDelivery, row))
  }

  /** Notes that an attempt failed: to be made again at `nextAt` (epoch ms), or, without it, set aside for good. */
  fail(delivery: Delivery, error: Error, nextAt?: number): Promise<unknown> {
    const { event, bot, plugin, attempts, calls } = delivery
    const failure: Failure = {
      event: event.id,
      bot,
      plugin,
      state: nextAt === undefined ? 'dead' : 'pending',
      attempts,
      nextAt: nextAt ?? null,
      error: (error.stack ?? String(error)).slice(0, ERROR_CHARS),
      calls: writeCalls(calls),
    }
    return this.#written(delivery, change(failDelivery, failure))
  }

  #written(delivery: Delivery, outcome: Change): Promise<unknown> {
    const applied = this.#store.apply(outcome)
    const { length } = delivery.calls
    if (length === 0) return applied
    return applied.finally(() => {
      // A further attempt may have made more by then.
      if (delivery.calls.length === length) this.#unwritten.delete(delivery)
    })
  }

  /**
   * What has not been handled yet, in the order of acceptance, from the event after `after` on: `limit` deliveries, and
   * beyond them those of the last event, so that none is torn apart.
   */
  async pending(after: string, limit: number): Promise<Delivery[]> {
    const rows = await this.#store.read.all(pendingDeliveries, { after, last: limit - 1 })
    return rows.map(row => ({
      event: {
        id: row.event_id,
        type: row.type,
        conversation: row.conversation,
        data: JSON.parse(row.data),
        createdAt: row.created_at,
      },
      bot: row.bot,
      plugin: row.plugin,
      attempts: row.attempts,
      again: row.attempts > 0,
      recovered: row.event_id < this.#firstId,
      calls: readCalls(row.calls),
    }))
  }
}

/** The rows of an event: one for each who has to handle it, and one all the same if nobody has to. */
function rowsOf(event: StoredEvent, source: NewEvent): NewRow[] {
  const { recipients } = source
  const dedupe = source.dedupe ?? null
  const text = source.text ?? JSON.stringify(event.data) ?? 'null'
  if (recipients.length === 0) return [rowOf(event, text, { bot: '', plugin: '' }, dedupe, 'done')]
  return recipients.map((recipient, index) =>
    rowOf(event, text, recipient, index === 0 ? dedupe : null, 'pending'),
  )
}

// Written out, as objects that are spread and then added to outlive several collections.
const rowOf = (
  { id: event, type, conversation, createdAt: at }: StoredEvent,
  data: string,
  { bot, plugin }: Recipient,
  dedupe: string | null,
  state: NewRow['state'],
): NewRow => ({ event, bot, plugin, type, conversation, dedupe, data, at, state })

const writeCalls = (calls: readonly MadeCall[]): string | null =>
  calls.length === 0 ? null : JSON.stringify(calls)

const readCalls = (calls: string | null): MadeCall[] => (calls === null ? [] : JSON.parse(calls))
