import { backoffMs } from '../../base/backoff.ts'
import { type Clock, sleep } from '../../base/clock.ts'
import { AppError, asError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { ApiError, type Client, RateLimited, TransportError } from '../../client/index.ts'
import type { EndpointId, SendReceipt } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import type { OutboxState, RuntimeTables } from '../../store/schema/runtime.ts'
import { Gate } from './gate.ts'
import { sentMessages } from './marker.ts'
import { type Call, type Entry, Known, marked, newEntry, type Outcome, outcomeOf } from './outbox-entry.ts'
import { callById, callByKey, insertCall, noteOutcome, openCalls, replaceCall } from './outbox-store.ts'

/** Refusals that say: it is so already. The call, made again after an answer was lost, has done its work. */
const alreadySo: Partial<Record<EndpointId, readonly number[]>> = {
  'messages.retract': [855004],
  'users.blacklist.add': [899017],
  'users.blacklist.remove': [899019],
  'users.nodisturb': [899043, 899044, 899047, 899048, 899049, 899050],
  'groups.members.add': [899011],
  'groups.members.remove': [899014],
  'chatrooms.members.remove': [899082],
}

export interface OutboxOptions {
  readonly store: Store<RuntimeTables>
  readonly client: Client
  readonly clock: Clock
  readonly log: Log
  readonly makeId: () => string
  /** Calls under way at the same time. Default 64. */
  readonly concurrency?: number
}

/**
 * What bots say and do, on its way to JMessage: on disk before it leaves, in order for each target, once.
 *
 * A call whose answer was lost may have taken effect. Most can simply be made again; a message is first looked up in
 * JMessage's history by the marker it carries.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #gate: Gate
  /** Calls not yet made, by their ids and by their keys. */
  readonly #open = new Map<string, Entry>()
  readonly #byKey = new Map<string, Entry>()
  /** By lane: the calls that have to be made again, for which later ones of the lane wait. */
  readonly #held = new Map<string, Set<Entry>>()
  readonly #scans = new Map<string, { startedAt: number; found: Promise<Map<string, SendReceipt>> }>()
  readonly #stopped = new AbortController()

  constructor(options: OutboxOptions) {
    this.#options = options
    const { clock, log, concurrency = 64 } = options
    this.#gate = new Gate({ clock, log, concurrency })
  }

  /** Calls that were asked for and not yet made. */
  get waiting(): number {
    return this.#open.size
  }

  /** Since when JMessage cannot be reached, if it cannot: epoch ms. */
  get outageSince(): number | undefined {
    return this.#gate.outageSince
  }

  /** Takes up what an earlier process left. A call that was under way then may have taken effect. */
  async resume(): Promise<number> {
    for (const row of await this.#options.store.read.all(openCalls, {})) {
      const entry = this.#add(newEntry(row, row.state === 'sending' ? 'unsure' : row.state))
      entry.tell({ id: row.id, state: 'queued' })
      if (entry.state === 'unsure') this.#hold(entry)
      void this.#run(entry, Promise.resolve())
    }
    return this.#open.size
  }

  /**
   * Has a call made. Resolves once JMessage took it, or, when JMessage cannot be reached now, once it is queued on disk.
   *
   * @throws ApiError when JMessage refuses it
   */
  submit(call: Call): Promise<Outcome> {
    const underWay = this.#byKey.get(call.key)
    if (underWay) return underWay.told
    const { store, clock, makeId } = this.#options
    const id = makeId()
    const args = call.endpoint === 'messages.send' ? marked(call.args, id) : call.args
    const state: OutboxState = this.#gate.isClosed || this.#held.has(call.lane) ? 'queued' : 'sending'
    const { key, bot, event, endpoint, lane } = call
    const row = { id, key, bot, event, endpoint, lane, args: JSON.stringify(args), state, at: clock.now() }
    const durable = store.write(async tx => {
      if ((await tx.run(insertCall, row)) === 1) return
      const known = (await tx.first(callByKey, { key }))!
      // A refused call had no effect, so that another try of it is in order.
      if (known.state === 'failed') await tx.run(replaceCall, { ...row, old: known.id })
      else throw new Known(known)
    })
    const entry = this.#add(newEntry({ ...row, created_at: row.at, attempts: 0, args }, state))
    void this.#run(entry, durable)
    return entry.told
  }

  /** Takes a call back that has not left. `false` when it left already. */
  async cancel(id: string): Promise<boolean> {
    const entry = this.#open.get(id)
    if (entry?.state !== 'queued') return false
    await this.#note(entry, 'cancelled')
    entry.end({ id, state: 'cancelled' })
    return true
  }

  /** The end of a call, when it comes. */
  async ended(id: string): Promise<Outcome> {
    const entry = this.#open.get(id)
    if (entry) return entry.ended
    const row = await this.#options.store.read.first(callById, { id })
    if (!row) throw new AppError(`no call ${id} in the outbox`, { code: 'outbox.unknown' })
    return outcomeOf(row)
  }

  /** Lets nothing more out. What waits is on disk, and the next start takes it up. */
  stop(): void {
    this.#gate.stop()
    this.#stopped.abort(new AppError('shutting down', { code: 'outbox.stopped', retry: 'later' }))
  }

  #add(entry: Entry): Entry {
    this.#open.set(entry.id, entry)
    this.#byKey.set(entry.key, entry)
    return entry
  }

  async #run(entry: Entry, durable: Promise<unknown>): Promise<void> {
    try {
      await durable
      await this.#make(entry)
    } catch (thrown) {
      // What was stopped is on disk; nobody is told that it failed.
      if (this.#stopped.signal.aborted) return
      entry.end(thrown instanceof Known ? outcomeOf(thrown.row) : asError(thrown))
    }
    this.#open.delete(entry.id)
    this.#byKey.delete(entry.key)
    this.#release(entry)
  }

  /** Makes a call, however long that takes. Returns when it was made, refused or cancelled. */
  async #make(entry: Entry): Promise<void> {
    const { clock, client } = this.#options
    for (;;) {
      await this.#turn(entry)
      await this.#gate.enter(entry.id)
      if (entry.state === 'cancelled' || this.#stopped.signal.aborted) return this.#gate.leaveUnused()
      try {
        const known = entry.state === 'unsure' ? await this.#lookUp(entry) : undefined
        // On disk as "sending" before the request, so that a crash leaves it in doubt and not unsent.
        if (!known && entry.state !== 'sending') await this.#note(entry, 'sending')
        const result = known ?? (await client.call(entry.endpoint, entry.args as never))
        this.#gate.leave()
        return this.#made(entry, result)
      } catch (thrown) {
        const error = asError(thrown)
        if (error instanceof ApiError && alreadySo[entry.endpoint]?.includes(error.jmCode)) {
          this.#gate.leave()
          return this.#made(entry, null)
        }
        await this.#failed(entry, error)
        if (entry.state === 'failed') return
        this.#hold(entry)
        entry.tell({ id: entry.id, state: 'queued' })
        const pause = backoffMs(entry.attempts, { firstMs: 500, longestMs: 60_000 })
        if (!this.#gate.isClosed) await sleep(clock, pause, this.#stopped.signal)
      }
    }
  }

  /** Waits for earlier calls of the lane that are being made again, and tells the caller not to wait for long. */
  async #turn(entry: Entry): Promise<void> {
    let earlier = this.#inTheWay(entry)
    if (earlier || this.#gate.isClosed) {
      if (entry.state === 'sending') await this.#note(entry, 'queued')
      entry.tell({ id: entry.id, state: 'queued' })
    }
    while (earlier && !this.#stopped.signal.aborted) {
      await earlier.ended.catch(() => {})
      earlier = this.#inTheWay(entry)
    }
  }

  #inTheWay({ id, lane }: Entry): Entry | undefined {
    for (const other of this.#held.get(lane) ?? []) if (other.id < id) return other
    return undefined
  }

  #hold(entry: Entry): void {
    const held = this.#held.get(entry.lane)
    if (held) held.add(entry)
    else this.#held.set(entry.lane, new Set([entry]))
  }

  #release(entry: Entry): void {
    const held = this.#held.get(entry.lane)
    if (held?.delete(entry) && held.size === 0) this.#held.delete(entry.lane)
  }

  #made(entry: Entry, result: unknown): void {
    entry.state = 'sent'
    entry.attempts++
    // Not waited for: whatever the caller writes next is committed after this, and a crash leaves it in doubt.
    this.#note(entry, 'sent', result).catch(err => {
      this.#options.log.error(
        { err, call: entry.id },
        'a sent call could not be noted; it is looked up after a restart',
      )
    })
    entry.end({ id: entry.id, state: 'sent', result })
  }

  async #failed(entry: Entry, error: Error): Promise<void> {
    entry.attempts++
    if (error instanceof RateLimited) {
      this.#gate.leaveLimited(error.retryAfterMs)
      return this.#note(entry, 'queued', null, error)
    }
    const { retry } = error instanceof AppError ? error : { retry: 'never' as const }
    if (error instanceof TransportError) this.#gate.leaveUnreachable(error)
    else this.#gate.leave()
    if (retry === 'later')
      return this.#note(entry, entry.state === 'unsure' ? 'unsure' : 'queued', null, error)
    if (retry === 'unsure') {
      this.#options.log.warn({ call: entry.id, endpoint: entry.endpoint, err: error }, 'an answer was lost')
      return this.#note(entry, entry.endpoint === 'messages.send' ? 'unsure' : 'queued', null, error)
    }
    await this.#note(entry, 'failed', null, error)
    entry.end(error)
  }

  async #note(entry: Entry, state: OutboxState, result: unknown = null, error?: Error): Promise<void> {
    entry.state = state
    const { store, clock } = this.#options
    await store.write(tx =>
      tx.run(noteOutcome, {
        id: entry.id,
        state,
        attempts: entry.attempts,
        result: result === null ? null : JSON.stringify(result),
        error: error ? error.message.slice(0, 1000) : null,
        at: clock.now(),
      }),
    )
  }

  /** What history knows of a message in doubt. One look serves all that were in doubt before it began. */
  async #lookUp(entry: Entry): Promise<SendReceipt | undefined> {
    if (entry.endpoint !== 'messages.send') return undefined
    const { client, clock } = this.#options
    let scan = this.#scans.get(entry.bot)
    if (!scan || entry.attempts > 0 || scan.startedAt < entry.createdAt) {
      const oldest = Math.min(
        ...[...this.#open.values()].filter(open => open.state === 'unsure').map(open => open.createdAt),
      )
      scan = { startedAt: clock.now(), found: sentMessages(client, entry.bot, oldest, clock.now()) }
      this.#scans.set(entry.bot, scan)
      scan.found.catch(() => this.#scans.delete(entry.bot))
    }
    return (await scan.found).get(entry.id)
  }
}
