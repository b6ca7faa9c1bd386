import { type Clock, sleep } from '../base/clock.ts'
import { idMaker } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import { type Change, change, type Store } from '../store/index.ts'
import type { RuntimeTables } from '../store/schema/runtime.ts'
import { deleteDialogues, deleteExpired, expiredAhead } from './expired-rows.ts'
import {
  dead,
  deadBack,
  deleteBroadcast,
  deleteDeadCalls,
  deleteEndedCalls,
  deleteOrders,
  deleteStuck,
  deleteTargets,
  eventAhead,
  eventBack,
  handled,
  overBroadcast,
} from './pruning-rows.ts'

/** What is kept of what is over. */
export interface Keep {
  readonly ageMs: number
  /** Events, the newest. Those of the last hour are kept all the same. */
  readonly events: number
}

export interface PrunerOptions {
  readonly store: Store<RuntimeTables>
  readonly clock: Clock
  readonly log: Log
  readonly keep: Keep
}

/** Pause between two runs. */
const EVERY_MS = 10 * 60_000
/** Rows of a commit. It begins with few, and takes as many as it can in a short time: some rows are a thousand times larger. */
const BATCH = { least: 10, first: 50, most: 500 }
const SHORT_MS = 10
/** Others come in between. */
const PAUSE_MS = 20
/** Events that are passed over at a time. */
const STRIDE = 5000
/** What comes twice within this is known as one event, however much comes. */
const LEAST_AGE_MS = 3_600_000
/** What failed is kept for so many times as long. */
const DEAD_AGES = 10
/** Who is to be told that the time of a dialogue is up may be down for so long. */
const DAY_MS = 24 * 3_600_000
/** Sort before and after every id. */
const FIRST = ''
const LAST = '~'

/**
 * Clears away what is over: handled events with all that came of them, calls that were made, broadcasts that ended. In
 * small commits with pauses, so that nobody waits for it. What is to be done yet stays, and what failed stays ten times
 * as long, for a person to see to.
 */
export class Pruner {
  readonly #options: PrunerOptions
  readonly #stopped = new AbortController()
  #loop: Promise<void> = Promise.resolve()
  #batch = BATCH.first
  /** Rows that this run cleared away. */
  #counts = { events: 0, calls: 0, broadcasts: 0, failed: 0 }

  constructor(options: PrunerOptions) {
    this.#options = options
  }

  /** Clears away now and every ten minutes from now on. */
  start(): void {
    this.#loop = this.#loopUntilStopped()
  }

  /** Ends with the commit that is under way. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#loop
  }

  async #loopUntilStopped(): Promise<void> {
    const { clock, log } = this.#options
    const { signal } = this.#stopped
    while (!signal.aborted) {
      await this.#run().catch(err => {
        if (!signal.aborted) log.warn({ err }, 'what is over could not be cleared away; trying again later')
      })
      this.#report()
      await sleep(clock, EVERY_MS, signal).catch(() => {})
    }
  }

  #report(): void {
    const { log } = this.#options
    const { failed, ...over } = this.#counts
    this.#counts = { events: 0, calls: 0, broadcasts: 0, failed: 0 }
    if (Object.values(over).some(rows => rows > 0)) log.info(over, 'cleared away what is over')
    if (failed > 0)
      log.warn({ rows: failed }, 'cleared away what had failed long ago, and nobody had seen to')
  }

  async #run(): Promise<void> {
    const { clock, keep } = this.#options
    const now = clock.now()
    const before = now - keep.ageMs
    const longBefore = now - DEAD_AGES * keep.ageMs
    await this.#clearEvents(handled, await this.#last(eventBack, before), ['events', 'calls'])
    await this.#clearEvents(dead, await this.#last(deadBack, longBefore), ['failed', 'failed'])
    await this.#repeat('calls', limit => change(deleteEndedCalls, { before, limit }))
    await this.#repeat('failed', limit => change(deleteDeadCalls, { before: longBefore, limit }))
    await this.#clearBroadcasts(before)
    await this.#repeat(undefined, limit => change(deleteOrders, { before, limit }))
    await this.#apply(change(deleteStuck, { before }), change(deleteDialogues, { before: now - DAY_MS }))
    await this.#clearState(now)
  }

  /** The last event to clear away: by age, or because more than are kept came after it, though not within the hour. */
  async #last(back: typeof eventBack, before: number): Promise<string> {
    const { clock, keep } = this.#options
    const byAge = idAt(before)
    const surplus = earlier(await this.#back(back, keep.events), idAt(clock.now() - LEAST_AGE_MS))
    return surplus > byAge ? surplus : byAge
  }

  /** The last event that has `count` after it. */
  async #back(back: typeof eventBack, count: number): Promise<string> {
    const { read } = this.#options.store
    let before = LAST
    for (let left = count; left > 0; left -= STRIDE) {
      const found = await read.first(back, { before, count: Math.min(left, STRIDE) - 1 })
      if (!found) return FIRST
      before = found.event_id
      await this.#pause()
    }
    return (await read.first(back, { before, count: 0 }))?.event_id ?? FIRST
  }

  async #clearEvents(
    clear: typeof handled,
    last: string,
    [events, calls]: readonly [Counted, Counted],
  ): Promise<void> {
    const { store, clock } = this.#options
    const { read } = store
    const before = clock.now() - LEAST_AGE_MS
    for (let after = FIRST; after < last; ) {
      const end = await read.first(eventAhead, { after, to: last, count: this.#batch - 1 })
      const to = end?.event_id ?? last
      const [deliveries = 0, outbox = 0] = await this.#apply(
        change(clear.events, { after, to }),
        change(clear.calls, { after, to, before }),
      )
      this.#counts[events] += deliveries
      this.#counts[calls] += outbox
      after = to
      await this.#pause()
    }
  }

  async #clearBroadcasts(before: number): Promise<void> {
    const { read } = this.#options.store
    for (;;) {
      const over = await read.first(overBroadcast, { before })
      if (!over) return
      const { id } = over
      await this.#repeat(undefined, limit => change(deleteTargets, { id, limit }))
      await this.#apply(change(deleteBroadcast, { id }))
      this.#counts.broadcasts++
      await this.#pause()
    }
  }

  /** Clears away what plugins remembered for a while. */
  async #clearState(now: number): Promise<void> {
    const { read } = this.#options.store
    for (;;) {
      const end = await read.first(expiredAhead, { now, count: this.#batch - 1 })
      await this.#apply(change(deleteExpired, { until: end?.expires_at ?? now }))
      if (!end) return
      await this.#pause()
    }
  }

  /** Makes a change again until it finds less than a batch. */
  async #repeat(counted: Counted | undefined, make: (limit: number) => Change): Promise<void> {
    for (;;) {
      const limit = this.#batch
      const [rows = 0] = await this.#apply(make(limit))
      if (counted) this.#counts[counted] += rows
      if (rows < limit) return
      await this.#pause()
    }
  }

  async #apply(...changes: readonly Change[]): Promise<number[]> {
    const { store, clock } = this.#options
    const begun = clock.now()
    const rows = await store.apply(...changes)
    const isShort = clock.now() - begun < SHORT_MS
    this.#batch = isShort
      ? Math.min(this.#batch * 2, BATCH.most)
      : Math.max(Math.floor(this.#batch / 2), BATCH.least)
    return rows
  }

  /** Throws when it was stopped. */
  #pause(): Promise<void> {
    return sleep(this.#options.clock, PAUSE_MS, this.#stopped.signal)
  }
}

type Counted = 'events' | 'calls' | 'broadcasts' | 'failed'

/** An id that is made at a time. */
const idAt = (at: number): string => idMaker(() => Math.max(0, at))()

const earlier = (a: string, b: string): string => (a < b ? a : b)
