import { setMaxListeners } from 'node:events'
import { sleep } from '../../../base/clock.ts'
import { AppError } from '../../../base/errors.ts'
import type { Store } from '../../../store/index.ts'
import type { BroadcastState, RuntimeTables } from '../../../store/schema/runtime.ts'
import { alone, type Place } from '../../fleet/place.ts'
import { mayHoldMore } from '../../sharing.ts'
import { Broadcast, type BroadcastProgress, checkLimit } from './broadcast.ts'
import {
  type BroadcastRow,
  broadcastById,
  broadcastByKey,
  latestBroadcasts,
  latestOfBot,
  moveBroadcast,
  openBroadcasts,
} from './broadcast-rows.ts'
import { BroadcastRun } from './broadcast-run.ts'
import { insert, reopen } from './broadcast-store.ts'
import type { BroadcastsOptions, NewBroadcast, Sender } from './broadcasts-options.ts'
import { targetOf } from './posts.ts'
import { ProgressLog } from './progress-log.ts'
import { progressOf } from './progress-of.ts'
import { roomOf } from './room-of.ts'

export type { NewBroadcast } from './broadcasts-options.ts'

/** Where bots begin broadcasts, find them again, and move them on. */
export type BroadcastDesk = Pick<
  Broadcasts,
  'store' | 'known' | 'begin' | 'find' | 'list' | 'move' | 'progress' | 'ended'
>

/** So many may be begun and not ended at a time, of all apps. */
const MOST_OPEN = 100
const USUAL_LIST = 20
/** How often is looked how far one is that another process sees to, in ms. */
const LOOK_MS = 1000

/** The broadcasts of all bots. What is to be done of them is on disk, and goes on over restarts. */
export class Broadcasts {
  readonly store: Store<RuntimeTables>
  readonly #options: BroadcastsOptions
  readonly #senders = new Map<string, Sender>()
  /** Apps of which there are bots. */
  readonly #apps = new Set<string>()
  /** Those at which something is left to be done, by id. */
  readonly #runs = new Map<string, BroadcastRun>()
  readonly #progress: ProgressLog
  readonly #stopped = new AbortController()
  readonly #place: Place

  constructor(options: BroadcastsOptions) {
    this.#options = options
    this.store = options.store
    this.#place = options.place ?? alone
    // Everything that waits for the store listens to it.
    setMaxListeners(0, this.#stopped.signal)
    this.#progress = new ProgressLog(options.clock, options.log, id => this.progress(id))
  }

  /** @param bot  name of the bot's file; one that is there already is replaced */
  addBot(bot: string, sender: Sender): void {
    const former = this.#senders.get(bot)
    // What it began in the shadow stays there, and waits for it to come back; what waits of another app goes on by this one.
    if (former && (former.isShadow !== sender.isShadow || former.exit !== sender.exit)) this.removeBot(bot)
    this.#senders.set(bot, sender)
    this.#apps.add(sender.exit.appKey)
  }

  /** What it began waits for it from now on. */
  removeBot(bot: string): void {
    this.#senders.delete(bot)
    this.#leave(({ row }) => row.bot === bot)
  }

  /** Goes on with what an earlier process left, of the bots that were added. */
  async start(): Promise<void> {
    // What is shared is taken part by part.
    if (!this.#place.isShared) await this.#goOnWith(this.#place.parts)
  }

  /** Goes on with those of some parts, which this process sees to from now on. */
  take(parts: readonly number[]): Promise<void> {
    return this.#goOnWith(JSON.stringify(parts))
  }

  /** Goes on with those of its parts that it does not know of. */
  look(): Promise<void> {
    return this.#goOnWith(this.#place.parts)
  }

  /** Lets other processes go on with those of some parts. */
  leave(parts: ReadonlySet<number>): void {
    this.#leave(({ row }) => parts.has(row.partition))
  }

  #leave(isLeft: (run: BroadcastRun) => boolean): void {
    for (const [id, run] of this.#runs) {
      if (!isLeft(run)) continue
      run.leave()
      this.#runs.delete(id)
    }
  }

  /** Another process moved one on that this one sees to. */
  async hear(id: string): Promise<void> {
    const row = await this.store.read.first(broadcastById, { id })
    if (row && row.ended_at === null && this.#place.has(row.partition))
      await this.#runOf(row)?.moved(row.state)
  }

  async #goOnWith(parts: string): Promise<void> {
    for (const row of await this.store.read.all(openBroadcasts, { parts })) {
      if (this.#runs.has(row.id)) continue
      const run = this.#runOf(row)
      if (run) run.start()
      else this.#options.log.warn({ broadcast: row.id, bot: row.bot }, 'a broadcast waits for its bot')
    }
  }

  /** What is on its way may come to its end; all else is on disk. */
  stop(): void {
    this.#stopped.abort(new AppError('shutting down', { code: 'broadcast.stopped', retry: 'later' }))
  }

  /** The broadcast that was begun by this key, if one was. */
  async known(key: string): Promise<Broadcast | undefined> {
    const row = await this.store.read.first(broadcastByKey, { key })
    return row && this.#handle(row)
  }

  /**
   * Begins a broadcast: resolves once it is on disk with all its targets. One that was begun by the same key is given
   * instead.
   *
   * @throws AppError `broadcast.many`
   */
  async begin(wanted: NewBroadcast): Promise<Broadcast> {
    const { clock, makeId } = this.#options
    const open = this.#runsOf(this.#senders.get(wanted.bot)).length
    if (!mayHoldMore(open, this.#runs.size, MOST_OPEN, this.#apps.size > 1)) {
      throw new AppError(`${open} broadcasts are begun and have not ended`, {
        code: 'broadcast.many',
        hint: 'Wait for the end of some, or cancel those that are paused.',
        retry: 'later',
      })
    }
    const { targets, isPaused, partition = this.#place.any(wanted.key), ...rest } = wanted
    const row: BroadcastRow = {
      ...rest,
      id: makeId(),
      shadow: this.#senders.get(rest.bot)?.isShadow ? 1 : 0,
      state: isPaused ? 'paused' : 'running',
      total: targets.length,
      created_at: clock.now(),
      ended_at: null,
      partition,
    }
    const known = await this.store.write(tx => insert(tx, row, targets))
    if (known) return this.#handle(known)
    const broadcast = this.#handle(row)
    this.#progress.begun(row, broadcast.estimateMs)
    this.#runOf(row)?.start()
    return broadcast
  }

  async find(id: string): Promise<Broadcast | undefined> {
    const row = await this.store.read.first(broadcastById, { id })
    return row && this.#handle(row)
  }

  /**
   * The latest, newest first: of all bots, or of one.
   *
   * @throws AppError `broadcast.invalid` when `limit` is not 1 to 1000
   */
  async list({ bot, limit = USUAL_LIST }: { bot?: string; limit?: number } = {}): Promise<Broadcast[]> {
    const page = { limit: checkLimit(limit) }
    const { read } = this.store
    const rows =
      bot === undefined
        ? await read.all(latestBroadcasts, page)
        : await read.all(latestOfBot, { ...page, bot })
    return rows.map(row => this.#handle(row))
  }

  /** Moves a broadcast on from one of some states; `false` when it is in none of them. */
  async move(id: string, from: readonly BroadcastState[], to: BroadcastState): Promise<boolean> {
    const moved = await this.store.write(async tx => {
      const row = await tx.first(broadcastById, { id })
      if (!row || !from.includes(row.state)) return undefined
      await tx.run(moveBroadcast, { id, from: row.state, to, endedAt: null })
      return { ...row, state: to, ended_at: null }
    })
    if (!moved) return false
    const { bot, title } = moved
    this.#options.log.info({ broadcast: id, bot, title, state: to }, 'a broadcast was told what to do')
    if (this.#place.has(moved.partition)) await this.#runOf(moved)?.moved(to)
    else await this.#tell(moved)
    return true
  }

  /** Follows a call that a person had made again, if it is a message of a broadcast: one that has ended goes on for it. */
  async resent(call: string): Promise<void> {
    const which = targetOf(call)
    const reopened = which && (await this.store.write(tx => reopen(tx, which)))
    if (!reopened) return
    const { row, target } = reopened
    if (this.#place.has(row.partition)) this.#runOf(row)?.follow(target, row.state)
    else await this.#tell(row)
  }

  /** Has the process hear of it that sees to a broadcast. */
  async #tell({ id, partition }: BroadcastRow): Promise<void> {
    await this.store.apply(...this.#place.tell([{ kind: 'broadcast', id, partition }]))
  }

  /** @throws AppError `broadcast.unknown` */
  async progress(id: string): Promise<BroadcastProgress> {
    const row = await this.store.read.first(broadcastById, { id })
    if (!row) throw unknown(id)
    return progressOf(this.store, row, left => this.#estimate(row, left))
  }

  /**
   * Resolves when nothing of a broadcast is left to be done.
   *
   * @throws AppError `broadcast.unknown`, `broadcast.unattended`
   */
  async ended(id: string): Promise<BroadcastProgress> {
    await this.#runs.get(id)?.over
    let progress = await this.progress(id)
    while (this.#place.isShared && progress.endedAt === undefined) {
      await sleep(this.#options.clock, LOOK_MS, this.#stopped.signal)
      progress = await this.progress(id)
    }
    if (progress.endedAt !== undefined) return progress
    throw new AppError(`broadcast ${id} waits for its bot`, {
      code: 'broadcast.unattended',
      hint: 'The bot is not in the configuration, or its mode has changed.',
    })
  }

  #handle(row: BroadcastRow): Broadcast {
    return new Broadcast(this, row, this.#estimate(row, row.total))
  }

  #estimate({ shadow, bot }: BroadcastRow, messages: number): number {
    if (shadow === 1 || messages === 0) return 0
    const exit = this.#senders.get(bot)?.exit
    return exit ? exit.estimateMs(messages, 'bulk') : this.#options.estimateMs(messages, bot)
  }

  /** `undefined` when its bot is not there, or what it says must not get out, or has to. */
  #runOf(row: BroadcastRow): BroadcastRun | undefined {
    const { store, clock, log } = this.#options
    const sender = this.#senders.get(row.bot)
    if (!sender || sender.isShadow !== (row.shadow === 1)) return undefined
    let run = this.#runs.get(row.id)
    if (!run) {
      run = new BroadcastRun(row, {
        ...{ store, clock, log, sending: sender.sending, signal: this.#stopped.signal },
        room: () => this.#room(sender),
        onNoted: ({ row: { id, bot, total } }) => this.#progress.noted(id, bot, total),
        onEnd: ended => void this.#ended(ended),
      })
      this.#runs.set(row.id, run)
    }
    return run
  }

  #room(sender: Sender): number {
    return roomOf(sender.exit, this.#runsOf(sender).filter(({ state }) => state !== 'paused').length)
  }

  /** Those of the app of a bot. */
  #runsOf(sender: Sender | undefined): BroadcastRun[] {
    const appKey = sender?.exit.appKey
    return [...this.#runs.values()].filter(({ row }) => this.#senders.get(row.bot)?.exit.appKey === appKey)
  }

  async #ended({ row: { id, bot, title } }: BroadcastRun): Promise<void> {
    this.#runs.delete(id)
    try {
      const progress = await this.progress(id)
      this.#progress.ended(id)
      this.#options.log.info({ broadcast: id, bot, title, ...progress }, 'a broadcast has ended')
    } catch (err) {
      this.#options.log.error({ err, broadcast: id, bot }, 'a broadcast has ended; its counts cannot be read')
    }
  }
}

const unknown = (id: string) =>
  new AppError(`there is no broadcast ${id}`, {
    code: 'broadcast.unknown',
    hint: 'Those that ended long ago are forgotten.',
  })
