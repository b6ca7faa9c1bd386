import { type Clock, sleep } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { Place } from '../fleet/place.ts'
import type { AppOutbox } from './app-outbox.ts'
import { type Entry, leftEntry } from './outbox-entry.ts'
import type { OutboxRows } from './outbox-rows.ts'
import { isOpen, type OutboxRow } from './outbox-store.ts'

export interface CallsHandoverOptions {
  readonly clock: Clock
  readonly log: Log
  readonly place: Place
  readonly rows: OutboxRows
  readonly apps: readonly AppOutbox[]
  /** The app of a call, if it is configured. */
  readonly appOf: (appKey: string) => AppOutbox | undefined
}

/** By what a call is known. */
type Known = Pick<OutboxRow, 'key' | 'app'>

/** How often is looked what became of a call that another process makes, in ms. */
const LOOK_MS = 250
/** How long it is waited for another process to take a call back, in ms. */
const CANCEL_MS = 3000

/** Calls that come from other processes, and go to them, part by part. */
export class CallsHandover {
  readonly #options: CallsHandoverOptions
  readonly #startedAt: number
  readonly #takenAt = new Map<number, number>()
  /** Apps of which calls were found, though they are not configured. */
  readonly #unknownApps = new Set<string>()

  constructor(options: CallsHandoverOptions) {
    this.#options = options
    this.#startedAt = options.clock.now()
  }

  /** Until when another process may have made calls of a part: epoch ms. */
  othersUntil(partition: number): number {
    return this.#takenAt.get(partition) ?? this.#startedAt
  }

  /** Takes up what an earlier process left, by a process that has all parts. */
  async takeAll(): Promise<void> {
    const { rows, place } = this.#options
    for (const row of this.#news(await rows.open(place.parts))) this.#takeUp(leftEntry(row, this.#startedAt))
  }

  /** Takes up what waits of some parts. A call that was under way may have taken effect. */
  async take(parts: readonly number[]): Promise<number> {
    const { clock, rows } = this.#options
    const now = clock.now()
    for (const part of parts) this.#takenAt.set(part, now)
    const left = this.#news(await rows.open(JSON.stringify(parts)))
    for (const row of left) this.#takeUp(leftEntry(row, now))
    return left.length
  }

  /** Takes up calls of its parts that it does not know of: another process wrote them for it. */
  async look(): Promise<void> {
    const { rows, place } = this.#options
    const unknown = this.#news(await rows.openKeys(place.parts))
    // What ended meanwhile is not open any more when it is looked at once more.
    for (const { key } of unknown) await this.hear(key)
  }

  /**
   * Takes up a call that another process wrote, or gave up.
   *
   * @param decided  a person wants it made, though it cannot be told whether it was
   */
  async hear(key: string, decided = false): Promise<void> {
    const { clock, rows, place } = this.#options
    const row = await rows.byKey(key)
    if (!row || !isOpen(row) || !this.#isNew(row) || !place.has(row.partition)) return
    const entry = leftEntry(row, clock.now())
    entry.decided = decided
    this.#takeUp(entry)
  }

  /** Forgets what waits of some parts. Resolves when nothing of them is under way. */
  async leave(parts: ReadonlySet<number>): Promise<void> {
    const { place } = this.#options
    const underWay: Promise<unknown>[] = []
    for (const entry of this.#of(parts)) {
      // What nobody else knows of goes on here, as one of another part.
      if (!entry.recorded) entry.partition = place.any(entry.key)
      else {
        entry.isLeft = true
        if (entry.isOut || entry.noted === undefined) underWay.push(entry.gone())
        else this.#moved(entry)
      }
    }
    await Promise.all(underWay)
  }

  /** As {@link leave}, at once: another process sees to them already. */
  lose(parts: ReadonlySet<number>): void {
    for (const entry of this.#of(parts)) {
      entry.isLeft = true
      this.#moved(entry)
    }
  }

  /** A call that was under way when its part was given up does not go on here. */
  stopped(entry: Entry): void {
    if (entry.isLeft && !entry.outcome) this.#moved(entry)
  }

  /** The row of a call that another process makes, once that has ended. */
  async ended(key: string): Promise<OutboxRow | undefined> {
    const { rows, clock, apps, place } = this.#options
    let row = await rows.byKey(key)
    while (row && isOpen(row) && place.isShared && !apps.some(app => app.find(key))) {
      await sleep(clock, LOOK_MS)
      row = await rows.byKey(key)
    }
    return row
  }

  /** Has another process take a call back. Whether it did. */
  async cancel(key: string): Promise<boolean> {
    const { rows, clock, place } = this.#options
    if (!place.isShared) return false
    const { partition } = (await rows.byKey(key)) ?? {}
    if (partition === undefined || place.has(partition)) return false
    await rows.tell([{ kind: 'cancel', partition, key }])
    for (const end = clock.now() + CANCEL_MS; clock.now() < end; await sleep(clock, LOOK_MS)) {
      const row = await rows.byKey(key)
      if (row?.state === 'cancelled') return true
      if (!row || !isOpen(row)) return false
    }
    return false
  }

  #of(parts: ReadonlySet<number>): Entry[] {
    return this.#options.apps.flatMap(app => [...app.all()].filter(({ partition }) => parts.has(partition)))
  }

  /** Those that are not known here yet. Of apps that are not configured they stay as they are. */
  #news<T extends Known>(rows: readonly T[]): T[] {
    const unknown = new Map<string, number>()
    const news = rows.filter(row => {
      if (this.#options.appOf(row.app)) return this.#isNew(row)
      unknown.set(row.app, (unknown.get(row.app) ?? 0) + 1)
      return false
    })
    for (const [appKey, calls] of unknown) {
      if (this.#unknownApps.has(appKey)) continue
      this.#unknownApps.add(appKey)
      this.#options.log.warn({ appKey, calls }, 'calls wait for an app that is not in the configuration')
    }
    return news
  }

  #isNew({ key, app: appKey }: Known): boolean {
    const app = this.#options.appOf(appKey)
    return app !== undefined && !app.find(key)
  }

  #takeUp(entry: Entry): void {
    this.#options.appOf(entry.app)!.takeUp(entry)
  }

  #moved(entry: Entry): void {
    const error = new AppError('another process makes this call now', {
      code: 'outbox.moved',
      retry: 'later',
    })
    // It waits on disk, which is all that its caller has to know.
    if (entry.recorded) entry.tellQueued()
    // Nobody may be waiting for it.
    entry.told.catch(() => {})
    this.#options.appOf(entry.app)!.end(entry, error)
  }
}
