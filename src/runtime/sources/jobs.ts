import type { Cancel, Clock } from '../../base/clock.ts'
import { AppError, asError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { change, type Store, type Transaction } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { checkKey, checkNewKey } from '../check-key.ts'
import type { Journal } from '../events/journal.ts'
import { alone, type Place } from '../fleet/place.ts'
import { type Due, dueOf, eventOf, lastOf, movedOn } from './due-job.ts'
import { isSameRhythm, type KeptRhythm, type Rhythm, showRhythm } from './job-rhythm.ts'
import {
  deleteByName,
  dueJobs,
  earliestJob,
  type JobName,
  type JobRow,
  jobsAfter,
  upsertJob,
  waitingJob,
} from './job-rows.ts'
import { checkTime } from './job-time.ts'

export type { JobName } from './job-rows.ts'

export interface NewJob extends JobName {
  /** Epoch ms. */
  readonly dueAt: number
  /** Anything JSON can hold. */
  readonly data: unknown
  /**
   * Given when the same job may be asked for again by a handler that runs again: once it came about, it does not come
   * about a second time.
   */
  readonly once?: string
  /** It comes about again and again; `dueAt` is the first time. */
  readonly every?: Rhythm | undefined
}

/** A job that waits. */
export interface KeptJob {
  readonly key: string
  /** Epoch ms. */
  readonly dueAt: number
  /** How often it comes about, as people write it. */
  readonly every: string | undefined
  readonly data: unknown
}

/** Jobs by their keys, those after `after`. */
export interface JobRange {
  readonly after: string
  readonly limit: number
}

const PAGE = 200
/** The clock is looked at once a minute at least, so that one that was set or a machine that slept is noticed. */
const LONGEST_WAIT_MS = 60_000
/** Wait after an error of the store. */
const RETRY_MS = 1000

/** Things that are to happen later. They are on disk, and come about also when the process was down meanwhile. */
export class Jobs {
  readonly #options: {
    readonly store: Store<RuntimeTables>
    readonly journal: Journal
    readonly clock: Clock
    readonly log: Log
    readonly makeId: () => string
    readonly place?: Place | undefined
    /** Whether a bot has a plugin. Default: yes. */
    readonly isThere?: ((bot: string, plugin: string) => boolean) | undefined
  }
  #cancelTimer: Cancel = () => {}
  #timerAt = Number.POSITIVE_INFINITY
  #started = false
  #busy: Promise<void> = Promise.resolve()

  constructor(options: {
    store: Store<RuntimeTables>
    journal: Journal
    clock: Clock
    log: Log
    makeId: () => string
    place?: Place
    isThere?: (bot: string, plugin: string) => boolean
  }) {
    this.#options = options
  }

  /** Begins to let jobs come about, those first that fell due meanwhile. */
  async start(): Promise<void> {
    this.#started = true
    await this.#run()
  }

  async stop(): Promise<void> {
    this.#started = false
    this.#cancelTimer()
    await this.#busy
  }

  /**
   * Resolves once the job is on disk.
   *
   * @throws AppError `job.time`, `job.data`, `job.key`
   */
  async schedule({ bot, plugin, name, key, dueAt, data, once, every }: NewJob): Promise<void> {
    const id = once ?? this.#options.makeId()
    checkTime(dueAt, this.#options.clock.now())
    checkNewKey('job', key)
    const wanted = { id, bot, plugin, name, key, dueAt, data: asJson(data, name), every: null }
    const { store, place = alone } = this.#options
    const at = await store.write(async tx => {
      const row = every ? await inStep(tx, wanted, every) : wanted
      await tx.run(upsertJob, row)
      for (const { query, params } of place.tell([{ kind: 'job', dueAt: row.dueAt }]))
        await tx.run(query, params as never)
      return row.dueAt
    })
    this.arm(at)
  }

  /** Takes back a job, if it waits. Nothing is kept of that: a handler that runs again and asks for it has it again. */
  async cancel({ bot, plugin, name, key }: JobName): Promise<void> {
    checkKey('job', key)
    await this.#options.store.write(tx => tx.run(deleteByName, { bot, plugin, name, key }))
  }

  /** Whether a job of this name waits. */
  async waits({ bot, plugin, name, key }: JobName): Promise<boolean> {
    checkKey('job', key)
    return (await this.#options.store.read.first(waitingJob, { bot, plugin, name, key })) !== undefined
  }

  /** Jobs of a name that wait, in the order of their keys. */
  async list({ bot, plugin, name }: Omit<JobName, 'key'>, { after, limit }: JobRange): Promise<KeptJob[]> {
    const rows = await this.#options.store.read.all(jobsAfter, { bot, plugin, name, after, limit })
    return rows.map(({ key, dueAt, every, data }) => ({
      ...{ key, dueAt, data: JSON.parse(data) },
      every: every === null ? undefined : showRhythm(JSON.parse(every)),
    }))
  }

  /** Looks for jobs at `dueAt` (epoch ms) at the latest, if this process lets jobs come about. */
  arm(dueAt: number): void {
    if (!this.#started || dueAt >= this.#timerAt) return
    this.#cancelTimer()
    this.#timerAt = dueAt
    const { clock } = this.#options
    const wait = Math.min(dueAt - clock.now(), LONGEST_WAIT_MS)
    this.#cancelTimer = clock.after(wait, () => void this.#run())
  }

  async #run(): Promise<void> {
    this.#timerAt = Number.POSITIVE_INFINITY
    this.#busy = this.#busy.then(() => this.#turnDueIntoEvents())
    await this.#busy
  }

  async #turnDueIntoEvents(): Promise<void> {
    const { store, journal, clock, log } = this.#options
    try {
      for (;;) {
        const now = clock.now()
        const due = await store.read.all(dueJobs, { now, limit: PAGE })
        if (due.length === 0 || !this.#started) break
        const ready = await this.#passOver(due.map(dueOf), now)
        if (ready.length > 0) await journal.accept(ready.map(one => eventOf(one, now)))
      }
      const next = await store.read.first(earliestJob, {})
      if (next) this.arm(next.due_at)
    } catch (err) {
      log.error({ err }, 'due jobs could not be taken up; trying again')
      this.arm(clock.now() + RETRY_MS)
    }
  }

  /**
   * Those whose last run has ended, and whose plugin is there. Of others that come about again and again, the time is
   * passed over, so that they do not pile up.
   */
  async #passOver(due: readonly Due[], now: number): Promise<readonly Due[]> {
    const { store, journal, log, isThere = () => true } = this.#options
    const running = await journal.pendingAmong(due.flatMap(one => lastOf(one) ?? []))
    const isPassed = (one: Due) =>
      running.has(lastOf(one) ?? '') || (one.rhythm !== undefined && !isThere(one.row.bot, one.row.plugin))
    const passed = due.filter(isPassed)
    if (passed.length === 0) return due
    for (const { row } of passed) {
      const { bot, plugin, name, dueAt } = row
      log.debug({ bot, plugin, job: name, dueAt }, 'a time of a job was passed over')
    }
    await store.apply(
      ...passed.map(one => {
        const { query, params } = movedOn(one, now, one.rhythm!.last)
        return change(query, params as never)
      }),
    )
    return due.filter(one => !isPassed(one))
  }
}

/** A job that is asked for again with the same rhythm goes on in step; one whose last run goes on is not run beside it. */
async function inStep(tx: Transaction, row: JobRow, every: Rhythm): Promise<JobRow> {
  const former = await tx.first(waitingJob, row)
  const kept: KeptRhythm | undefined = former?.every ? JSON.parse(former.every) : undefined
  const rhythm = kept?.last === undefined ? every : { ...every, last: kept.last }
  const dueAt = kept && isSameRhythm(kept, every) ? former!.dueAt : row.dueAt
  return { ...row, dueAt, every: JSON.stringify(rhythm) }
}

/** @throws AppError `job.data` */
function asJson(data: unknown, name: string): string {
  try {
    return JSON.stringify(data) ?? 'null'
  } catch (cause) {
    throw new AppError(`the data of the job '${name}' cannot be written down: ${asError(cause).message}`, {
      code: 'job.data',
      hint: 'Give it what JSON can hold.',
      cause,
    })
  }
}
