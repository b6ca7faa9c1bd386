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
/** JMessage's clock and this machine's may differ by as much. */
const SKEW_MS = 10 * 60_000

/**
 * Reads new messages from JMessage's history, where a callback cannot reach this machine. What it has read is noted in
 * the commit that accepts the messages, so that over restarts none is lost; those read twice are known by their msgid.
 */
export class Poller {
  readonly #options: PollerOptions
  readonly #stopped = new AbortController()
  #loop: Promise<void> = Promise.resolve()

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
    const { clock, log, everyMs } = this.#options
    const { signal } = this.#stopped
    let failures = 0
    while (!signal.aborted) {
      let pause = everyMs
      try {
        await this.#look()
        if (failures > 0) log.info({ failures }, 'the message history can be read again')
        failures = 0
      } catch (err) {
        failures++
        pause = Math.max(everyMs, backoffMs(failures, { firstMs: everyMs, longestMs: 60_000 }))
        if (failures === 1) log.warn({ err }, 'the message history cannot be read; trying again')
      }
      await sleep(clock, pause, signal).catch(() => {})
    }
  }

  async #look(): Promise<void> {
    const { store, clock, appKey } = this.#options
    const name = `poll:${appKey}`
    const now = clock.now()
    const known = await store.read.first(readCursor, { name })
    if (known === undefined)
      return store.write(async tx => void (await tx.run(moveCursor, { name, value: now })))
    let begin = known.value - OVERLAP_MS
    // A long absence is made up for in ranges that JMessage allows.
    for (;;) {
      const end = Math.min(now + SKEW_MS, begin + HISTORY_RANGE_MS)
      await this.#readRange(begin, end, { name, quiet: Math.min(end, now) - SKEW_MS, known: known.value })
      if (end >= now || this.#stopped.signal.aborted) return
      begin = end
    }
  }

  async #readRange(
    begin: number,
    end: number,
    cursor: { readonly name: string; readonly quiet: number; readonly known: number },
  ): Promise<void> {
    const { client, inbound } = this.#options
    const { list } = client.report.messages
    let seen = cursor.known
    let page: HistoryPage = await list({
      begin_time: formatWireTime(begin),
      end_time: formatWireTime(end),
      count: HISTORY_PAGE,
    })
    for (;;) {
      const last = page.cursor === undefined || page.messages.length === 0
      // The clock of the messages is JMessage's; where nothing was said, ours has to do, with room for its error.
      seen = Math.max(seen, page.messages.at(-1)?.msg_ctime ?? 0, last ? cursor.quiet : 0)
      const value = seen
      await inbound.accept(page.messages, tx => tx.run(moveCursor, { name: cursor.name, value }))
      if (last) return
      page = await list({ cursor: page.cursor! })
    }
  }
}
