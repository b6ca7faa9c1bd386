import type { Clock } from '../../../base/clock.ts'
import { AppError } from '../../../base/errors.ts'
import { policyOf } from '../../sources/cron/missed.ts'
import { isZone, nextOccurrence, parseCron } from '../../sources/cron/occurrences.ts'
import type { ActiveSchedule, WantedSchedule } from '../../sources/cron/schedule.ts'
import { type Judgement, judge, type Webhook } from '../../sources/webhook/webhooks.ts'
import type { Registered } from './wire.ts'

/** The webhooks and schedules of a plugin in a thread. They are at work in the main thread, which is told of them. */
export class ThreadRegistry {
  readonly #clock: Clock
  readonly #changed: () => void
  readonly #webhooks = new Map<string, Webhook>()
  readonly #schedules = new Map<string, WantedSchedule>()

  /** @param changed  called after each change */
  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock
    this.#changed = changed
  }

  get registered(): Pick<Registered, 'webhooks' | 'schedules'> {
    return {
      webhooks: [...this.#webhooks.values()].map(({ name, auth, dedupe, body, conversation }) => ({
        ...{ name, auth, dedupe },
        asks: body !== undefined || conversation !== undefined,
      })),
      schedules: [...this.#schedules.values()],
    }
  }

  /** In place of `Webhooks`. */
  readonly webhooks = {
    add: (webhook: Webhook): (() => void) => this.#put(this.#webhooks, webhook.name, webhook),
  }

  /** In place of `Schedules`: what is wrong is said where it was written. */
  readonly schedules = {
    add: (wanted: WantedSchedule): ActiveSchedule => {
      const { name, expression, timezone } = wanted
      if (this.#schedules.has(name)) {
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
      const fields = parseCron(expression)
      policyOf(wanted.missed)
      return {
        ...wanted,
        next: () => nextOccurrence(fields, timezone, this.#clock.now()),
        remove: this.#put(this.#schedules, name, wanted),
      }
    },
  }

  /** What a webhook of the plugin says of a body. */
  judge(name: string, body: unknown): Judgement {
    const webhook = this.#webhooks.get(name)
    return webhook ? judge(webhook, body) : { problem: 'the webhook was taken away' }
  }

  #put<T>(into: Map<string, T>, name: string, one: T): () => void {
    into.set(name, one)
    this.#changed()
    return () => {
      if (into.get(name) !== one) return
      into.delete(name)
      this.#changed()
    }
  }
}
