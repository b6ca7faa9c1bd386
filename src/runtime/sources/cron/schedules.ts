import type { Clock } from '../../../base/clock.ts'
import { AppError } from '../../../base/errors.ts'
import type { Log } from '../../../base/log.ts'
import type { CronData } from '../../events/event.ts'
import type { Journal } from '../../events/journal.ts'
import { isZone, parseCron } from './occurrences.ts'
import { ScheduleTimer } from './schedule-timer.ts'

/** A schedule that a plugin wants. */
export interface WantedSchedule {
  readonly bot: string
  readonly plugin: string
  readonly name: string
  readonly expression: string
  readonly timezone: string
}

/** A schedule that was set up. */
export interface ActiveSchedule extends WantedSchedule {
  /** When it fires next, epoch ms. */
  next(): number | undefined
  remove(): void
}

/** The schedules of all plugins. Each firing is an event, named by the moment it was due, so that it is one only. */
export class Schedules {
  readonly #journal: Journal
  readonly #log: Log
  readonly #timer: ScheduleTimer
  readonly #active = new Map<string, ActiveSchedule>()

  constructor(options: { journal: Journal; clock: Clock; log: Log }) {
    this.#journal = options.journal
    this.#log = options.log
    this.#timer = new ScheduleTimer({
      clock: options.clock,
      fire: (id, scheduledAt) => void this.#fire(id, scheduledAt),
    })
  }

  get all(): readonly ActiveSchedule[] {
    return [...this.#active.values()]
  }

  /** @throws AppError `cron.invalid`, `cron.zone`, `cron.twice` */
  add(wanted: WantedSchedule): ActiveSchedule {
    const { bot, plugin, name, expression, timezone } = wanted
    const id = `${bot}/${plugin}/${name}`
    if (this.#active.has(id)) {
      throw new AppError(`the schedule '${name}' is there twice`, {
        code: 'cron.twice',
        hint: 'Give one a name.',
      })
    }
    if (!isZone(timezone)) {
      throw new AppError(`'${timezone}' is no time zone`, {
        code: 'cron.zone',
        hint: "Write 'Asia/Shanghai' or 'UTC'.",
      })
    }
    this.#timer.add(id, parseCron(expression), timezone)
    const active: ActiveSchedule = {
      ...wanted,
      next: () => this.#timer.next(id),
      remove: () => {
        this.#timer.remove(id)
        this.#active.delete(id)
      },
    }
    this.#active.set(id, active)
    return active
  }

  stop(): void {
    this.#timer.close()
  }

  async #fire(id: string, scheduledAt: number): Promise<void> {
    const schedule = this.#active.get(id)
    if (!schedule) return
    const { bot, plugin, name } = schedule
    const data: CronData = { name, scheduledAt }
    try {
      await this.#journal.accept([
        {
          type: 'cron',
          conversation: `cron:${name}`,
          dedupe: `cron:${id}:${scheduledAt}`,
          data,
          recipients: [{ bot, plugin }],
        },
      ])
    } catch (err) {
      this.#log.error(
        { err, bot, plugin, schedule: name, scheduledAt },
        'a schedule fired but could not be noted',
      )
    }
  }
}
