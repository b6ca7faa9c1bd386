import { type Clock, sleep } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { Place } from '../fleet/place.ts'
import type { Endings } from './endings.ts'
import type { OpenCalls } from './open-calls.ts'
import { type Entry, leftEntry } from './outbox-entry.ts'
import type { OutboxRows } from './outbox-rows.ts'
import { isOpen, type OutboxRow } from './outbox-store.ts'

export interface CallsHandoverOptions {
  readonly clock: Clock
  readonly place: Place
  readonly open: OpenCalls
  readonly endings: Endings
  readonly rows: OutboxRows
  /** Has a call made that another process left. */
  readonly takeUp: (entry: Entry) => void
}

/** How often is looked what became of a call that another process makes, in ms. */
const LOOK_MS = 250
/** How long it is waited for another process to take a call back, in ms. */
const CANCEL_MS = 3000

/** Calls that come from other processes, and go to them, part by part. */
export class CallsHandover {
  readonly #options: CallsHandoverOptions
  readonly #startedAt: number
  readonly #takenAt = new Map<number, number>()

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
    const { open, rows, place, takeUp } = this.#options
    for (const row of await rows.open(place.parts))
      if (!open.get(row.key)) takeUp(leftEntry(row, this.#startedAt))
  }

  /** Takes up what waits of some parts. A call that was under way may have taken effect. */
  async take(parts: readonly number[]): Promise<number> {
    const { clock, open, rows, takeUp } = this.#options
    const now = clock.now()
    for (const part of parts) this.#takenAt.set(part, now)
    const left = (await rows.open(JSON.stringify(parts))).filter(({ key }) => !open.get(key))
    for (const row of left) takeUp(leftEntry(row, now))
    return left.length
  }

  /** Takes up calls of its parts that it does not know of: another process wrote them for it. */
  async look(): Promise<void> {
    const { open, rows, place } = this.#options
    const unknown = (await rows.open(place.parts)).filter(({ key }) => !open.get(key))
    // What ended meanwhile is not open any more when it is looked at once more.
    for (const { key } of unknown) await this.hear(key)
  }

  /**
   * Takes up a call that another process wrote, or gave up.
   *
   * @param decided  a person wants it made, though it cannot be told whether it was
   */
  async hear(key: string, decided = false): Promise<void> {
    const { clock, open, rows, place, takeUp } = this.#options
    if (open.get(key)) return
    const row = await rows.byKey(key)
    if (!row || !isOpen(row) || open.get(key) || !place.has(row.partition)) return
    const entry = leftEntry(row, clock.now())
    entry.decided = decided
    takeUp(entry)
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
    const { rows, clock, open, place } = this.#options
    let row = await rows.byKey(key)
    while (row && isOpen(row) && place.isShared && !open.get(key)) {
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
    return [...this.#options.open.all()].filter(({ partition }) => parts.has(partition))
  }

  #moved(entry: Entry): void {
    const { endings, open } = this.#options
    const error = new AppError('another process makes this call now', {
      code: 'outbox.moved',
      retry: 'later',
    })
    // It waits on disk, which is all that its caller has to know.
    if (entry.recorded) entry.tellQueued()
    // Nobody may be waiting for it.
    entry.told.catch(() => {})
    endings.end(entry, error)
    open.remove(entry)
  }
}
