import { AppError } from '../../base/errors.ts'
import { idMaker } from '../../base/ids.ts'
import type { Store } from '../../store/index.ts'
import type { DeliveryState, DeliveryTable, OutboxTable, RuntimeTables } from '../../store/schema/runtime.ts'
import { keptCall, ownerOf, rowCall } from './call-records.ts'
import type { MadeCall } from './event.ts'
import type { DeliveryRecord, EventRecord } from './record.ts'

type Events = Store<RuntimeTables>

/** Which deliveries are asked for. */
export interface EventFilter {
  /** `webhook`, `message.text`; `message` for all messages. */
  readonly type?: string | undefined
  readonly bot?: string | undefined
  readonly plugin?: string | undefined
  readonly state?: DeliveryState | undefined
  /** Epoch ms. */
  readonly since?: number | undefined
  readonly limit: number
}

/** An event on its way to one plugin, or one that nobody had to handle: then bot and plugin are empty. */
export interface DeliverySummary {
  readonly event: string
  readonly type: string
  readonly conversation: string
  readonly bot: string
  readonly plugin: string
  readonly state: DeliveryState
  readonly attempts: number
  readonly error: string | null
  /** Epoch ms. */
  readonly createdAt: number
  readonly data: unknown
}

/** The last deliveries that fit, the newest first. */
export async function listDeliveries(store: Events, filter: EventFilter): Promise<DeliverySummary[]> {
  const { type, bot, plugin, state, since, limit } = filter
  let select = store.db
    .selectFrom('deliveries')
    .select([
      ...(['event_id as event', 'type', 'conversation', 'bot', 'plugin', 'state'] as const),
      ...(['attempts', 'error', 'created_at as createdAt', 'data'] as const),
    ])
    .orderBy('event_id', 'desc')
    .orderBy('bot')
    .orderBy('plugin')
    .limit(limit)
  if (type !== undefined)
    select = select.where(eb =>
      eb.or([eb('type', '=', type), eb.and([eb('type', '>', `${type}.`), eb('type', '<', `${type}/`)])]),
    )
  if (bot !== undefined) select = select.where('bot', '=', bot)
  if (plugin !== undefined) select = select.where('plugin', '=', plugin)
  if (state !== undefined) select = select.where('state', '=', state)
  // Ids sort by time, and have an index.
  if (since !== undefined) select = select.where('event_id', '>=', firstIdAt(since))
  const rows = await store.read.execute(select)
  return rows.map(row => ({ ...row, data: JSON.parse(row.data) }))
}

/** Digits of an id that hold its time. */
const TIME_DIGITS = 10

/** Sorts before every id that is made from `at` (epoch ms) on. */
const firstIdAt = (at: number): string => idMaker(() => at)().slice(0, TIME_DIGITS)

/** An id may be shortened to so many of its last characters. */
const SHORTEST_ID = 4

/**
 * The id of an event that a person named: by all of it, or by its end.
 *
 * @throws AppError `event.unknown`, `event.ambiguous`
 */
export async function findEvent(store: Events, named: string): Promise<string> {
  const end = named.toUpperCase()
  if (!/^[0-9A-Z]+$/.test(end) || end.length < SHORTEST_ID) throw unknown(named)
  const exact = store.db.selectFrom('deliveries').select('event_id as id').where('event_id', '=', end)
  const [known] = await store.read.execute(exact.limit(1))
  if (known) return known.id
  const select = store.db.selectFrom('deliveries').select('event_id as id').distinct()
  const found = await store.read.execute(select.where('event_id', 'like', `%${end}`).limit(2))
  if (found.length === 1) return found[0]!.id
  if (found.length === 0) throw unknown(named)
  throw new AppError(`the ids of several events end with ${end}`, {
    code: 'event.ambiguous',
    hint: 'Give more of the id.',
  })
}

const unknown = (named: string) =>
  new AppError(`there is no event ${named}`, {
    code: 'event.unknown',
    hint: 'beadle events list shows what there is; old events are cleared away.',
  })

/** Calls of one event that are read, beside those that are kept with its deliveries. */
const MOST_CALLS = 10_000

/** An event and all that came of it, by its whole id. */
export async function eventRecord(store: Events, id: string): Promise<EventRecord | undefined> {
  const { db, read } = store
  const ofEvent = db.selectFrom('deliveries').selectAll().where('event_id', '=', id)
  const rows: DeliveryTable[] = await read.execute(ofEvent.orderBy('bot').orderBy('plugin'))
  const first = rows[0]
  if (!first) return undefined
  const calls = db
    .selectFrom('outbox')
    .selectAll()
    .where('event_id', '=', id)
    // Those of a broadcast are told of with it.
    .where('priority', '!=', 'bulk')
    .orderBy('seq')
    .limit(MOST_CALLS)
  const owned = await assign(store, rows, await read.execute(calls))
  const begun = db.selectFrom('broadcasts').select(['id', 'title', 'total'])
  const handled = rows.filter(({ plugin }) => plugin !== '')
  return {
    id,
    type: first.type,
    conversation: first.conversation,
    data: JSON.parse(first.data),
    createdAt: first.created_at,
    replayOf: rows.find(row => row.replay_of !== null)?.replay_of ?? null,
    deliveries: handled.map(row => deliveryRecord(row, owned.get(row) ?? [])),
    calls: (owned.get(undefined) ?? []).map(rowCall),
    broadcasts: await read.execute(begun.where('event_id', '=', id).orderBy('id')),
  }
}

type Owned = ReadonlyMap<DeliveryTable | undefined, OutboxTable[]>

/** Whose calls the rows of the outbox are: of a delivery, or, where that is not known for sure, of none. */
async function assign({ db, read }: Events, rows: DeliveryTable[], calls: OutboxTable[]): Promise<Owned> {
  const owned = new Map<DeliveryTable | undefined, OutboxTable[]>()
  const usernames = [...new Set(calls.map(call => call.bot))]
  const identities = db.selectFrom('identities').select(['username', 'bot'])
  const known =
    usernames.length === 0 ? [] : await read.execute(identities.where('username', 'in', usernames))
  for (const call of calls) {
    const { bot, plugin } = ownerOf(call)
    const bots = bot ? [bot] : known.filter(({ username }) => username === call.bot).map(one => one.bot)
    const possible = rows.filter(row => bots.includes(row.bot) && (!plugin || row.plugin === plugin))
    const owner = possible.length === 1 ? possible[0] : undefined
    owned.set(owner, [...(owned.get(owner) ?? []), call])
  }
  return owned
}

function deliveryRecord(row: DeliveryTable, others: readonly OutboxTable[]): DeliveryRecord {
  const { bot, plugin, state, attempts, error } = row
  const kept: MadeCall[] = row.calls === null ? [] : JSON.parse(row.calls)
  const calls = [
    ...kept.map(call => ({ seq: call.seq, record: keptCall(call) })),
    ...others.map(call => ({ seq: call.seq, record: rowCall(call) })),
  ]
  calls.sort((a, b) => (a.seq < b.seq ? -1 : 1))
  const outcome = { bot, plugin, state, attempts, error, nextAt: row.next_at, endedAt: row.ended_at }
  return { ...outcome, calls: calls.map(({ record }) => record) }
}
