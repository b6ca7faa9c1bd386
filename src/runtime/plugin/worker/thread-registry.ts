import type { Clock } from '../../../base/clock.ts'
import { nextOccurrence } from '../../sources/cron/occurrences.ts'
import { readSchedule } from '../../sources/cron/read-schedule.ts'
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
      webhooks: [...this.#webhooks.values()].map(
        ({ name, auth, dedupe, accept, keeps, waitMs, body, conversation }) => ({
          ...{ name, auth, dedupe, accept, keeps, waitMs },
          asks: body !== undefined || conversation !== undefined,
        }),
      ),
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
      const { name, timezone } = wanted
      const { fields } = readSchedule(wanted, this.#schedules.has(name))
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
    // Buffers arrive as what they are made of.
    const value = body instanceof Uint8Array ? Buffer.from(body) : body
    return webhook ? judge(webhook, value) : { problem: 'the webhook was taken away' }
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
