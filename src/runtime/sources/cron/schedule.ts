import type { MissedPolicy, MissedRuleInput } from './missed.ts'
import type { CronFields } from './occurrences.ts'
import type { ScheduleRow, ScheduleValues } from './schedule-rows.ts'
import type { Timed } from './schedule-timer.ts'

/** A schedule that a plugin wants. */
export interface WantedSchedule {
  readonly bot: string
  readonly plugin: string
  readonly name: string
  readonly expression: string
  readonly timezone: string
  /** Default: `{ once: '10m' }`. */
  readonly missed?: MissedRuleInput | undefined
  /** Whether it fires though its last event is not handled yet. Default: no. */
  readonly overlap?: boolean | undefined
}

/** A schedule that was set up. */
export interface ActiveSchedule {
  readonly bot: string
  readonly plugin: string
  readonly name: string
  readonly expression: string
  readonly timezone: string
  /** When it fires next, epoch ms. */
  next(): number | undefined
  remove(): void
}

/** A schedule, as it is at work. There are many: it is one object. */
export class Schedule implements ActiveSchedule, ScheduleRow, Timed {
  readonly id: string
  readonly bot: string
  readonly plugin: string
  readonly name: string
  readonly timezone: string
  readonly expression: string
  readonly fields: CronFields
  readonly policy: MissedPolicy
  readonly overlap: boolean
  readonly order: number
  dueAt = Number.POSITIVE_INFINITY
  place = -1
  /** Firings up to this moment became events, or were passed over: epoch ms. */
  accountedAt: number
  /** The last moment that it fired for. */
  firedAt: number | null = null
  readonly #remove: (schedule: Schedule) => void

  constructor(
    { bot, plugin, name, timezone, expression, overlap = false }: WantedSchedule,
    more: {
      readonly id: string
      readonly fields: CronFields
      readonly policy: MissedPolicy
      readonly order: number
      readonly now: number
      readonly remove: (schedule: Schedule) => void
    },
  ) {
    this.id = more.id
    this.bot = bot
    this.plugin = plugin
    this.name = name
    this.timezone = timezone
    this.expression = expression
    this.fields = more.fields
    this.policy = more.policy
    this.overlap = overlap
    this.order = more.order
    this.accountedAt = more.now
    this.#remove = more.remove
  }

  next(): number | undefined {
    return Number.isFinite(this.dueAt) ? this.dueAt : undefined
  }

  remove(): void {
    this.#remove(this)
  }

  /** As it is kept, once it is accounted for up to a moment. */
  row(accountedAt: number, firedAt = this.firedAt): ScheduleValues {
    return [this.bot, this.plugin, this.name, this.expression, this.timezone, accountedAt, firedAt]
  }
}
