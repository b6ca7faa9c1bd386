import { backoffMs } from '../../base/backoff.ts'
import { type Clock, sleep } from '../../base/clock.ts'
import { AppError, asError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { ApiError, type Client, RateLimited, TransportError } from '../../client/index.ts'
import type { EndpointId } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import type { OutboxState, RuntimeTables } from '../../store/schema/runtime.ts'
import { Doubts } from './doubts.ts'
import { Gate } from './gate.ts'
import { Lanes } from './lanes.ts'
import { type Call, Entry, Known, type Outcome, outcomeOf, outgoing } from './outbox-entry.ts'
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
  /**
   * How long JMessage may still be at work on a request whose answer was lost: the history is not asked before.
   * Default 2000 ms.
   */
  readonly settleMs?: number
}

/**
 * What bots say and do, on its way to JMessage: in order for each target, and once.
 *
 * A call that comes of an event is written down when it was made, as until then the event is there to ask for it again;
 * every other one before it leaves. A call that may have taken effect, as its answer was lost, is not simply made again
 * if it is a message: it is looked up in JMessage's history first, by the marker it carries.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #gate: Gate
  /** Calls not yet made, by their ids and by their keys. */
  readonly #open = new Map<string, Entry>()
  readonly #byKey = new Map<string, Entry>()
  /** The calls that have to be made again, for which later ones of their lanes wait. */
  readonly #lanes = new Lanes()
  readonly #doubts: Doubts
  readonly #startedAt: number
  readonly #stopped = new AbortController()

  constructor(options: OutboxOptions) {
    this.#options = options
    const { clock, log, client, concurrency = 64 } = options
    this.#gate = new Gate({ clock, log, concurrency })
    this.#doubts = new Doubts({ client, clock, open: this.#open })
    this.#startedAt = clock.now()
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
      const state = row.state === 'sending' ? 'unsure' : row.state
      const entry = this.#add(new Entry({ ...row, state }, JSON.parse(row.args), true))
      if (state === 'unsure') {
        entry.doubt = { since: row.created_at, until: this.#startedAt }
        this.#lanes.hold(entry)
      }
      entry.tell({ id: row.id, state: 'queued' })
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
    const underWay = this.#byKey.get(call.key)
    if (underWay) return underWay.told
    const { clock, makeId } = this.#options
    const { key, bot, event, endpoint, lane, origin } = call
    const blocked = this.#gate.isClosed || this.#lanes.has(lane)
    const state: OutboxState = origin === 'recovered' ? 'unsure' : blocked ? 'queued' : 'sending'
    const row = {
      ...{ id: makeId(), key, bot, event_id: event?.id ?? null, endpoint, lane, state },
      attempts: 0,
    }
    const entry = this.#add(new Entry({ ...row, created_at: clock.now() }, outgoing(call), false))
    if (origin === 'recovered') entry.doubt = { since: event!.createdAt, until: this.#startedAt }
    if (origin !== 'fresh' || blocked) void this.#run(entry, { recordFirst: true })
    else if (this.#gate.tryEnter()) this.#tryFirst(entry)
    else void this.#run(entry)
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
    const outcome = await this.#open.get(id)?.over()
    if (outcome instanceof Error) throw outcome
    if (outcome) return outcome
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

  #forget(entry: Entry): void {
    this.#open.delete(entry.id)
    this.#byKey.delete(entry.key)
    this.#lanes.release(entry)
  }

  /** The short way, which nearly every call takes: made at once, and well. */
  #tryFirst(entry: Entry): void {
    this.#options.client.call(entry.endpoint, entry.args as never, { checked: true }).then(
      result => {
        this.#gate.leave()
        this.#forget(entry)
        this.#made(entry, result)
      },
      thrown => void this.#run(entry, { failure: asError(thrown) }),
    )
  }

  async #run(entry: Entry, from: { recordFirst?: boolean; failure?: Error } = {}): Promise<void> {
    try {
      if (from.recordFirst) await this.#record(entry)
      await this.#make(entry, from.failure)
    } catch (thrown) {
      // What was stopped is on disk, or comes again with its event; nobody is told that it failed.
      if (this.#stopped.signal.aborted) return
      entry.end(thrown instanceof Known ? outcomeOf(thrown.row) : asError(thrown))
    }
    this.#forget(entry)
  }

  /** Makes a call, however long that takes. Returns when it was made, refused or cancelled. */
  async #make(entry: Entry, failure?: Error): Promise<void> {
    let error = failure
    for (;;) {
      if (error) {
        if (error instanceof ApiError && alreadySo[entry.endpoint]?.includes(error.jmCode)) {
          this.#gate.leave()
          return this.#made(entry, null)
        }
        await this.#failed(entry, error)
        if (entry.state === 'failed') return
        entry.tell({ id: entry.id, state: 'queued' })
        const pause = backoffMs(entry.attempts, { firstMs: 500, longestMs: 60_000 })
        if (!this.#gate.isClosed) await sleep(this.#options.clock, pause, this.#stopped.signal)
      }
      await this.#turn(entry)
      if (entry.state === 'cancelled' || this.#stopped.signal.aborted) return this.#gate.leaveUnused()
      try {
        const known = entry.doubt && (await this.#lookUp(entry))
        // On disk as "sending" before the request, so that a crash leaves it in doubt and not unsent.
        if (!known && entry.recorded && entry.state !== 'sending') await this.#note(entry, 'sending')
        entry.doubt = undefined
        const { client } = this.#options
        const result = known ?? (await client.call(entry.endpoint, entry.args as never, { checked: true }))
        this.#gate.leave()
        return this.#made(entry, result)
      } catch (thrown) {
        error = asError(thrown)
      }
    }
  }

  /** Waits for earlier calls of the lane that are being made again, and for JMessage; the caller need not, then. */
  async #turn(entry: Entry): Promise<void> {
    const queue = () => {
      if (entry.recorded && entry.state !== 'sending') return entry.tell({ id: entry.id, state: 'queued' })
      this.#note(entry, 'queued').then(
        () => entry.tell({ id: entry.id, state: 'queued' }),
        thrown => entry.tell(asError(thrown)),
      )
    }
    let ahead = this.#lanes.ahead(entry)
    if (ahead || this.#gate.isClosed) queue()
    for (; ahead; ahead = this.#lanes.ahead(entry)) await ahead.over()
    await this.#gate.enter(entry.id, queue)
  }

  /** What history knows of a call in doubt. Not asked while JMessage may still be at work on the lost request. */
  async #lookUp(entry: Entry): Promise<unknown> {
    if (entry.endpoint !== 'messages.send') return undefined
    const { clock, settleMs = 2000 } = this.#options
    const early = entry.doubt!.until + settleMs - clock.now()
    if (early > 0) await sleep(clock, early, this.#stopped.signal)
    return this.#doubts.lookUp(entry)
  }

  #made(entry: Entry, result: unknown): void {
    entry.attempts++
    // Not waited for: whatever the caller writes next is committed after this, and a crash leaves the call in doubt.
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
    const retry = error instanceof AppError ? error.retry : 'never'
    if (error instanceof RateLimited) this.#gate.leaveLimited(error.retryAfterMs)
    else if (error instanceof TransportError) this.#gate.leaveUnreachable(error)
    else this.#gate.leave()
    if (retry === 'never') {
      // What may have been sent must not count as refused, or another try would send it twice.
      await this.#note(entry, entry.doubt ? 'unsure' : 'failed', null, error)
      return entry.end(error)
    }
    this.#lanes.hold(entry)
    if (retry === 'unsure') {
      this.#options.log.warn({ call: entry.id, endpoint: entry.endpoint, err: error }, 'an answer was lost')
      if (entry.endpoint === 'messages.send') {
        entry.doubt = { since: entry.createdAt, until: this.#options.clock.now() }
      }
    }
    await this.#note(entry, entry.doubt ? 'unsure' : 'queued', null, error)
  }

  /** Writes the row before anything else. Throws {@link Known} when there is one for the key. */
  async #record(entry: Entry): Promise<void> {
    const row = { ...rowOf(entry, this.#options.clock.now()), result: null, error: null }
    await this.#options.store.write(async tx => {
      if ((await tx.run(insertCall, row)) === 1) return
      const known = (await tx.first(callByKey, { key: entry.key }))!
      // A refused call had no effect, so that another try of it is in order.
      if (known.state !== 'failed') throw new Known(known)
      await tx.run(replaceCall, { ...row, old: known.id })
    })
    entry.recorded = true
  }

  async #note(entry: Entry, state: OutboxState, result: unknown = null, error?: Error): Promise<void> {
    entry.state = state
    const row = {
      ...rowOf(entry, this.#options.clock.now()),
      result: result === null ? null : JSON.stringify(result),
      error: error ? error.message.slice(0, 1000) : null,
    }
    const statement = entry.recorded ? noteOutcome : insertCall
    // Writes keep their order, so that a later note finds the row.
    entry.recorded = true
    await this.#options.store.write(tx => tx.run(statement, row))
  }
}

const rowOf = (
  { id, key, bot, event, endpoint, lane, args, state, attempts, createdAt }: Entry,
  now: number,
) => ({
  ...{ id, key, bot, event, endpoint, lane, args: JSON.stringify(args), state, attempts, createdAt },
  at: now,
})
