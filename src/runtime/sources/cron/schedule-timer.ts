import type { Cancel, Clock } from '../../../base/clock.ts'
import { type Due, DueHeap } from './due-heap.ts'
import { type CronFields, nextOccurrence } from './occurrences.ts'

export interface ScheduleTimerOptions {
  readonly clock: Clock
  /** Called when a schedule fires; `scheduledAt` (epoch ms) is the occurrence it fires for, not the present. */
  readonly fire: (id: string, scheduledAt: number) => void
}

interface Schedule extends Due {
  readonly id: string
  readonly fields: CronFields
  readonly zone: string
}

/** The clock is looked at once a minute at least, so that one that was set or a machine that slept is noticed. */
const LONGEST_WAIT_MS = 60_000

/**
 * Fires cron schedules: all of them from one timer.
 *
 * A schedule fires at most once for an occurrence. When the timer is late, as after a sleep of the machine, it fires
 * once, for the latest occurrence missed. When the clock is set back, nothing fires until it has caught up.
 */
export class ScheduleTimer {
  readonly #clock: Clock
  readonly #fire: ScheduleTimerOptions['fire']
  readonly #schedules = new Map<string, Schedule>()
  readonly #heap = new DueHeap<Schedule>()
  #order = 0
  #armedFor = Number.POSITIVE_INFINITY
  #cancel: Cancel | undefined
  #closed = false

  constructor({ clock, fire }: ScheduleTimerOptions) {
    this.#clock = clock
    this.#fire = fire
  }

  /**
   * Fires `id` from now on, in place of an earlier schedule of that id. After {@link close} it does nothing.
   *
   * @throws AppError `cron.zone` when there is no such time zone
   */
  add(id: string, fields: CronFields, zone: string): void {
    if (this.#closed) return
    const dueAt = nextOccurrence(fields, zone, this.#clock.now()) ?? Number.POSITIVE_INFINITY
    this.#remove(id)
    const schedule = { id, fields, zone, dueAt, order: this.#order++, place: -1 }
    this.#schedules.set(id, schedule)
    if (Number.isFinite(dueAt)) this.#heap.add(schedule)
    this.#arm()
  }

  /** Does nothing when there is no such schedule. */
  remove(id: string): void {
    this.#remove(id)
    this.#arm()
  }

  /** When `id` fires next (epoch ms); undefined when it never does, or there is no such schedule. */
  next(id: string): number | undefined {
    const dueAt = this.#schedules.get(id)?.dueAt
    return dueAt !== undefined && Number.isFinite(dueAt) ? dueAt : undefined
  }

  /** Forgets all schedules; nothing fires any more. */
  close(): void {
    this.#closed = true
    for (const id of [...this.#schedules.keys()]) this.#remove(id)
    this.#arm()
  }

  #remove(id: string): void {
    const schedule = this.#schedules.get(id)
    if (!schedule) return
    this.#schedules.delete(id)
    this.#heap.remove(schedule)
  }

  /** Sets the one timer, unless it is set already for the schedule that is first. */
  #arm(): void {
    const dueAt = this.#heap.first?.dueAt ?? Number.POSITIVE_INFINITY
    if (dueAt === this.#armedFor) return
    this.#cancel?.()
    this.#armedFor = dueAt
    const wait = Math.min(dueAt - this.#clock.now(), LONGEST_WAIT_MS)
    this.#cancel = Number.isFinite(dueAt) ? this.#clock.after(wait, () => this.#wake()) : undefined
  }

  #wake(): void {
    const now = this.#clock.now()
    const due: [schedule: Schedule, scheduledAt: number][] = []
    for (let first = this.#heap.first; first && first.dueAt <= now; first = this.#heap.first) {
      this.#heap.remove(first)
      due.push([first, latestOccurrence(first, now)])
      first.dueAt = nextOccurrence(first.fields, first.zone, now) ?? Number.POSITIVE_INFINITY
      if (Number.isFinite(first.dueAt)) this.#heap.add(first)
    }
    // Armed first, so that a `fire` that throws, adds or removes finds everything in order.
    this.#armedFor = Number.POSITIVE_INFINITY
    this.#arm()
    const thrown: unknown[] = []
    for (const [schedule, scheduledAt] of due.sort(([, a], [, b]) => a - b)) {
      if (this.#schedules.get(schedule.id) !== schedule) continue
      try {
        this.#fire(schedule.id, scheduledAt)
      } catch (error) {
        thrown.push(error)
      }
    }
    if (thrown.length > 0) throw thrown[0]
  }
}

/** The last occurrence up to `now` of a schedule that is due: found by halving, as a sleep may have missed thousands. */
function latestOccurrence({ fields, zone, dueAt }: Schedule, now: number): number {
  const second = nextOccurrence(fields, zone, dueAt)
  if (second === undefined || second > now) return dueAt
  let latest = second
  // Nothing fires after `none` up to `now`.
  let none = now
  while (none - latest >= 1000) {
    const middle = latest + Math.floor((none - latest) / 2)
    const next = nextOccurrence(fields, zone, middle)
    if (next !== undefined && next <= now) latest = next
    else none = middle
  }
  return latest
}
