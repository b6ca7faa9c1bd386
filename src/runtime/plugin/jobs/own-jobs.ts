import type { z } from 'zod'
import type { Clock } from '../../../base/clock.ts'
import { AppError } from '../../../base/errors.ts'
import { describeIssue } from '../../../protocol/index.ts'
import { toMs } from '../../bot/context.ts'
import { reviveSent, type SavedMessage, type SentMessage } from '../../bot/sent-message.ts'
import { checkKey } from '../../check-key.ts'
import type { Attempt } from '../../dispatch/attempt.ts'
import { firstTime, type Rhythm, readRhythm } from '../../sources/job-rhythm.ts'
import type { InstanceDeps } from '../deps.ts'
import type { DefinedJob, WaitingJob, WaitingOptions } from './defined-job.ts'
import type { JobWhen } from './job-time.ts'

export interface OwnJobsOptions {
  readonly bot: string
  readonly plugin: string
  readonly clock: Clock
  /** Of cron expressions that name none. */
  readonly timezone: string
  readonly jobs: InstanceDeps['jobs']
  /** Whether there is a handler for jobs of a name, or the plugin is over, so that a new version of it may have one. */
  readonly isHandled: (name: string) => boolean
  readonly revive: (saved: SavedMessage) => Promise<SentMessage>
}

/** How jobs are asked for, by whichever means. */
export type AnyJob = (job: string | Pick<DefinedJob, 'name'>, when: JobWhen, data?: unknown) => Promise<void>

const MOST_LISTED = 1000

/** The jobs that a plugin of a bot asks for. */
export class OwnJobs {
  readonly #options: OwnJobsOptions
  /** What the data of jobs has to be, by their names. */
  readonly #schemas = new Map<string, z.ZodType>()

  constructor(options: OwnJobsOptions) {
    this.#options = options
  }

  /** Has the data of jobs of a name be what a schema wants. */
  define<Schema extends z.ZodType>(name: string, schema: Schema): DefinedJob<Schema> {
    this.#schemas.set(name, schema)
    return Object.freeze({
      name,
      schedule: (when: JobWhen, data: z.input<Schema>) => this.schedule(undefined, name, when, data),
      cancel: (key: string) => this.cancel(name, key),
      waiting: (options?: WaitingOptions) =>
        this.list(name, options) as Promise<readonly WaitingJob<z.output<Schema>>[]>,
    })
  }

  /**
   * @param attempt  in which it is asked for: the same job is not made twice when that is made again
   * @throws AppError `job.no-handler`, `job.time`, `job.every`, `job.data`, `job.key`, `duration.invalid`, `cron.invalid`
   */
  async schedule(
    attempt: Attempt | undefined,
    job: string | Pick<DefinedJob, 'name'>,
    when: JobWhen,
    data: unknown = null,
  ): Promise<void> {
    const name = typeof job === 'string' ? job : job.name
    const { bot, plugin, clock, jobs, isHandled } = this.#options
    attempt?.throwIfAborted()
    if (!isHandled(name)) {
      throw new AppError(`no handler for jobs '${name}'`, {
        code: 'job.no-handler',
        hint: `Add ctx.onJob('${name}', …).`,
      })
    }
    const times = this.#timesOf(when, clock.now())
    // Of one handler the later call counts: the numbers are compared as texts.
    const once = attempt?.key(`job:${name}:${when.key ?? ''}`).replace(/\d+$/, n => n.padStart(6, '0'))
    // An earlier part of a dialogue asked for it: it may have come about, or been taken back since.
    if (once && attempt?.isDone(once)) return
    const key = when.key ?? once ?? crypto.randomUUID()
    if (this.#schemas.has(name)) await this.#check(name, data)
    await jobs.schedule({ bot, plugin, name, key, ...times, data, ...(once ? { once } : {}) })
    if (once) attempt?.note(once, true)
  }

  cancel(name: string, key: string): Promise<void> {
    const { bot, plugin, jobs } = this.#options
    return jobs.cancel({ bot, plugin, name, key })
  }

  /** @throws AppError `job.limit`, `job.key`, `job.mismatch` */
  async list(name: string, { limit = 100, after = '' }: WaitingOptions = {}): Promise<WaitingJob[]> {
    const { bot, plugin, jobs } = this.#options
    if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LISTED) {
      throw new AppError(`limit has to be a whole number from 1 to ${MOST_LISTED}`, {
        code: 'job.limit',
        hint: 'Read further pages with { after: key }.',
      })
    }
    checkKey('job', after)
    const waiting = await jobs.list({ bot, plugin, name }, { after, limit })
    return Promise.all(waiting.map(async job => ({ ...job, data: await this.read(name, job.data) })))
  }

  /**
   * The data of a job, as its handler is given it.
   *
   * @param revive  makes sent messages such again
   *
   * @throws AppError `job.mismatch`  it does not fit its schema any more
   */
  async read(name: string, saved: unknown, revive = this.#options.revive): Promise<unknown> {
    const data = await reviveSent(saved, revive)
    const schema = this.#schemas.get(name)
    if (!schema) return data
    const read = await schema.safeParseAsync(data)
    if (read.success) return read.data
    const { plugin } = this.#options
    throw new AppError(
      `the data of a job '${name}' does not fit the schema of plugin ${plugin}: ${describeIssue(read.error, 'data')}`,
      {
        code: 'job.mismatch',
        hint: 'It was asked for by another version. Have the schema take what that wrote, too.',
      },
    )
  }

  /** Looks at data as it will be when it comes back. */
  async #check(name: string, data: unknown): Promise<void> {
    const { plugin, revive } = this.#options
    const wrong = (why: string, cause?: unknown) =>
      new AppError(`the data of the job '${name}' of plugin ${plugin} is wrong: ${why}`, {
        code: 'job.data',
        cause,
      })
    let text: string | undefined
    try {
      text = JSON.stringify(data)
    } catch (cause) {
      throw wrong('it cannot be written as JSON', cause)
    }
    const back = await reviveSent(JSON.parse(text ?? 'null'), revive)
    const read = await this.#schemas.get(name)!.safeParseAsync(back)
    if (!read.success) throw wrong(describeIssue(read.error, 'data'))
  }

  #timesOf(when: JobWhen, now: number): { readonly dueAt: number; readonly every?: Rhythm } {
    if (when.every === undefined) return { dueAt: 'after' in when ? now + toMs(when.after) : when.at }
    if (
      when.at !== undefined ||
      when.after !== undefined ||
      typeof when.key !== 'string' ||
      when.key === ''
    ) {
      throw new AppError('a job with every needs a key, and neither at nor after', {
        code: 'job.every',
        hint: "Write { every: '10m', key: 'poll' }: by its key it is cancelled.",
      })
    }
    const every = readRhythm(when.every, when.timezone ?? this.#options.timezone)
    const dueAt = firstTime(every, now)
    if (dueAt !== undefined) return { dueAt, every }
    throw new AppError(`a job by '${when.every}' never comes about`, { code: 'job.every' })
  }
}
