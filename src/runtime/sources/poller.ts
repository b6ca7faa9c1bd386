import { backoffMs } from '../../base/backoff.ts'
import { type Clock, sleep } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Client } from '../../client/index.ts'
import { formatWireTime, HISTORY_PAGE, HISTORY_RANGE_MS, type HistoryPage } from '../../protocol/index.ts'
import { query, type Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import type { Inbound } from './inbound.ts'

export interface PollerOptions {
  readonly client: Client
  readonly store: Store<RuntimeTables>
  readonly inbound: Inbound
  readonly appKey: string
  readonly clock: Clock
  readonly log: Log
  /** Pause between two looks, in ms. */
  readonly everyMs: number
  /** Pause before the first look, so that those of several apps do not come at the same time, in ms. Default: none. */
  readonly firstMs?: number
}

const readCursor = query<RuntimeTables>()((db, p: { name: string }) =>
  db.selectFrom('cursors').select('value').where('name', '=', p.name),
)

const moveCursor = query<RuntimeTables>()((db, p: { name: string; value: number }) =>
  db
    .insertInto('cursors')
    .values({ name: p.name, value: p.value })
    .onConflict(conflict => conflict.column('name').doUpdateSet({ value: p.value })),
)

/** Each look begins this long before the last message of the one before: one can appear late in the history. */
const OVERLAP_MS = 60_000
/** JMessage's clock may be behind this machine's by as much. */
const BEHIND_MS = 10 * 60_000
/** JMessage's clock may be ahead of this machine's by as much. */
const AHEAD_MS = 24 * 3_600_000
/** With this machine's clock alone to go by, the cursor is set back by no more: it may be that clock that is wrong. */
const MOST_BACK_MS = AHEAD_MS / 2

/**
 * Reads new messages from JMessage's history, where a callback cannot reach this machine. What it has read is noted in
 * the commit that accepts the messages, so that over restarts none is lost; those read twice are known by their msgid.
 */
export class Poller {
  readonly #options: PollerOptions
  readonly #stopped = new AbortController()
  #loop: Promise<void> = Promise.resolve()
  /** Numbers of the messages of the last look: in the next one they need not be written down again. */
  #seen: ReadonlySet<number> = new Set()
  /** When the last message that was read was said, by JMessage's clock. */
  #saidAt: number | undefined
  /** What this machine's clock showed at the last look. */
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(options: PollerOptions) {
    this.#options = options
  }

  /** Begins to poll: at the first start from now on, later from where it had come to. */
  start(): void {
    this.#loop = this.#poll()
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#loop
  }

  async #poll(): Promise<void> {
    const { clock, log, everyMs, firstMs = 0 } = this.#options
    const { signal } = this.#stopped
    let failures = 0
    if (firstMs > 0) {
      // What is said during the pause is not to be missed. If it cannot be noted, the first look tells.
      await this.#mark().catch(() => {})
      await sleep(clock, firstMs, signal).catch(() => {})
    }
    while (!signal.aborted) {
      let pause = everyMs
      try {
        await this.#look()
        if (failures > 0) log.info({ failures }, 'the message history can be read again')
        failures = 0
      } catch (err) {
        failures++
        pause = Math.max(everyMs, backoffMs(failures, { firstMs: everyMs, longestMs: 60_000 }))
        if (failures === 1 && !signal.aborted)
          log.warn({ err }, 'the message history cannot be read; trying again')
      }
      await sleep(clock, pause, signal).catch(() => {})
    }
  }

  /** Notes from when on messages are read, unless they were read before. */
  async #mark(): Promise<void> {
    const { store, clock, appKey } = this.#options
    const name = `poll:${appKey}`
    if (await store.read.first(readCursor, { name })) return
    await store.write(tx => tx.run(moveCursor, { name, value: clock.now() }))
  }

  async #look(): Promise<void> {
    const { store, clock, appKey } = this.#options
    const name = `poll:${appKey}`
    const now = clock.now()
    const stored = await store.read.first(readCursor, { name })
    let known = stored?.value ?? now
    // The clock was set back. While it was ahead, the cursor went with it, past what is still to be said.
    if (now < this.#lookedAt)
      known = Math.min(known, this.#saidAt ?? Math.max(now - BEHIND_MS, known - MOST_BACK_MS))
    if (known !== stored?.value)
      await store.write(async tx => void (await tx.run(moveCursor, { name, value: known })))
    this.#lookedAt = now
    if (!stored) return
    const seen = new Set<number>()
    let begin = known - OVERLAP_MS
    // A long absence is made up for in ranges that JMessage allows.
    for (;;) {
      const end = Math.min(Math.max(now, known) + AHEAD_MS, begin + HISTORY_RANGE_MS)
      // The clock of the messages is JMessage's; where nothing was said, ours has to do, with room for its error.
      const quiet = Math.min(end, now) - BEHIND_MS
      await this.#readRange({ begin, end, quiet, name, known, seen })
      if (end >= now) break
      begin = end
    }
    this.#seen = seen
  }

  async #readRange(range: Range): Promise<void> {
    const { inbound } = this.#options
    const { begin, end, quiet, name, known, seen } = range
    let page = await this.#list({
      begin_time: formatWireTime(begin),
      end_time: formatWireTime(end),
      count: HISTORY_PAGE,
    })
    let value = known
    for (;;) {
      const last = page.cursor === undefined || page.messages.length === 0
      for (const { msgid } of page.messages) seen.add(msgid)
      const fresh = page.messages.filter(({ msgid }) => !this.#seen.has(msgid))
      const saidAt = page.messages.at(-1)?.msg_ctime ?? 0
      value = Math.max(value, saidAt, last ? quiet : 0)
      // While nothing is said, that is written down once a minute, and not at each look.
      if (fresh.length > 0 || value >= known + OVERLAP_MS) {
        const upTo = value
        await inbound.accept(fresh, { also: tx => tx.run(moveCursor, { name, value: upTo }) })
      }
      if (saidAt > (this.#saidAt ?? 0)) this.#saidAt = saidAt
      if (last) return
      page = await this.#list({ cursor: page.cursor! })
    }
  }

  /** Asks the history. Rejects when the poller is stopped, so that nobody waits for JMessage then. */
  #list(query: Parameters<Client['report']['messages']['list']>[0]): Promise<HistoryPage> {
    const { signal } = this.#stopped
    return new Promise((resolve, reject) => {
      const stop = () => reject(signal.reason)
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop, { once: true })
      this.#options.client.report.messages
        .list(query)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', stop))
    })
  }
}

interface Range {
  /** Epoch ms. */
  readonly begin: number
  readonly end: number
  /** Up to when all is read once the range is, though nothing was said in it. */
  readonly quiet: number
  /** Of the cursor. */
  readonly name: string
  /** Where the cursor was. */
  readonly known: number
  /** The messages of this look. */
  readonly seen: Set<number>
}
