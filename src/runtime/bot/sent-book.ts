import { type MessageRecord, RETRACT_WINDOW_MS } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { ownerOf } from '../events/call-records.ts'
import type { MadeCall } from '../events/event.ts'
import type { Journal } from '../events/journal.ts'
import { shadowPrefix } from '../shadow/shadow-outbox.ts'
import type { AppOutbox } from './app-outbox.ts'
import { retractKey } from './outbox-entry.ts'
import type { OutboxRow } from './outbox-store.ts'
import { callsByKeys, eventsByIds, sentLately, waitingLately } from './sent-book-rows.ts'

/** So many of the latest rows are looked at, whoever they are of: a look takes the same however much there is. */
const MOST_ROWS = 5000
/** So many of those that are found are looked at together. */
const CHUNK = 100
/** A message is found that was sent in answer to an event of so long before. */
const OLDEST_EVENT_MS = 10 * 60_000

/** What is sought: what a bot sent to a lane last. */
export interface SentSearch {
  readonly lane: string
  /** The end of the three minutes that are looked at: epoch ms. */
  readonly until: number
  /** An event: what was asked for before it counts, and what was taken back in handling it. */
  readonly event?: string | undefined
  /** Username: what was said in answer to somebody. */
  readonly by?: string | undefined
  readonly count: number
}

export type SentCall = OutboxRow | MadeCall

/** What a bot sent lately. */
export interface SentBook {
  /** The last messages that were not taken back, newest first. */
  last(search: SentSearch): Promise<SentCall[]>
  /** Whether a message was taken back, by the key of its call. */
  isTakenBack(key: string): Promise<boolean>
}

export interface StoredBookOptions {
  /** Name of the bot's file. */
  readonly bot: string
  readonly username: string
  readonly appKey: string
  /** Name of the app, unless that is the main one. */
  readonly app: string | undefined
  readonly isShadow: boolean
  readonly store: Store<RuntimeTables>
  readonly journal: Pick<Journal, 'callsTo'>
  /** Where calls are that are under way. */
  readonly outbox: Pick<AppOutbox, 'madeTo'>
}

/** Reads what a bot sent from what is kept of calls, those in memory among them. */
export class StoredBook implements SentBook {
  readonly #options: StoredBookOptions

  constructor(options: StoredBookOptions) {
    this.#options = options
  }

  async last(search: SentSearch): Promise<SentCall[]> {
    const found = await this.#sent(search)
    const meant: SentCall[] = []
    for (let at = 0; at < found.length && meant.length < search.count; at += CHUNK) {
      const calls = found.slice(at, at + CHUNK)
      const takenBack = await this.#takenBack(calls, search.event)
      const answers = search.by === undefined ? undefined : await this.#answersTo(search.by, calls)
      meant.push(...calls.filter(call => !takenBack.has(call) && (answers?.has(call) ?? true)))
    }
    return meant.slice(0, search.count)
  }

  async isTakenBack(key: string): Promise<boolean> {
    const [row] = await this.#rows([this.#kept(retractKey(key))])
    return row?.state === 'sent' || row?.state === 'shadow'
  }

  /** What was sent, or waits, newest first. */
  async #sent({ lane, until, event }: SentSearch): Promise<SentCall[]> {
    const { bot, username, isShadow, store, journal, outbox } = this.#options
    const since = until - RETRACT_WINDOW_MS
    const rows = { lane, bot: username, most: MOST_ROWS }
    // Asked first: what has ended since is found where it is kept.
    const made = isShadow ? [] : await outbox.madeTo(lane, username, event)
    const range = { since: since - OLDEST_EVENT_MS, before: event, most: MOST_ROWS }
    const kept = await journal.callsTo(lane, bot, range)
    const ended = await store.read.all(sentLately, { ...rows, since })
    const waiting = isShadow ? [] : await store.read.all(waitingLately, rows)
    const calls = new Map<string, SentCall>()
    for (const row of [...waiting, ...ended]) if (this.#isOwn(row)) calls.set(row.key, row)
    for (const call of [...kept, ...made]) if (call.at >= since) calls.set(call.key, call)
    return [...calls.values()]
      .filter(({ key, seq }) => event === undefined || (seq < event && !key.startsWith(`${event}/`)))
      .sort((a, b) => (a.seq < b.seq ? 1 : -1))
  }

  /** Whether a row with the username of the bot is of itself: one in its shadow has the same, one of another app may. */
  #isOwn(row: OutboxRow): boolean {
    const { bot, appKey, isShadow } = this.#options
    if (row.app !== appKey && row.app !== '') return false
    return isShadow ? row.state === 'shadow' && ownerOf(row).bot === bot : isSaid(row)
  }

  /** Those that were taken back, but for what was so in handling an event: its handler may run again. */
  async #takenBack(calls: readonly SentCall[], event: string | undefined): Promise<ReadonlySet<SentCall>> {
    const byKey = new Map<string, SentCall>()
    for (const call of calls) for (const key of this.#retractKeys(call)) byKey.set(this.#kept(key), call)
    const rows = await this.#rows([...byKey.keys()])
    const others = rows.filter(({ state, event_id }) => state !== 'failed' && (!event || event_id !== event))
    return new Set(others.map(({ key }) => byKey.get(key)!))
  }

  /** Keys of the calls by which a message may have been taken back. */
  #retractKeys(call: SentCall): string[] {
    const { app } = this.#options
    const msgId = msgIdOf(call)
    if (msgId === undefined) return [retractKey(call.key)]
    return [retractKey(call.key), retractKey(app === undefined ? `${msgId}` : `${app}/${msgId}`)]
  }

  #rows(keys: readonly string[]) {
    return this.#options.store.read.all(callsByKeys, { keys: JSON.stringify(keys) })
  }

  /** A key that does not name the bot, as it is kept. */
  #kept(key: string): string {
    const { bot, isShadow } = this.#options
    return isShadow ? `${shadowPrefix(bot)}${key}` : key
  }

  /** Those that were said in answer to somebody. */
  async #answersTo(by: string, calls: readonly SentCall[]): Promise<ReadonlySet<SentCall>> {
    const { store, bot } = this.#options
    const ids = [...new Set(calls.flatMap(call => eventOf(call) ?? []))]
    const events = await store.read.all(eventsByIds, { ids: JSON.stringify(ids), bot })
    const said = new Set(events.filter(event => senderOf(event) === by).map(({ event_id }) => event_id))
    return new Set(calls.filter(call => said.has(eventOf(call) ?? '')))
  }
}

/** Whether a message was said, or still may be. */
const isSaid = ({ state }: OutboxRow): boolean =>
  state === 'sent' || state === 'queued' || state === 'sending' || state === 'doubtful'

const eventOf = (call: SentCall): string | undefined =>
  'event_id' in call ? (call.event_id ?? undefined) : call.key.split('/')[0]

function msgIdOf({ result }: SentCall): number | undefined {
  const receipt = typeof result === 'string' ? JSON.parse(result) : result
  return (receipt as { msg_id?: number } | null)?.msg_id
}

const senderOf = ({ type, data }: { type: string; data: string }): string | undefined =>
  type.startsWith('message.') ? (JSON.parse(data) as MessageRecord).from_id : undefined
