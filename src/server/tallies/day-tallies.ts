import type { Clock } from '../../base/clock.ts'
import { HISTORY_KEPT_MS } from '../../protocol/index.ts'
import type { Queryable } from '../../store/index.ts'
import { ctimeOf, firstMsgidAt } from '../message-ids.ts'
import { loginsOfDay, messagesForTally } from '../queries/statistic-queries.ts'
import { type DayNumbers, DayTally, EMPTY_DAY, type TallyRow } from './day-tally.ts'
import { DAY_MS, dayOf, startOfDay } from './days.ts'
import { settledUpTo, turnOfTheLoop } from './settled.ts'

/** Messages that are read in one turn of the event loop. */
const STEP = 1000
/** Days, of all apps, whose numbers are kept: some two kilobytes each. */
const MOST_DAYS = 5000

/** A day of an app as far as it has been read. */
class Day {
  readonly #day: number
  #tally: DayTally
  #upTo: number
  /** Set when the day is over and nothing in it can change. */
  numbers: DayNumbers | undefined
  busy: Promise<unknown> = Promise.resolve()

  constructor(day: number) {
    this.#day = day
    this.#tally = new DayTally(day)
    this.#upTo = this.first - 1
  }

  get first(): number {
    return firstMsgidAt(startOfDay(this.#day))
  }
  get last(): number {
    return firstMsgidAt(startOfDay(this.#day + 1)) - 1
  }
  /** Msgid up to which messages are in it, or are being read. */
  get upTo(): number {
    return this.#upTo
  }

  /** Takes in what can be changed no more; and answers that with what can. */
  async read(upTo: number, each: (first: number, last: number, tally: DayTally) => Promise<void>) {
    const first = this.#upTo + 1
    if (upTo >= first) {
      this.#upTo = upTo
      await each(first, upTo, this.#tally)
    }
    if (upTo >= this.last) return this.#tally
    const all = new DayTally(this.#day, this.#tally)
    await each(Math.max(first, upTo + 1), this.last, all)
    return all
  }

  /** Keeps the numbers only. */
  end(numbers: DayNumbers): void {
    this.numbers = numbers
    this.#tally = new DayTally(this.#day)
  }
}

/** What was sent day by day. A day that is over is read once; of today only what is new. */
export class DayTallies {
  readonly #read: Queryable
  readonly #clock: Clock
  /** The one that was used last comes last. */
  readonly #days = new Map<string, Day>()

  constructor(read: Queryable, clock: Clock) {
    this.#read = read
    this.#clock = clock
  }

  /** Nothing for days to come, and for those whose messages are kept no longer. */
  async of(app: number, day: number): Promise<DayNumbers> {
    const today = dayOf(this.#clock.now())
    if (day > today || day < today - HISTORY_KEPT_MS / DAY_MS) return EMPTY_DAY
    const known = this.#dayOf(app, day)
    const counting = known.busy.then(() => known.numbers ?? this.#numbers(known, app, day))
    // What failed half-way is in it half, so it is begun anew.
    known.busy = counting.catch(() => this.#forget(app, day, known))
    return counting
  }

  /** A message of an app was deleted. */
  retracted(app: number, msgid: number): void {
    const day = dayOf(ctimeOf(msgid))
    const known = this.#days.get(`${app} ${day}`)
    if (known && msgid <= known.upTo) this.#forget(app, day, known)
  }

  async #numbers(known: Day, app: number, day: number): Promise<DayNumbers> {
    const settled = settledUpTo(this.#clock.now())
    const tally = await known.read(Math.min(settled, known.last), (first, last, into) =>
      this.#addMessages(app, first, last, into),
    )
    const logins = await this.#read.all(loginsOfDay, { app, day })
    const numbers = tally.numbers(logins.map(({ user }) => user))
    if (settled >= known.last) known.end(numbers)
    return numbers
  }

  async #addMessages(app: number, from: number, last: number, into: DayTally): Promise<void> {
    for (let first = from; ; ) {
      const rows: TallyRow[] = await this.#read.all(messagesForTally, { app, first, last, most: STEP })
      for (const row of rows) into.add(row)
      if (rows.length < STEP) return
      first = rows[rows.length - 1]!.msgid + 1
      await turnOfTheLoop()
    }
  }

  #dayOf(app: number, day: number): Day {
    const name = `${app} ${day}`
    const known = this.#days.get(name) ?? new Day(day)
    this.#days.delete(name)
    this.#days.set(name, known)
    for (const eldest of this.#days.keys()) {
      if (this.#days.size <= MOST_DAYS) break
      this.#days.delete(eldest)
    }
    return known
  }

  #forget(app: number, day: number, known: Day): void {
    const name = `${app} ${day}`
    if (this.#days.get(name) === known) this.#days.delete(name)
  }
}
