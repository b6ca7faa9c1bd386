import { setMaxListeners } from 'node:events'
import { backoffMs } from '../../base/backoff.ts'
import { type Clock, sleep } from '../../base/clock.ts'
import { AppError, asError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { type Client, RateLimited, TransportError } from '../../client/index.ts'
import type { Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { isAlreadySo } from './already-so.ts'
import { Doubts } from './doubts.ts'
import { Gate } from './gate.ts'
import { Lanes } from './lanes.ts'
import { type Call, type Entry, leftEntry, newEntry, type Outcome, outcomeOf } from './outbox-entry.ts'
import { OutboxRows } from './outbox-rows.ts'

export interface OutboxOptions {
  readonly store: Store<RuntimeTables>
  readonly client: Client
  readonly clock: Clock
  readonly log: Log
  readonly makeId: () => string
  /** Calls under way at the same time. Default 64. */
  readonly concurrency?: number
  /**
   * How long JMessage may still be at work on a request whose answer was lost: the history is not asked before.
   * Default 2000 ms.
   */
  readonly settleMs?: number
}

/**
 * What bots say and do, on its way to JMessage: in order for each target, and once.
 *
 * A call that comes of an event, and is made at once, is kept with the event's delivery and written when that ends: until
 * then the event is there to ask for it again. Every other one is written before it leaves, or when it has to wait.
 *
 * A call that may have taken effect, as its answer was lost, is not simply made again if it is a message: it is looked
 * up in JMessage's history first, by the marker it carries.
 *
 * Calls that are asked for side by side may be made so. One whose caller was told not to wait is made before later
 * ones of its lane.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #rows: OutboxRows
  readonly #gate: Gate
  readonly #doubts: Doubts
  readonly #lanes = new Lanes()
  /** Calls whose end is not on disk yet, by key. */
  readonly #open = new Map<string, Entry>()
  readonly #startedAt: number
  readonly #stopped = new AbortController()

  constructor(options: OutboxOptions) {
    const { store, clock, log, client, concurrency = 64, settleMs = 2000 } = options
    this.#options = options
    this.#rows = new OutboxRows(store, clock)
    this.#gate = new Gate({ clock, log, concurrency })
    this.#doubts = new Doubts({ client, clock, settleMs, open: this.#open })
    this.#startedAt = clock.now()
    // Every call that pauses listens to it.
    setMaxListeners(0, this.#stopped.signal)
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
    for (const row of await this.#rows.open()) {
      if (this.#open.has(row.key)) continue
      const entry = this.#add(leftEntry(row, this.#startedAt))
      this.#lanes.hold(entry)
      entry.tell({ id: row.key, state: 'queued' })
      void this.#run(entry)
    }
    return this.#open.size
  }

  /**
   * Has a call made. Resolves once JMessage took it, or, when JMessage cannot be reached now, once it is queued on disk.
   *
   * @throws ApiError when JMessage refuses it
   */
  submit(call: Call): Promise<Outcome> {
    const underWay = this.#open.get(call.key)
    if (underWay && !underWay.hasEnded) return underWay.told
    const { clock, makeId } = this.#options
    const { origin, lane } = call
    const blocked = this.#gate.isClosed || this.#lanes.has(lane)
    const made = { seq: makeId(), at: clock.now(), startedAt: this.#startedAt, blocked }
    const entry = this.#add(newEntry(call, made))
    if (origin !== 'fresh' || blocked) void this.#run(entry, { recordFirst: true })
    else if (this.#gate.tryEnter()) this.#tryFirst(entry)
    else void this.#run(entry)
    return entry.told
  }

  /** Takes a call back that has not left. `false` when it left already. */
  async cancel(id: string): Promise<boolean> {
    const entry = this.#open.get(id)
    if (entry?.state !== 'queued') return false
    try {
      await this.#rows.note(entry, 'cancelled')
      this.#end(entry, { id, state: 'cancelled' })
    } catch (error) {
      this.#end(entry, asError(error))
      throw error
    } finally {
      this.#close(entry)
    }
    return true
  }

  /**
   * The end of a call, when it comes.
   *
   * @throws AppError when it was refused
   */
  async ended(id: string): Promise<Outcome> {
    const outcome = await this.#open.get(id)?.over()
    if (outcome instanceof Error) throw outcome
    if (outcome) return outcome
    const row = await this.#rows.byKey(id)
    if (!row) throw new AppError(`no call ${id} in the outbox`, { code: 'outbox.unknown' })
    if (row.state === 'failed') throw new AppError(row.error ?? 'it was refused', { code: 'outbox.refused' })
    return outcomeOf(row)
  }

  /**
   * Lets nothing more out, and waits for the answers to what is under way, for at most `graceMs`. What waits is on disk,
   * and the next start takes it up.
   */
  async stop(graceMs = 0): Promise<void> {
    this.#stopped.abort(new AppError('shutting down', { code: 'outbox.stopped', retry: 'later' }))
    this.#gate.stop()
    if (graceMs > 0) await this.#gate.idle(graceMs)
  }

  #add(entry: Entry): Entry {
    this.#open.set(entry.key, entry)
    return entry
  }

  #close(entry: Entry): void {
    if (this.#open.get(entry.key) === entry) this.#open.delete(entry.key)
  }

  /** The short way, which nearly every call takes: made at once, and well. */
  #tryFirst(entry: Entry): void {
    this.#options.client.call(entry.endpoint, entry.args as never, { checked: true }).then(
      result => {
        this.#gate.leave()
        void this.#sent(entry, result)
      },
      thrown => void this.#run(entry, { failure: asError(thrown) }),
    )
  }

  async #run(entry: Entry, from: { recordFirst?: boolean; failure?: Error } = {}): Promise<void> {
    try {
      const known = from.recordFirst ? await this.#rows.keep(entry) : undefined
      if (known) this.#end(entry, outcomeOf(known))
      else await this.#make(entry, from.failure)
    } catch (thrown) {
      // What was stopped is on disk, or comes again with its event; nobody is told that it failed.
      if (this.#stopped.signal.aborted) return
      this.#end(entry, asError(thrown))
    }
    this.#close(entry)
  }

  /** Makes a call, however long that takes. Returns when its end is on disk. */
  async #make(entry: Entry, failure?: Error): Promise<void> {
    const { client, clock } = this.#options
    let error = failure
    for (let faults = 1; ; faults++) {
      if (error && (await this.#failed(entry, error))) return
      const pause = this.#pause(entry, error, faults)
      if (pause > 0) await sleep(clock, pause, this.#stopped.signal)
      await this.#turn(entry)
      if (entry.state === 'cancelled' || this.#stopped.signal.aborted) return this.#gate.leaveUnused()
      try {
        const known = entry.doubt && (await this.#doubts.lookUp(entry))
        if (!known) await this.#markSending(entry)
        const result = known ?? (await client.call(entry.endpoint, entry.args as never, { checked: true }))
        this.#gate.leave()
        return this.#sent(entry, result)
      } catch (thrown) {
        error = asError(thrown)
      }
    }
  }

  /** How long to wait before the next try. While JMessage cannot be reached, the gate sees to it. */
  #pause({ doubt }: Entry, error: Error | undefined, faults: number): number {
    const settle = doubt ? this.#doubts.pause(doubt) : 0
    if (!error || error instanceof RateLimited || error instanceof TransportError) return settle
    return Math.max(settle, backoffMs(faults, { firstMs: 500, longestMs: 60_000 }))
  }

  /** Waits for earlier calls of the lane whose callers have gone on, and for JMessage; the caller need not, then. */
  async #turn(entry: Entry): Promise<void> {
    for (;;) {
      for (let ahead = this.#lanes.ahead(entry); ahead; ahead = this.#lanes.ahead(entry)) {
        this.#queue(entry)
        await ahead.over()
      }
      if (this.#gate.isClosed) this.#queue(entry)
      await this.#gate.enter(entry.seq, () => this.#queue(entry))
      if (!this.#lanes.ahead(entry)) return
      this.#gate.leaveUnused()
    }
  }

  /** On disk as "sending" before the request, so that a crash leaves it in doubt and not unsent. */
  async #markSending(entry: Entry): Promise<void> {
    const { state } = entry
    if (entry.recorded && state !== 'sending') {
      try {
        await this.#rows.note(entry, 'sending')
      } catch (cause) {
        entry.state = state
        throw new AppError('the call could not be noted', { code: 'outbox.store', retry: 'later', cause })
      }
    }
    entry.doubt = undefined
  }

  /** Has a call wait on disk; its caller goes on, and later calls of its lane come after it. */
  #queue(entry: Entry, error?: Error): void {
    if (entry.state === 'cancelled') return
    this.#lanes.hold(entry)
    const state = entry.doubt ? 'unsure' : 'queued'
    const tell = () => entry.tell({ id: entry.key, state: 'queued' })
    // Whatever the caller writes next is committed after what is being written now.
    if (entry.recorded && entry.state === state) tell()
    else this.#rows.note(entry, state, { error }).then(tell, err => this.#unnoted(entry, err))
  }

  async #sent(entry: Entry, result: unknown): Promise<void> {
    entry.attempts++
    const kept = !entry.recorded && entry.keep?.(entry.made(result, this.#options.clock.now()))
    const noted = kept ? undefined : this.#rows.note(entry, 'sent', { result })
    // Not waited for: whatever the caller writes next is committed after it, and a crash leaves the call in doubt.
    this.#end(entry, { id: entry.key, state: 'sent', result })
    if (noted) await noted.catch(err => this.#unnoted(entry, err))
    this.#close(entry)
  }

  /** Whether a failure is the end of a call. If it is not, the call waits to be made again. */
  async #failed(entry: Entry, error: Error): Promise<boolean> {
    const { clock, log } = this.#options
    const { key, endpoint, lane, released } = entry
    if (isAlreadySo(endpoint, error)) {
      this.#gate.leave()
      await this.#sent(entry, null)
      return true
    }
    entry.attempts++
    this.#gate.leaveAfter(error)
    const retry = error instanceof AppError ? error.retry : 'never'
    if (retry === 'never') {
      if (released) log.error({ call: key, endpoint, lane, err: error }, 'a call that had waited was refused')
      // What may have been sent must not count as refused, or another try would send it twice.
      const state = entry.doubt ? 'unsure' : 'failed'
      await this.#rows.note(entry, state, { error }).catch(err => this.#unnoted(entry, err))
      this.#end(entry, error)
      return true
    }
    if (retry === 'unsure' && !entry.doubt) {
      log.warn({ call: key, endpoint, err: error }, 'an answer was lost')
      if (endpoint === 'messages.send') entry.doubt = { since: entry.createdAt, until: clock.now() }
    }
    this.#queue(entry, error)
    return false
  }

  #end(entry: Entry, outcome: Outcome | Error): void {
    this.#lanes.release(entry)
    entry.end(outcome)
  }

  #unnoted({ key }: Entry, err: unknown): void {
    this.#options.log.error({ err, call: key }, 'a call could not be noted; it is looked up after a restart')
  }
}
