import { setMaxListeners } from 'node:events'
import { AppError, asError } from '../../base/errors.ts'
import type { Priority } from '../../base/priority.ts'
import type { QuotaState } from '../../client/index.ts'
import type { MadeCall } from '../events/event.ts'
import { alone, type Place } from '../fleet/place.ts'
import { noObserver } from '../observer.ts'
import { CallsHandover } from './calls-handover.ts'
import { Doubts } from './doubts.ts'
import { Endings } from './endings.ts'
import { Gate } from './gate.ts'
import { Lanes } from './lanes.ts'
import { Maker } from './maker.ts'
import { OpenCalls } from './open-calls.ts'
import {
  type Call,
  canBeDoubtful,
  type Entry,
  leftEntry,
  madeOf,
  newEntry,
  type Outcome,
  outcomeOf,
} from './outbox-entry.ts'
import { inDoubt } from './outbox-errors.ts'
import { defaultSendLimits, type OutboxOptions, type SendLimits } from './outbox-options.ts'
import { OutboxRows } from './outbox-rows.ts'

export { defaultSendLimits, type OutboxOptions, type SendLimits } from './outbox-options.ts'

/** So many calls are on their way at most. */
const MOST_OPEN = 100_000
/** What a call takes, about, where nothing but JMessage's pace bounds it: ms. */
const ASSUMED_CALL_MS = 50

/**
 * What bots say and do, on its way to JMessage: in order for each target, and once.
 *
 * A call that comes of an event, and is made at once, is kept with the event's delivery and written when that ends: until
 * then the event is there to ask for it again. Every other one is written before it leaves, or when it has to wait.
 *
 * A call that may have taken effect, as its answer was lost, is not simply made again if it is a message: it is looked
 * up in JMessage's history first, by the marker it carries. Where that cannot tell, the call ends as unsure.
 *
 * Calls that are asked for side by side may be made so. One whose caller was told not to wait is made before later
 * ones of its lane.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #limits: SendLimits
  readonly #concurrency: number
  readonly #rows: OutboxRows
  readonly #gate: Gate
  readonly #maker: Maker
  readonly #endings: Endings
  readonly #lanes = new Lanes()
  readonly #open = new OpenCalls()
  readonly #place: Place
  /** How calls come from other processes, and go to them. */
  readonly handover: CallsHandover
  readonly #stopped = new AbortController()

  constructor(options: OutboxOptions) {
    const { store, clock, log, client, concurrency = 64, settleMs = 2000 } = options
    const { signal } = this.#stopped
    this.#options = options
    this.#limits = { ...defaultSendLimits, ...options.limits }
    this.#concurrency = concurrency
    const place = options.place ?? alone
    this.#place = place
    this.#rows = new OutboxRows({ store, clock, log, signal, place })
    const isSure = place.isShared ? () => place.isSure : undefined
    this.#gate = new Gate({ clock, log, concurrency, limiter: client.limiter, isSure })
    const { observer = noObserver } = options
    this.#endings = new Endings({ log, observer, lanes: this.#lanes, rows: this.#rows })
    this.#maker = new Maker({
      ...{ client, clock, log, signal, observer },
      endings: this.#endings,
      gate: this.#gate,
      doubts: new Doubts({ client, clock, settleMs, open: this.#open, rows: this.#rows }),
      lanes: this.#lanes,
      rows: this.#rows,
      attempts: this.#limits.attempts,
    })
    this.handover = new CallsHandover({
      ...{ clock, place, open: this.#open, endings: this.#endings, rows: this.#rows },
      takeUp: entry => this.#takeUp(entry),
    })
    // Every call that pauses listens to it.
    setMaxListeners(0, signal)
  }

  /** Calls that were asked for and not yet made. */
  get waiting(): number {
    return this.#open.size
  }

  /** Calls that wait for their turn, by priority. */
  get depths(): Readonly<Record<Priority, number>> {
    return this.#gate.waiting
  }

  /** How the quota of the appKey stands; `undefined` when calls are not counted. */
  get quota(): QuotaState | undefined {
    return this.#options.client.limiter?.state
  }

  /** How long so many calls take from now, those of the same priority that wait already before them: ms. */
  estimateMs(calls: number, priority: Priority): number {
    const { limiter } = this.#options.client
    const all = calls + this.#gate.waiting[priority]
    return limiter
      ? limiter.estimateMs(all, priority)
      : Math.ceil((all * ASSUMED_CALL_MS) / this.#concurrency)
  }

  /** Since when JMessage cannot be reached, if it cannot: epoch ms. */
  get outageSince(): number | undefined {
    return this.#gate.outageSince
  }

  /** When JMessage last did what was asked of it: epoch ms. */
  get lastWellAt(): number {
    return this.#gate.lastWellAt
  }

  /** Takes up what an earlier process left. A call that was under way then may have taken effect. */
  async resume(): Promise<number> {
    // What is shared is taken part by part.
    if (!this.#place.isShared) await this.handover.takeAll()
    return this.#open.size
  }

  #takeUp(entry: Entry): void {
    this.#open.add(entry)
    this.#lanes.hold(entry)
    entry.tellQueued()
    void this.#run(entry)
  }

  /**
   * Has a call made. Resolves once JMessage took it, or, when JMessage cannot be reached now or the quota is used up,
   * once it is queued on disk.
   *
   * @throws ApiError when JMessage refuses it; AppError `outbox.full` when too many wait already
   */
  submit(call: Call): Promise<Outcome> {
    const underWay = this.#open.get(call.key)
    // One that was refused had no effect, so that another try of it is in order.
    if (underWay && !(underWay.outcome instanceof Error)) {
      underWay.join(call)
      return underWay.outcome ? Promise.resolve(underWay.outcome) : underWay.told
    }
    if (this.#open.size >= MOST_OPEN) return Promise.reject(full())
    const { clock, makeId } = this.#options
    const { origin, lane, partition = this.#place.any(call.key) } = call
    const { ageMs } = this.#limits
    const blocked = this.#gate.isClosed || this.#lanes.has(lane)
    const made = {
      seq: makeId(),
      at: clock.now(),
      ageMs,
      startedAt: this.handover.othersUntil(partition),
      blocked,
      partition,
    }
    const entry = newEntry(call, made)
    if (origin === 'fresh' && !blocked && this.#gate.tryEnter(entry.priority)) this.#makeAtOnce(entry)
    else {
      this.#open.add(entry)
      void this.#run(entry, { recordFirst: origin !== 'fresh' || blocked })
    }
    return entry.told
  }

  #makeAtOnce(entry: Entry): void {
    const link = this.#open.addBrisk(entry)
    this.#maker.tryFirst(entry, failure => {
      this.#open.removeBrisk(link)
      if (!failure) return
      this.#open.add(entry)
      void this.#run(entry, { failure })
    })
  }

  /**
   * Takes a call back that has not left. `false` when it left already, or may have: it ends as cancelled all the same, if
   * it turns out not to have been made.
   *
   * @throws StoreError when that cannot be noted now; it is noted later, and the call is not made meanwhile
   */
  async cancel(id: string): Promise<boolean> {
    const entry = this.#open.get(id)
    if (!entry) return this.handover.cancel(id)
    if (entry.outcome) return false
    if (entry.state !== 'queued') {
      entry.unwanted = true
      return false
    }
    try {
      await this.#rows.note(entry, 'cancelled')
    } catch (error) {
      void this.#rows.noteAtLast(entry, 'cancelled').then(() => this.#open.remove(entry))
      this.#endings.end(entry, { id, state: 'cancelled' })
      throw error
    }
    this.#endings.end(entry, { id, state: 'cancelled' })
    this.#open.remove(entry)
    return true
  }

  /**
   * Waits until an event's calls by a bot (the name of its file) that are open now were made or refused, or are queued on
   * disk. Resolves with those that were made, of which some may not be on disk yet.
   */
  async madeFor(event: string, bot: string): Promise<MadeCall[]> {
    const entries = this.#open.startingWith(`${event}/${bot}/`)
    await Promise.allSettled(entries.map(({ told }) => told))
    return entries.flatMap(entry => madeOf(entry) ?? [])
  }

  /**
   * The end of a call, when it comes.
   *
   * @throws AppError when it was refused or set aside, or nobody can tell (`outbox.in-doubt`)
   */
  async ended(id: string): Promise<Outcome> {
    const outcome = await this.#open.get(id)?.over()
    if (outcome instanceof Error) throw outcome
    if (outcome) return settled(outcome)
    const row = await this.handover.ended(id)
    if (!row) throw new AppError(`no call ${id} in the outbox`, { code: 'outbox.unknown' })
    if (row.state === 'failed') throw new AppError(row.error ?? 'it was refused', { code: 'outbox.refused' })
    return settled(outcomeOf(row))
  }

  /**
   * Has a call made that was set aside, or is unsure: a person decided so. A message is looked up once more, and made
   * unless the history has it. `false` when it is neither.
   */
  async resend(key: string): Promise<boolean> {
    if (this.#open.get(key)) return false
    const row = await this.#rows.byKey(key)
    if (row?.state !== 'failed' && row?.state !== 'unsure') return false
    const now = this.#options.clock.now()
    // Of a message at which JMessage failed, too, it is looked whether it was kept.
    const state = canBeDoubtful(row.endpoint) ? 'doubtful' : 'queued'
    const expires_at = now + this.#limits.ageMs
    if (!(await this.#rows.takeUp(key, row.state, state, expires_at))) return false
    if (!this.#place.has(row.partition)) {
      await this.#rows.tell([{ kind: 'call', partition: row.partition, key }])
      return true
    }
    const entry = leftEntry({ ...row, state, attempts: 0, expires_at }, now)
    entry.decided = true
    this.#takeUp(entry)
    return true
  }

  /** Forgets a call that was set aside, or of which nobody can tell. `false` when it is neither. */
  drop(key: string): Promise<boolean> {
    return this.#rows.drop(key)
  }

  /** It is sure again that what it has is its own. */
  goOn(): void {
    this.#gate.goOn()
  }

  /** Lets nothing more out, and waits for what is under way, `graceMs` at most. What waits is on disk for the next start. */
  async stop(graceMs = 0): Promise<void> {
    this.#stopped.abort(new AppError('shutting down', { code: 'outbox.stopped', retry: 'later' }))
    this.#gate.stop()
    if (graceMs > 0) await this.#gate.idle(graceMs)
  }

  async #run(entry: Entry, from: { recordFirst?: boolean; failure?: Error } = {}): Promise<void> {
    try {
      const known = from.recordFirst ? await this.#rows.keep(entry) : undefined
      if (known) this.#endings.end(entry, outcomeOf(known))
      else await this.#maker.make(entry, from.failure)
      this.handover.stopped(entry)
    } catch (thrown) {
      // What was stopped is on disk, or comes again with its event; nobody is told that it failed.
      if (this.#stopped.signal.aborted) return
      this.#endings.end(entry, asError(thrown))
    }
    this.#open.remove(entry)
  }
}

const full = () =>
  new AppError(`${MOST_OPEN} calls wait for JMessage already`, { code: 'outbox.full', retry: 'later' })

function settled(outcome: Outcome): Outcome {
  if (outcome.state === 'unsure') throw inDoubt()
  return outcome
}
