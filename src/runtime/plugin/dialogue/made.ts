import type { Outcome } from '../../bot/outbox-entry.ts'
import { keyPrefix } from '../../dispatch/attempt.ts'
import type { Delivery } from '../../events/event.ts'
import { carry } from '../worker/carried-error.ts'
import type { Made, MadeByKey } from './dialogue.ts'

/**
 * What came of what a handler asked for, as it is written down. Of calls that have not ended the outbox tells, by their
 * keys.
 *
 * @param outcomes  by the whole keys
 * @param now  epoch ms: when those ended that do not say so
 */
export function madeIn(
  outcomes: ReadonlyMap<string, unknown>,
  delivery: Delivery,
  now: number,
): Record<string, Made> {
  const prefix = keyPrefix(delivery)
  const made: Record<string, Made> = {}
  for (const [key, outcome] of outcomes) {
    if (!key.startsWith(prefix)) continue
    const one = madeOf(outcome, now)
    if (one) made[key.slice(prefix.length)] = one
  }
  return made
}

function madeOf(outcome: unknown, now: number): Made | undefined {
  if (outcome instanceof Error) {
    const { stack: _, cause: __, ...error } = carry(outcome)
    return { error: { ...error, stack: undefined } }
  }
  if (outcome instanceof Noted) return { result: outcome.value }
  const { state, result, at = now } = outcome as Partial<Outcome>
  // A job, or a broadcast, of which is known only that it was asked for.
  if (state === undefined) return {}
  return state === 'sent' ? { result, at } : undefined
}

/** A value that was noted by itself. */
export class Noted {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

/** The calls that were kept with a delivery, the same way. */
export function madeCalls(
  calls: readonly { readonly key: string; readonly result: unknown; readonly at: number }[],
  prefix: string,
): MadeByKey {
  const own = calls.filter(({ key }) => key.startsWith(prefix))
  return Object.fromEntries(own.map(({ key, result, at }) => [key.slice(prefix.length), { result, at }]))
}
