import type { Cancel, Clock } from '../../../base/clock.ts'
import { type Due, DueHeap } from './due-heap.ts'
import { type CronFields, nextOccurrence } from './occurrences.ts'

/** Something that falls due by a cron expression. `dueAt` is when next, infinite for never; the timer sets it. */
export interface Timed extends Due {
  readonly fields: CronFields
  readonly timezone: string
}

export interface ScheduleTimerOptions<Entry extends Timed> {
  readonly clock: Clock
  /** Told of all that fell due up to now, once each, those that were due first in front. */
  readonly due: (entries: readonly Entry[]) => void
  /** Told that the clock was set back: what is after `to` (epoch ms) falls due, also where it did before. */
  readonly setBack: (to: number) => void
}

/** The clock is looked at once a minute at least, so that one that was set or a machine that slept is noticed. */
const LONGEST_WAIT_MS = 60_000

/**
 * Tells when cron schedules fall due: all of them from one timer. When it is late, as after a sleep of the machine, it
 * tells once of each. When the clock is set back, all is planned anew, by what it shows then.
 */
export class ScheduleTimer<Entry extends Timed> {
  readonly #clock: Clock
  readonly #due: ScheduleTimerOptions<Entry>['due']
  readonly #setBack: ScheduleTimerOptions<Entry>['setBack']
  readonly #heap = new DueHeap<Entry>()
  #armedFor = Number.POSITIVE_INFINITY
  /** For so long the timer was set, in ms. */
  #wait = 0
  /** What the clock showed last. */
  #lookedAt = Number.NEGATIVE_INFINITY
  #cancel: Cancel | undefined
  #closed = false

  constructor({ clock, due, setBack }: ScheduleTimerOptions<Entry>) {
    this.#clock = clock
    this.#due = due
    this.#setBack = setBack
  }

  /** Has an entry fall due from now on. After {@link close} nothing does. */
  add(entry: Entry): void {
    if (this.#closed) return
    this.#plan(entry, this.#look())
    this.#arm()
  }

  /** Does nothing when the entry is not there. */
  remove(entry: Entry): void {
    this.#heap.remove(entry)
    this.#arm()
  }

  close(): void {
    this.#closed = true
    this.#takeAll()
    this.#arm()
  }

  /** What the clock shows. Where it shows less than before, all is planned anew. */
  #look(): number {
    const now = this.#clock.now()
    const wasSetBack = now < this.#lookedAt
    this.#lookedAt = now
    if (wasSetBack) {
      // That was while the timer waited: what fell due since is not told of yet.
      const to = now - this.#wait
      for (const entry of this.#takeAll()) this.#plan(entry, to)
      this.#setBack(to)
    }
    return now
  }

  #takeAll(): Entry[] {
    const taken: Entry[] = []
    for (let first = this.#heap.first; first; first = this.#heap.first) {
      this.#heap.remove(first)
      taken.push(first)
    }
    return taken
  }

  #plan(entry: Entry, after: number): void {
    entry.dueAt = nextOccurrence(entry.fields, entry.timezone, after) ?? Number.POSITIVE_INFINITY
    if (Number.isFinite(entry.dueAt)) this.#heap.add(entry)
  }

  /** Sets the one timer, unless it is set already for the entry that is first. */
  #arm(): void {
    const now = this.#look()
    const dueAt = this.#heap.first?.dueAt ?? Number.POSITIVE_INFINITY
    if (dueAt === this.#armedFor) return
    this.#cancel?.()
    this.#armedFor = dueAt
    this.#wait = Math.min(Math.max(0, dueAt - now), LONGEST_WAIT_MS)
    this.#cancel = Number.isFinite(dueAt) ? this.#clock.after(this.#wait, () => this.#wake()) : undefined
  }

  #wake(): void {
    const now = this.#look()
    const due: Entry[] = []
    for (let first = this.#heap.first; first && first.dueAt <= now; first = this.#heap.first) {
      this.#heap.remove(first)
      due.push(first)
      this.#plan(first, now)
    }
    this.#armedFor = Number.POSITIVE_INFINITY
    this.#arm()
    if (due.length > 0) this.#due(due)
  }
}
