import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { Recipient } from '../events/event.ts'
import type { Journal } from '../events/journal.ts'
import type { Crews } from './crews.ts'
import type { Suspects } from './suspects.ts'

/** A delivery that was being handled when a plugin kept its process busy. */
export interface AtWork extends Recipient {
  /** None for a plugin that was handling nothing, and runs the same code. */
  readonly event?: string | undefined
  /** Whether it was this one, or may have been. */
  readonly certain: boolean
}

/** One for which a process was ended. */
export interface Stuck extends AtWork {
  /** How long it kept the process busy, in ms. */
  readonly ms: number
}

export interface BlameOptions {
  readonly journal: Pick<Journal, 'reopened' | 'fail'>
  readonly crews: Crews
  readonly suspects: Suspects
  readonly clock: Clock
  readonly log: Log
}

/**
 * Counts an attempt against deliveries that ended an earlier process, so that none does for ever. Those that only may
 * have done so are handled one at a time, so that it shows; see {@link Suspects}.
 */
export function blame(stuck: readonly Stuck[], options: BlameOptions): Promise<void> {
  return judge(stuck, options, ({ ms }, attempts, most) => ({
    time: `for ${Math.round(ms / 1000)} s`,
    isOver: attempts >= most,
  }))
}

/**
 * As {@link blame}, of deliveries at which other nodes were lost. Such a delivery is set aside at once: otherwise it
 * would take one node after the other.
 */
export function blameForNodes(notes: readonly AtWork[], options: BlameOptions): Promise<void> {
  return judge(notes, options, () => ({ time: 'until others took its work over', isOver: true }))
}

async function judge<T extends AtWork>(
  notes: readonly T[],
  { journal, crews, suspects, clock, log }: BlameOptions,
  verdict: (note: T, attempts: number, most: number) => { time: string; isOver: boolean },
): Promise<void> {
  for (const note of notes) {
    const { event, bot, plugin, certain } = note
    const crew = crews.get({ bot, plugin })
    const delivery = event === undefined ? undefined : await journal.reopened(event, { bot, plugin })
    if (!certain) suspects.add(crew, delivery)
    if (!delivery || !certain) continue
    delivery.attempts++
    const { time, isOver } = verdict(note, delivery.attempts, crew.limits.attempts)
    const error = new AppError(`the handler kept the process busy ${time}`, {
      code: 'plugin.stuck',
      hint: 'Something in it loops, or computes for long: let it wait in between, or use isolation: worker.',
      retry: 'later',
    })
    crew.errors.note(error, clock.now(), event)
    const about = { event, bot, plugin, attempt: delivery.attempts, err: error }
    if (isOver) log.error(about, 'set aside: the handler kept the process busy each time')
    await journal.fail(delivery, error, isOver ? undefined : clock.now())
  }
  suspects.allow()
}
