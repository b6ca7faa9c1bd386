import { backoffMs } from '../../../base/backoff.ts'
import type { Cancel, Clock } from '../../../base/clock.ts'
import type { Log } from '../../../base/log.ts'
import { change, type Store } from '../../../store/index.ts'
import type { RuntimeTables } from '../../../store/schema/runtime.ts'
import type { Journal } from '../../events/journal.ts'
import { noObserver, type Observer } from '../../observer.ts'
import { eventOf, type Firing, lastOf } from './firing.ts'
import { firingsOf } from './missed.ts'
import { nextOccurrence } from './occurrences.ts'
import { readSchedule } from './read-schedule.ts'
import { type ActiveSchedule, Schedule, type WantedSchedule } from './schedule.ts'
import {
  allSchedules,
  forgetSchedule,
  keepSchedules,
  pausedSchedules,
  type ScheduleRow,
} from './schedule-rows.ts'
import { ScheduleTimer } from './schedule-timer.ts'

export type { ActiveSchedule, WantedSchedule } from './schedule.ts'

export interface SchedulesOptions {
  readonly store: Store<RuntimeTables>
  readonly journal: Pick<Journal, 'accept' | 'pendingAmong'>
  readonly clock: Clock
  readonly log: Log
  readonly observer?: Observer
}

/** So many schedules that are new share a commit, and so many that fell due, or about so many firings. */
const MOST_NEW = 10_000
const MOST_DUE = 2500
const RETRY = { firstMs: 500, longestMs: 5000 }
/** How long it is known of a schedule that no plugin has up to when it fired. */
const KEPT_MS = 30 * 86_400_000

/**
 * The schedules of all plugins. Each firing is an event, named by the moment it was due, so that it is one only. Up to
 * when a schedule is accounted for is moved in the commit of the event: what was not noted then, because the process was
 * down, the machine slept or the store refused, is made up for by the rule of the schedule.
 */
export class Schedules {
  readonly #options: SchedulesOptions
  readonly #observer: Observer
  readonly #timer: ScheduleTimer<Schedule>
  readonly #active = new Map<string, Schedule>()
  /** What is known of schedules that are not there now. */
  readonly #former = new Map<string, ScheduleRow>()
  /** Those that are not on disk as they are, as they are new or have other times now. */
  readonly #new = new Set<Schedule>()
  /** Those that fell due, which is not noted yet. None is in both. */
  readonly #due = new Set<Schedule>()
  #order = 0
  #started = false
  #stopped = false
  #settling: Promise<void> | undefined
  #failures = 0
  #cancelRetry: Cancel = () => {}

  constructor(options: SchedulesOptions) {
    this.#options = options
    this.#observer = options.observer ?? noObserver
    this.#timer = new ScheduleTimer({
      clock: options.clock,
      due: schedules => this.#settleSoon(schedules),
      setBack: to => this.#setBack(to),
    })
  }

  get all(): readonly ActiveSchedule[] {
    return [...this.#active.values()]
  }

  /**
   * Sets a schedule up. It fires once {@link start} was called.
   *
   * @throws AppError `cron.invalid`, `cron.zone`, `cron.missed`, `cron.twice`
   */
  add(wanted: WantedSchedule): ActiveSchedule {
    const { bot, plugin, name } = wanted
    const id = `${bot}/${plugin}/${name}`
    const schedule = new Schedule(wanted, {
      ...readSchedule(wanted, this.#active.has(id)),
      id,
      order: this.#order++,
      now: this.#options.clock.now(),
      remove: this.#remove,
    })
    this.#active.set(id, schedule)
    this.#timer.add(schedule)
    if (this.#started) {
      this.#goOn(schedule, this.#former.get(id))
      this.#former.delete(id)
      this.#settleSoon([])
    }
    return schedule
  }

  /**
   * Begins to fire, and makes up for what was missed meanwhile.
   *
   * @param goesOn  another process fired them until a moment ago: what was missed since was not missed by a start
   */
  async start(goesOn = false): Promise<void> {
    const { store, clock, log } = this.#options
    const now = clock.now()
    this.#former.clear()
    for (const row of await store.read.all(allSchedules, {}))
      this.#former.set(`${row.bot}/${row.plugin}/${row.name}`, row)
    for (const schedule of this.#active.values()) {
      const row = this.#former.get(schedule.id)
      this.#former.delete(schedule.id)
      this.#goOn(schedule, goesOn || schedule.policy.beforeStart || !row ? row : { ...row, accountedAt: now })
    }
    this.#started = true
    await this.#settle()
    const old = [...this.#former].filter(([, { accountedAt }]) => accountedAt < now - KEPT_MS)
    for (const [id] of old) this.#former.delete(id)
    await store
      .apply(...old.map(([, row]) => change(forgetSchedule, row)))
      .catch((err: unknown) => log.warn({ err }, 'schedules that are no more could not be cleared away'))
  }

  /** Resolves when what was set up and what fell due is on disk, or the store has refused it. */
  async settled(): Promise<void> {
    await this.#settling
  }

  /** Another process fires them from now on. */
  async pause(): Promise<void> {
    this.#started = false
    this.#cancelRetry()
    await this.settled()
  }

  /** Nothing fires any more. What is not noted yet is made up for by the next start. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer.close()
    this.#cancelRetry()
    await this.settled()
  }

  get #isHalted(): boolean {
    return this.#stopped || !this.#started
  }

  readonly #remove = (schedule: Schedule): void => {
    if (!this.#isActive(schedule)) return
    this.#active.delete(schedule.id)
    this.#timer.remove(schedule)
    this.#new.delete(schedule)
    this.#due.delete(schedule)
    this.#former.set(schedule.id, schedule)
  }

  /** Goes on from where a schedule had come to; a new one, or one that has other times now, begins here. */
  #goOn(schedule: Schedule, row: ScheduleRow | undefined): void {
    const { expression, timezone, fields } = schedule
    const now = this.#options.clock.now()
    const isSame = row?.expression === expression && row.timezone === timezone
    if (row) schedule.firedAt = row.firedAt
    // The clock may have been ahead: what fires again by that is known by its moment.
    if (isSame) schedule.accountedAt = Math.min(row.accountedAt, now)
    const next = isSame && nextOccurrence(fields, timezone, schedule.accountedAt)
    const isDue = typeof next === 'number' && next <= now
    if (isDue) this.#due.add(schedule)
    else if (!isSame && !this.#due.has(schedule)) this.#new.add(schedule)
  }

  /** What the clock shows again is to be accounted for; what fires again by that is known by its moment. */
  #setBack(to: number): void {
    const schedules = [...this.#active.values()]
    for (const schedule of schedules) schedule.accountedAt = Math.min(schedule.accountedAt, to)
    this.#settleSoon(schedules)
  }

  #settleSoon(schedules: readonly Schedule[]): void {
    this.#fellDue(schedules)
    if (this.#started && !this.#settling) void this.#settle()
  }

  #fellDue(schedules: readonly Schedule[]): void {
    for (const schedule of schedules) {
      this.#new.delete(schedule)
      this.#due.add(schedule)
    }
  }

  /** Has what is open noted, a page after the other; what the store refuses is tried again. */
  #settle(): Promise<void> {
    this.#cancelRetry()
    const { clock, log } = this.#options
    const run = async () => {
      try {
        // In the next turn, so that what is set up one after the other shares a page.
        await null
        while (this.#new.size + this.#due.size > 0 && !this.#isHalted) await this.#settlePage()
        if (this.#failures > 0) log.info({ failures: this.#failures }, 'schedules can be noted again')
        this.#failures = 0
      } catch (err) {
        // Told of once.
        if (++this.#failures === 1)
          log.error({ err }, 'schedules that fired could not be noted; trying again')
        const wait = backoffMs(this.#failures, RETRY)
        if (!this.#isHalted) this.#cancelRetry = clock.after(wait, () => void this.#settle())
      } finally {
        this.#settling = undefined
      }
    }
    this.#settling = run()
    return this.#settling
  }

  async #settlePage(): Promise<void> {
    const { clock, journal } = this.#options
    const now = clock.now()
    const fresh = take(this.#new, MOST_NEW)
    const due = take(this.#due, MOST_DUE)
    const fired: Firing[] = []
    try {
      const pending = await journal.pendingAmong(due.flatMap(schedule => lastOf(schedule) ?? []))
      const paused = due.length > 0 ? await this.#paused() : undefined
      const rows = fresh.map(schedule => schedule.row(schedule.accountedAt))
      for (const schedule of due) {
        // Where much was missed, the next page goes on.
        if (fired.length >= MOST_DUE) break
        const moments = paused?.has(schedule.id) ? [] : this.#momentsOf(schedule, now, pending)
        for (const scheduledAt of moments) fired.push({ schedule, scheduledAt })
        rows.push(schedule.row(now, moments.at(-1)))
      }
      this.#fellDue(due.splice(rows.length - fresh.length).filter(this.#isActive))
      const accepted = await journal.accept(fired.map(eventOf), [keepSchedules(rows)])
      for (const schedule of due) schedule.accountedAt = now
      for (const [index, { schedule, scheduledAt }] of fired.entries()) {
        schedule.firedAt = scheduledAt
        if (!accepted[index]!.repeated) this.#observer.fired(schedule, now - scheduledAt)
      }
    } catch (error) {
      for (const schedule of fresh)
        if (this.#isActive(schedule) && !this.#due.has(schedule)) this.#new.add(schedule)
      this.#fellDue(due.filter(this.#isActive))
      throw error
    }
  }

  /** Which are paused, wherever that was asked for: by their ids. */
  async #paused(): Promise<ReadonlySet<string>> {
    const rows = await this.#options.store.read.all(pausedSchedules, {})
    return new Set(rows.map(({ bot, plugin, name }) => `${bot}/${plugin}/${name}`))
  }

  readonly #isActive = (schedule: Schedule): boolean => this.#active.get(schedule.id) === schedule

  /** The moments that a schedule has to fire for now. */
  #momentsOf(schedule: Schedule, now: number, pending: ReadonlySet<string>): readonly number[] {
    const { bot, plugin, name, fields, timezone, policy, accountedAt } = schedule
    const { log } = this.#options
    if (accountedAt >= now) return []
    const { moments, cut } = firingsOf(schedule, policy, accountedAt, now)
    const last = lastOf(schedule)
    if (moments.length > 0 && last !== undefined && pending.has(last)) {
      this.#observer.prevented(schedule)
      const about = { bot, plugin, schedule: name, scheduledAt: moments.at(-1) }
      log.debug(about, 'a schedule did not fire: its last event is not handled yet')
      return []
    }
    if (cut) {
      const about = { bot, plugin, schedule: name, madeUpFor: moments.length }
      log.warn(about, 'too many firings were missed; the earlier ones are passed over')
    }
    if (moments.length > 0) return moments
    const missed = nextOccurrence(fields, timezone, accountedAt)
    if (missed !== undefined && missed <= now)
      log.info(
        { bot, plugin, schedule: name, scheduledAt: missed },
        'a firing was missed, and is passed over',
      )
    return []
  }
}

/** Takes the first out of a set. */
function take<T>(from: Set<T>, most: number): T[] {
  const taken: T[] = []
  for (const one of from) {
    if (taken.length === most) break
    taken.push(one)
    from.delete(one)
  }
  return taken
}
