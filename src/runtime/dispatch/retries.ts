import { backoffMs } from '../../base/backoff.ts'
import type { Cancel, Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { Delivery } from '../events/event.ts'
import type { Lane } from './crew.ts'
import type { DispatchLimits } from './limits.ts'

export interface RetriesOptions {
  readonly clock: Clock
  readonly log: Log
  readonly limits: Pick<DispatchLimits, 'firstRetryMs' | 'longestRetryMs'>
  /**
   * Whether an error says that JMessage cannot be reached for a bot: such attempts do not count. `since`: when the delivery first
   * failed, epoch ms; it is not JMessage if that does all else well since long.
   */
  readonly isOutage: (error: Error, since: number, bot: string) => boolean
  /** Tries the first delivery of a lane again. */
  readonly again: (lane: Lane) => void
}

/** What an error tells of: JMessage, the event, or the plugin. */
export type Verdict = 'outage' | 'hopeless' | 'failed'

/** Decides what becomes of a delivery whose attempt failed, and waits before the next one. */
export class Retries {
  readonly #options: RetriesOptions
  /** Ends of pauses, by the lanes that pause. */
  readonly #pauses = new Map<Lane, Cancel>()

  constructor(options: RetriesOptions) {
    this.#options = options
  }

  verdict(lane: Lane, error: Error): Verdict {
    const { clock, isOutage } = this.#options
    if (lane.failures === 0) lane.failingSince = clock.now()
    if (isOutage(error, lane.failingSince, lane.crew.bot)) return 'outage'
    return error instanceof AppError && error.retry === 'never' ? 'hopeless' : 'failed'
  }

  /**
   * Counts a failure of the first delivery of a lane.
   *
   * @returns when it is tried again, epoch ms; undefined when it is to be set aside
   */
  failed(lane: Lane, delivery: Delivery, error: Error, verdict: Verdict): number | undefined {
    const { clock, log, limits } = this.#options
    const { event, bot, plugin } = delivery
    if (verdict !== 'outage') delivery.attempts++
    delivery.again = true
    lane.failures++
    const about = { event: event.id, type: event.type, bot, plugin, attempt: delivery.attempts, err: error }
    if (verdict === 'hopeless') {
      log.error(about, 'set aside: trying again cannot help')
      return undefined
    }
    if (delivery.attempts >= lane.crew.limits.attempts) {
      log.error(about, 'set aside: the handler failed each time')
      return undefined
    }
    const failures = Math.max(lane.failures, delivery.attempts)
    const wait = backoffMs(failures, { firstMs: limits.firstRetryMs, longestMs: limits.longestRetryMs })
    // An outage is told of once, by the outbox.
    if (verdict === 'failed') log.warn({ ...about, retryInMs: wait }, 'a handler failed; it is tried again')
    this.#pause(lane, wait)
    return clock.now() + wait
  }

  /** Tries nothing again. */
  stop(): void {
    for (const cancel of this.#pauses.values()) cancel()
  }

  #pause(lane: Lane, ms: number): void {
    const cancel = this.#options.clock.after(ms, () => {
      this.#pauses.delete(lane)
      this.#options.again(lane)
    })
    this.#pauses.set(lane, cancel)
  }
}
