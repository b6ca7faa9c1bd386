import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { Recipient } from '../events/event.ts'
import type { Journal } from '../events/journal.ts'
import type { Crews } from './crews.ts'
import { Suspects } from './suspects.ts'

/** A delivery that was being handled when a process was ended, as a plugin kept it busy. */
export interface Stuck extends Recipient {
  /** None for a plugin that was handling nothing, and runs the same code. */
  readonly event?: string | undefined
  /** How long it kept the process busy, in ms. */
  readonly ms: number
  /** Whether it was this one, or may have been. */
  readonly certain: boolean
}

/**
 * Counts an attempt against deliveries that ended an earlier process, so that none does for ever. Those that only may
 * have done so are handled one at a time, so that it shows; see {@link Suspects}.
 */
export async function blame(
  stuck: readonly Stuck[],
  {
    journal,
    crews,
    clock,
    log,
  }: { journal: Pick<Journal, 'reopened' | 'fail'>; crews: Crews; clock: Clock; log: Log },
): Promise<void> {
  const suspects = new Suspects()
  for (const { event, bot, plugin, ms, certain } of stuck) {
    const crew = crews.get({ bot, plugin })
    const delivery = event === undefined ? undefined : await journal.reopened(event, { bot, plugin })
    if (!certain) suspects.add(crew, delivery?.event.id)
    if (!delivery || !certain) continue
    const error = new AppError(`the handler kept the process busy for ${Math.round(ms / 1000)} s`, {
      code: 'plugin.stuck',
      hint: 'Something in it loops, or computes for long: let it wait in between, or use isolation: worker.',
      retry: 'later',
    })
    delivery.attempts++
    crew.errors.note(error, clock.now(), event)
    const isOver = delivery.attempts >= crew.limits.attempts
    const about = { event, bot, plugin, attempt: delivery.attempts, err: error }
    if (isOver) log.error(about, 'set aside: the handler kept the process busy each time')
    await journal.fail(delivery, error, isOver ? undefined : clock.now())
  }
  suspects.allow()
}
