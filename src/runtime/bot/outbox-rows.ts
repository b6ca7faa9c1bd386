import { backoffMs } from '../../base/backoff.ts'
import { type Clock, sleep } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { SendReceipt } from '../../protocol/index.ts'
import { change, type Store } from '../../store/index.ts'
import type { OutboxState, RuntimeTables } from '../../store/schema/runtime.ts'
import type { News, Place } from '../fleet/place.ts'
import { type End, rowOf } from './call-row.ts'
import { type Entry, retractKey } from './outbox-entry.ts'
import {
  callByKey,
  dropCall,
  keepCall,
  noteCall,
  type OutboxRow,
  openCalls,
  openKeys,
  takeUpAgain,
} from './outbox-store.ts'

export interface OutboxRowsOptions {
  readonly store: Store<RuntimeTables>
  readonly clock: Clock
  readonly log: Log
  /** Aborted when nothing is tried again any more. */
  readonly signal: AbortSignal
  readonly place: Place
}

/** The rows of calls: what is on disk of them. */
export class OutboxRows {
  readonly #options: OutboxRowsOptions

  constructor(options: OutboxRowsOptions) {
    this.#options = options
  }

  /** Calls of some parts (JSON: their numbers) that have not ended. */
  open(parts: string): Promise<OutboxRow[]> {
    return this.#options.store.read.all(openCalls, { parts })
  }

  /** As {@link open}, no more than by what they are known: there may be very many. */
  openKeys(parts: string): Promise<Pick<OutboxRow, 'key' | 'app'>[]> {
    return this.#options.store.read.all(openKeys, { parts })
  }

  byKey(key: string): Promise<OutboxRow | undefined> {
    return this.#options.store.read.first(callByKey, { key })
  }

  /** What JMessage said of a message that was taken back, as far as it is known: it had to be there for that. */
  async takenBack({ key, createdAt }: Entry): Promise<SendReceipt | undefined> {
    const row = await this.byKey(retractKey(key))
    return row && { msg_id: (JSON.parse(row.args) as { msgid: number }).msgid, msg_ctime: createdAt }
  }

  /** Writes a call down before it leaves. Resolves with the row of the same call if it was asked for before. */
  async keep(entry: Entry): Promise<OutboxRow | undefined> {
    const { store, clock } = this.#options
    // From now on another process may take it up.
    entry.recorded = true
    const known = await store.write(keepCall(rowOf(entry, clock.now())))
    entry.noted = entry.state
    return known
  }

  /** Notes how a call is now. */
  async note(entry: Entry, state: OutboxState, end: End = {}): Promise<void> {
    const { store, clock } = this.#options
    entry.state = state
    // Writes keep their order, and each holds all that is known.
    entry.recorded = true
    await store.apply(change(noteCall, rowOf(entry, clock.now(), end)))
    entry.noted = state
  }

  /** As {@link note}, again and again until it is noted. `false` when it was not: all stops, or the call went on. */
  async noteAtLast(entry: Entry, state: OutboxState, end: End = {}): Promise<boolean> {
    const { clock, log, signal } = this.#options
    const asked = ++entry.notes
    for (let failures = 1; ; failures++) {
      try {
        await this.note(entry, state, end)
        return true
      } catch (err) {
        const about = { err, call: entry.key, event: entry.event, state }
        if (failures === 1) log.error(about, 'a call could not be noted; it is tried again until it is')
        // What is not noted by the end is looked up after the next start, or comes again with its event.
        const pause = backoffMs(failures, { firstMs: 500, longestMs: 15_000 })
        if (signal.aborted || !(await slept(clock, pause, signal))) return false
        // What is newer is noted by itself.
        if (entry.state !== state || entry.notes !== asked) return false
      }
    }
  }

  /** Has a call that ended made after all. `false` when its state is another by now. */
  async takeUp(key: string, from: OutboxState, to: OutboxState, expiresAt: number): Promise<boolean> {
    const { store, clock } = this.#options
    const row = { key, from, to, expiresAt, at: clock.now() }
    return (await store.write(tx => tx.run(takeUpAgain, row))) === 1
  }

  /** Has other processes hear of something. */
  async tell(news: readonly News[]): Promise<void> {
    const { store, place } = this.#options
    await store.apply(...place.tell(news))
  }

  /** Forgets a call that failed, or may have been made. `false` when it is neither. */
  async drop(key: string): Promise<boolean> {
    const { store, clock } = this.#options
    return (await store.write(tx => tx.run(dropCall, { key, at: clock.now() }))) === 1
  }
}

/** Whether the pause came to its end. */
const slept = (clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> =>
  sleep(clock, ms, signal).then(
    () => true,
    () => false,
  )
