import type { Cancel, Clock } from '../../base/clock.ts'
import { AppError, asError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { query, type Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { checkKey, checkNewKey } from '../check-key.ts'
import type { JobData } from '../events/event.ts'
import type { Journal, NewEvent } from '../events/journal.ts'
import { alone, type Place } from '../fleet/place.ts'
import { conversationOfJob } from '../plugin/dialogue/ask-job.ts'

/** Names a job: a second one with the same four takes the place of the first. */
export interface JobName {
  readonly bot: string
  readonly plugin: string
  readonly name: string
  readonly key: string
}

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
}

interface JobRow {
  id: string
  bot: string
  plugin: string
  name: string
  key: string
  dueAt: number
  data: string
}

const upsertJob = query<RuntimeTables>()((db, p: JobRow) =>
  db
    .insertInto('jobs')
    .values({
      id: p.id,
      bot: p.bot,
      plugin: p.plugin,
      name: p.name,
      key: p.key,
      due_at: p.dueAt,
      data: p.data,
    })
    .onConflict(conflict =>
      conflict
        .columns(['bot', 'plugin', 'name', 'key'])
        .doUpdateSet({ id: p.id, due_at: p.dueAt, data: p.data })
        // Ids sort by when they were asked for, or by the event that asked: a handler that runs again takes nothing
        // from a newer one, and what it asked for itself stays as it is.
        .whereRef('jobs.id', '<', 'excluded.id' as never),
    ),
)

const deleteByName = query<RuntimeTables>()((db, p: JobName) =>
  db
    .deleteFrom('jobs')
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin)
    .where('name', '=', p.name)
    .where('key', '=', p.key),
)

const deleteById = query<RuntimeTables>()((db, p: { id: string }) =>
  db.deleteFrom('jobs').where('id', '=', p.id),
)

const dueJobs = query<RuntimeTables>()((db, p: { now: number; limit: number }) =>
  db.selectFrom('jobs').selectAll().where('due_at', '<=', p.now).orderBy('due_at').limit(p.limit),
)

const earliestJob = query<RuntimeTables>()((db, _: object) =>
  db.selectFrom('jobs').select('due_at').orderBy('due_at').limit(1),
)

const waitingJob = query<RuntimeTables>()((db, p: JobName) =>
  db
    .selectFrom('jobs')
    .select('id')
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin)
    .where('name', '=', p.name)
    .where('key', '=', p.key),
)

const PAGE = 200
/** The clock is looked at once a minute at least, so that one that was set or a machine that slept is noticed. */
const LONGEST_WAIT_MS = 60_000
/** Farther from now is a mistake: seconds in place of milliseconds, for one. */
const FARTHEST_MS = 10 * 366 * 86_400_000
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
  async schedule({ bot, plugin, name, key, dueAt, data, once }: NewJob): Promise<void> {
    const id = once ?? this.#options.makeId()
    checkTime(dueAt, this.#options.clock.now())
    checkNewKey('job', key)
    const row = { id, bot, plugin, name, key, dueAt, data: asJson(data, name) }
    const { store, place = alone } = this.#options
    await store.write(async tx => {
      await tx.run(upsertJob, row)
      for (const { query, params } of place.tell([{ kind: 'job', dueAt }]))
        await tx.run(query, params as never)
    })
    this.arm(dueAt)
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
        const due = await store.read.all(dueJobs, { now: clock.now(), limit: PAGE })
        if (due.length === 0 || !this.#started) break
        // The event takes the place of the job in one commit, so that none is lost and none comes about twice.
        await journal.accept(due.map(eventOf))
      }
      const next = await store.read.first(earliestJob, {})
      if (next) this.arm(next.due_at)
    } catch (err) {
      log.error({ err }, 'due jobs could not be taken up; trying again')
      this.arm(clock.now() + RETRY_MS)
    }
  }
}

/** @throws AppError `job.time` */
function checkTime(dueAt: unknown, now: number): void {
  const isTime = typeof dueAt === 'number' && Number.isFinite(dueAt)
  if (isTime && Math.abs(dueAt - now) <= FARTHEST_MS) return
  throw new AppError(`a job cannot be at ${String(dueAt)}${isTime ? ': that is over ten years away' : ''}`, {
    code: 'job.time',
    hint: "Write { at: Date.now() + 60_000 }, in milliseconds since 1970, or { after: '1m' }.",
  })
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

function eventOf(row: {
  id: string
  bot: string
  plugin: string
  name: string
  key: string
  due_at: number
  data: string
}): NewEvent {
  const data: JobData = { name: row.name, dueAt: row.due_at, data: JSON.parse(row.data) }
  return {
    type: 'job',
    // One that took the place of another is handled after it, should that have come about meanwhile.
    conversation: conversationOfJob(row.name, row.key, data.data),
    dedupe: `job:${row.id}`,
    data,
    recipients: [{ bot: row.bot, plugin: row.plugin }],
    claim: async tx => (await tx.run(deleteById, { id: row.id })) === 1,
  }
}
