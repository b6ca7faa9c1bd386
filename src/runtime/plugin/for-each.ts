import { AppError, asError, type Retry } from '../../base/errors.ts'
import type { Target } from '../bot/target.ts'

/**
 * Does something for several targets; one that fails does not keep the others from it. When a handler that fails by
 * this is run again, what was sent already is not sent again.
 *
 * @param options.retry  whether the handler is to be tried again. Default: later
 * @throws AppError `targets.failed` that names the targets that failed, with the reason of the first
 */
export async function forEachTarget(
  targets: readonly Target[],
  run: (target: Target) => Promise<unknown>,
  { retry = 'later' }: { readonly retry?: Retry } = {},
): Promise<void> {
  const outcomes = await Promise.allSettled(targets.map(target => run(target)))
  const failed = outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected' ? [{ target: targets[index]!, error: asError(outcome.reason) }] : [],
  )
  if (failed.length === 0) return
  const names = failed.map(({ target }) => nameOf(target))
  const shown = names.length > SHOWN ? [...names.slice(0, SHOWN), `${names.length - SHOWN} more`] : names
  const { error } = failed[0]!
  const hint = error instanceof AppError ? error.hint : undefined
  throw new AppError(`not sent to ${shown.join(', ')}: ${error.message}`, {
    code: 'targets.failed',
    retry,
    cause: failed.length === 1 ? error : new AggregateError(failed.map(failure => failure.error)),
    ...(hint === undefined ? {} : { hint }),
  })
}

/** Targets that an error names. */
const SHOWN = 10

const nameOf = ({ type, id }: Target): string =>
  type === 'group' ? `group ${id}` : type === 'chatroom' ? `room ${id}` : `user ${id}`
