import { sql } from 'kysely'
import type { IdMaker } from '../../base/ids.ts'
import { type Change, change, query, type Store, type Transaction, type Work } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import type { Delivery, Recipient, StoredEvent } from './event.ts'

/** An event that a source hands over. */
export interface NewEvent {
  readonly type: string
  /** Events of one conversation are handled in their order; an event with an empty one is a conversation by itself. */
  readonly conversation: string
  /** An event with the `dedupe` of one that was accepted already is a repetition, and is not accepted again. */
  readonly dedupe?: string
  readonly data: unknown
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

/** A row as it is written first. */
interface NewRow {
  event: string
  bot: string
  plugin: string
  type: string
  conversation: string
  dedupe: string | null
  data: string
  at: number
  state: 'pending' | 'done'
}

const insertDelivery = query<RuntimeTables>()((db, p: NewRow) =>
  db
    .insertInto('deliveries')
    .values({
      event_id: p.event,
      bot: p.bot,
      plugin: p.plugin,
      type: p.type,
      conversation: p.conversation,
      dedupe: p.dedupe,
      data: p.data,
      created_at: p.at,
      state: p.state,
      attempts: 0,
    })
    .onConflict(conflict => conflict.column('dedupe').where('dedupe', 'is not', null).doNothing()),
)

const eventByDedupe = query<RuntimeTables>()((db, p: { dedupe: string }) =>
  db.selectFrom('deliveries').select('event_id').where('dedupe', '=', p.dedupe),
)

const finishDelivery = query<RuntimeTables>()((db, p: { event: string; bot: string; plugin: string }) =>
  db
    .updateTable('deliveries')
    .set({ state: 'done', next_at: null })
    .where('event_id', '=', p.event)
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin),
)

interface Failure {
  event: string
  bot: string
  plugin: string
  state: 'pending' | 'dead'
  attempts: number
  nextAt: number | null
  error: string
}

const failDelivery = query<RuntimeTables>()((db, p: Failure) =>
  db
    .updateTable('deliveries')
    .set({ state: p.state, attempts: p.attempts, next_at: p.nextAt, error: p.error })
    .where('event_id', '=', p.event)
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin),
)

const pendingDeliveries = query<RuntimeTables>()((db, p: { after: string; last: number }) =>
  db
    .selectFrom('deliveries')
    .select(['event_id', 'bot', 'plugin', 'type', 'conversation', 'data', 'created_at', 'attempts'])
    .where('state', '=', 'pending')
    .where('event_id', '>', p.after)
    .where('event_id', '<=', eb =>
      eb.fn.coalesce(
        eb
          .selectFrom('deliveries as counted')
          .select('counted.event_id')
          .where('counted.state', '=', 'pending')
          .where('counted.event_id', '>', p.after)
          .orderBy('counted.event_id')
          .limit(1)
          .offset(p.last),
        sql.lit(LAST_ID),
      ),
    )
    .orderBy('event_id'),
)

const countPending = query<RuntimeTables>()((db, _: object) =>
  db
    .selectFrom('deliveries')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('state', '=', 'pending'),
)

const lastIds = query<RuntimeTables>()((db, _: object) =>
  db.selectNoFrom(eb => [
    eb
      .selectFrom('deliveries')
      .select(eb => eb.fn.max('deliveries.event_id').as('id'))
      .as('event'),
    eb
      .selectFrom('outbox')
      .select(eb => eb.fn.max('outbox.id').as('id'))
      .as('call'),
  ]),
)

/** Sorts after every id. */
const LAST_ID = '~'

/** Longest error text that is kept of a delivery. */
const ERROR_CHARS = 4000

/** Where every event is written down before it is acknowledged, and what became of it afterwards. */
export class Journal {
  readonly #store: Store<RuntimeTables>
  readonly #now: () => number
  readonly #makeId: IdMaker
  readonly #onAccepted: (deliveries: readonly Delivery[]) => void
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
        deliveries.push({ event, bot, plugin, attempts: 0, again: false, recovered: false })
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

  /** Notes that a delivery was handled. */
  finish({ event, bot, plugin }: Delivery): Promise<unknown> {
    return this.#store.apply(change(finishDelivery, { event: event.id, bot, plugin }))
  }

  /** Notes that an attempt failed: to be made again at `nextAt` (epoch ms), or, without it, set aside for good. */
  fail({ event, bot, plugin, attempts }: Delivery, error: Error, nextAt?: number): Promise<unknown> {
    const failure: Failure = {
      event: event.id,
      bot,
      plugin,
      state: nextAt === undefined ? 'dead' : 'pending',
      attempts,
      nextAt: nextAt ?? null,
      error: (error.stack ?? String(error)).slice(0, ERROR_CHARS),
    }
    return this.#store.apply(change(failDelivery, failure))
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
    }))
  }
}

/** The rows of an event: one for each who has to handle it, and one all the same if nobody has to. */
function rowsOf(
  { id, type, conversation, data, createdAt: at }: StoredEvent,
  { dedupe, recipients }: NewEvent,
): NewRow[] {
  const event = { event: id, type, conversation, data: JSON.stringify(data) ?? 'null', at }
  if (recipients.length === 0)
    return [{ ...event, bot: '', plugin: '', dedupe: dedupe ?? null, state: 'done' }]
  return recipients.map(({ bot, plugin }, index) => {
    return { ...event, bot, plugin, dedupe: index === 0 ? (dedupe ?? null) : null, state: 'pending' }
  })
}
