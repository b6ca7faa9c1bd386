import { AppError, asError } from '../../base/errors.ts'
import type { Priority } from '../../base/priority.ts'
import type { Client, QuotaState } from '../../client/index.ts'
import type { MadeCall } from '../events/event.ts'
import { mayHoldMore } from '../sharing.ts'
import type { CallsHandover } from './calls-handover.ts'
import { Doubts } from './doubts.ts'
import { Endings } from './endings.ts'
import { Gate } from './gate.ts'
import { Lanes } from './lanes.ts'
import { Maker } from './maker.ts'
import { OpenCalls, type OpenTotal } from './open-calls.ts'
import { type Call, type Entry, madeOf, newEntry, type Outcome, outcomeOf } from './outbox-entry.ts'
import { full, settled } from './outbox-errors.ts'
import type { AppExit, OutboxMeans } from './outbox-options.ts'

/** What a call takes, about, where nothing but JMessage's pace bounds it: ms. */
const ASSUMED_CALL_MS = 50

/** What an app's way out has in common with those of the others. */
export interface SharedMeans extends OutboxMeans {
  readonly handover: () => CallsHandover
  readonly total: OpenTotal
  /** So many calls may be open in all. */
  readonly mostOpen: number
  /** Whether there are other apps. */
  readonly isShared: boolean
}

/** The way out of one app: what its bots say and do. Quota, outages and order are its own. See {@link Outbox}. */
export class AppOutbox {
  readonly name: string
  readonly appKey: string
  readonly client: Client
  readonly #means: SharedMeans
  readonly #gate: Gate
  readonly #maker: Maker
  readonly #endings: Endings
  readonly #lanes = new Lanes()
  readonly #open: OpenCalls

  constructor({ name, appKey, client }: AppExit, means: SharedMeans) {
    const { clock, signal, rows, place, observer, limits, concurrency, settleMs, isShared } = means
    this.name = name
    this.appKey = appKey
    this.client = client
    this.#means = means
    this.#open = new OpenCalls(means.total)
    const log = isShared ? means.log.child({ app: name }) : means.log
    const isSure = place.isShared ? () => place.isSure : undefined
    this.#gate = new Gate({ clock, log, concurrency, limiter: client.limiter, isSure })
    this.#endings = new Endings({ log, observer, lanes: this.#lanes, rows })
    this.#maker = new Maker({
      ...{ client, clock, log, signal, observer, rows },
      endings: this.#endings,
      gate: this.#gate,
      doubts: new Doubts({ client, clock, settleMs, open: this.#open, rows }),
      lanes: this.#lanes,
      attempts: limits.attempts,
    })
  }

  /** Its calls that were asked for and not yet made. */
  get waiting(): number {
    return this.#open.size
  }

  /** Its calls that wait for their turn, by priority. */
  get depths(): Readonly<Record<Priority, number>> {
    return this.#gate.waiting
  }

  /** How the quota of the appKey stands; `undefined` when calls are not counted. */
  get quota(): QuotaState | undefined {
    return this.client.limiter?.state
  }

  /** How long so many calls take from now, those of the same priority that wait already before them: ms. */
  estimateMs(calls: number, priority: Priority): number {
    const { limiter } = this.client
    const all = calls + this.#gate.waiting[priority]
    return limiter
      ? limiter.estimateMs(all, priority)
      : Math.ceil((all * ASSUMED_CALL_MS) / this.#means.concurrency)
  }

  /** Since when JMessage cannot be reached, if it cannot: epoch ms. */
  get outageSince(): number | undefined {
    return this.#gate.outageSince
  }

  /** When JMessage last did what was asked of it: epoch ms. */
  get lastWellAt(): number {
    return this.#gate.lastWellAt
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
    const { clock, makeId, place, limits, handover, total, mostOpen, isShared } = this.#means
    if (!mayHoldMore(this.#open.size, total.count, mostOpen, isShared))
      return Promise.reject(full(this.#open.size))
    const { origin, lane, partition = place.any(call.key) } = call
    const blocked = this.#gate.isClosed || this.#lanes.has(lane)
    const made = {
      seq: makeId(),
      at: clock.now(),
      ageMs: limits.ageMs,
      startedAt: handover().othersUntil(partition),
      blocked,
      partition,
      app: this.appKey,
    }
    const entry = newEntry(call, made)
    if (origin === 'fresh' && !blocked && this.#gate.tryEnter(entry.priority)) this.#makeAtOnce(entry)
    else {
      this.#open.add(entry)
      void this.#run(entry, { recordFirst: origin !== 'fresh' || blocked })
    }
    return entry.told
  }

  /** Takes up a call that is on disk. */
  takeUp(entry: Entry): void {
    this.#open.add(entry)
    this.#lanes.hold(entry)
    entry.tellQueued()
    void this.#run(entry)
  }

  /**
   * Takes a call back that has not left. `false` when it left already, or may have: it ends as cancelled all the same, if
   * it turns out not to have been made.
   *
   * @throws StoreError when that cannot be noted now; it is noted later, and the call is not made meanwhile
   */
  async cancel(id: string): Promise<boolean> {
    const { rows, handover } = this.#means
    const entry = this.#open.get(id)
    if (!entry) return handover().cancel(id)
    if (entry.outcome) return false
    if (entry.state !== 'queued') {
      entry.unwanted = true
      return false
    }
    try {
      await rows.note(entry, 'cancelled')
    } catch (error) {
      void rows.noteAtLast(entry, 'cancelled').then(() => this.#open.remove(entry))
      this.#endings.end(entry, { id, state: 'cancelled' })
      throw error
    }
    this.end(entry, { id, state: 'cancelled' })
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
   * As {@link madeFor}, of messages of a bot (its username) to a lane.
   *
   * @param before  an event or call: those that were asked for before it
   */
  async madeTo(lane: string, bot: string, before?: string): Promise<MadeCall[]> {
    const entries = [...this.#open.all()].filter(
      entry =>
        entry.lane === lane &&
        entry.bot === bot &&
        entry.endpoint === 'messages.send' &&
        (before === undefined || entry.seq < before),
    )
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
    const row = await this.#means.handover().ended(id)
    if (!row) throw new AppError(`no call ${id} in the outbox`, { code: 'outbox.unknown' })
    if (row.state === 'failed') throw new AppError(row.error ?? 'it was refused', { code: 'outbox.refused' })
    return settled(outcomeOf(row))
  }

  /** A call that is open here, by its key. */
  find(key: string): Entry | undefined {
    return this.#open.get(key)
  }

  /** All that are open. */
  all(): Iterable<Entry> {
    return this.#open.all()
  }

  /** A call is over here, and that is on disk, or another process sees to it. */
  end(entry: Entry, outcome: Outcome | Error): void {
    this.#endings.end(entry, outcome)
    this.#open.remove(entry)
  }

  /** This process is sure again that what it has is its own. */
  goOn(): void {
    this.#gate.goOn()
  }

  /** Lets nothing more out. */
  stop(): void {
    this.#gate.stop()
  }

  /** Waits for what is under way, `graceMs` at most. */
  idle(graceMs: number): Promise<void> {
    return this.#gate.idle(graceMs)
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

  async #run(entry: Entry, from: { recordFirst?: boolean; failure?: Error } = {}): Promise<void> {
    const { rows, signal, handover } = this.#means
    try {
      const known = from.recordFirst ? await rows.keep(entry) : undefined
      if (known) this.#endings.end(entry, outcomeOf(known))
      else await this.#maker.make(entry, from.failure)
      handover().stopped(entry)
    } catch (thrown) {
      // What was stopped is on disk, or comes again with its event; nobody is told that it failed.
      if (signal.aborted) return
      this.#endings.end(entry, asError(thrown))
    }
    this.#open.remove(entry)
  }
}
