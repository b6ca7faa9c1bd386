import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import { toMs } from '../bot/context.ts'
import type { Attempt } from '../dispatch/attempt.ts'
import type { JobTime } from './context.ts'
import type { InstanceDeps } from './deps.ts'

export interface OwnJobsOptions {
  readonly bot: string
  readonly plugin: string
  readonly clock: Clock
  readonly jobs: InstanceDeps['jobs']
  /** Whether there is a handler for jobs of a name, or the plugin is over, so that a new version of it may have one. */
  readonly isHandled: (name: string) => boolean
}

/** The jobs that a plugin of a bot asks for. */
export class OwnJobs {
  readonly #options: OwnJobsOptions

  constructor(options: OwnJobsOptions) {
    this.#options = options
  }

  /**
   * @param attempt  in which it is asked for: the same job is not made twice when that is made again
   * @throws AppError `job.no-handler`, `job.time`, `job.data`, `job.key`, `duration.invalid`
   */
  async schedule(
    attempt: Attempt | undefined,
    name: string,
    when: JobTime & { readonly key?: string },
    data: unknown = null,
  ): Promise<void> {
    const { bot, plugin, clock, jobs, isHandled } = this.#options
    attempt?.throwIfAborted()
    if (!isHandled(name)) {
      throw new AppError(`no handler for jobs '${name}'`, {
        code: 'job.no-handler',
        hint: `Add ctx.onJob('${name}', …).`,
      })
    }
    const dueAt = 'after' in when ? clock.now() + toMs(when.after) : when.at
    // Of one handler the later call counts: the numbers are compared as texts.
    const once = attempt?.key(`job:${name}:${when.key ?? ''}`).replace(/\d+$/, n => n.padStart(6, '0'))
    // An earlier part of a dialogue asked for it: it may have come about, or been taken back since.
    if (once && attempt?.isDone(once)) return
    const key = when.key ?? once ?? crypto.randomUUID()
    await jobs.schedule({ bot, plugin, name, key, dueAt, data, ...(once ? { once } : {}) })
    if (once) attempt?.note(once, true)
  }

  cancel(name: string, key: string): Promise<void> {
    const { bot, plugin, jobs } = this.#options
    return jobs.cancel({ bot, plugin, name, key })
  }
}
