import type { GivenOrder } from '../app/beside.ts'
import type { OrderItem } from '../app/events.ts'
import { AppError } from '../base/errors.ts'
import { plain, printJson } from './text.ts'

/** The exit code where an order was given and nobody has done it yet. */
const NOT_YET = 2

/**
 * The answer to an order. Says so, and sets the exit code, when there is none yet.
 *
 * @throws AppError when the order was refused
 */
export function answerOf({ id, result }: GivenOrder, json: boolean): unknown {
  if (!result) {
    if (json) printJson({ order: id, done: false })
    else
      process.stdout.write(
        'No Beadle has taken it up yet: it is done when one runs, at its next start at the latest.\n',
      )
    process.exitCode = NOT_YET
    return undefined
  }
  if (result.ok) return result.value
  const { message, code, hint } = result
  throw new AppError(message, { code, ...(hint === undefined ? {} : { hint }) })
}

/** Tells what became of each thing that an order was about; one that was not done makes the exit code 1. */
export function tellOrder(
  given: GivenOrder,
  { done, json }: { readonly done: string; readonly json: boolean },
): void {
  const items = answerOf(given, json) as readonly OrderItem[] | undefined
  if (!items) return
  if (items.some(({ not }) => not !== undefined)) process.exitCode = 1
  if (json) {
    printJson({ order: given.id, done: true, items })
    return
  }
  if (items.length === 0) process.stdout.write('There was nothing to do.\n')
  for (const { id, about, not } of items) {
    const name = about === '' ? id : `${id} ${plain(about, 200)}`
    process.stdout.write(not === undefined ? `${name}: ${done}\n` : `${name}: no: ${plain(not, 300)}\n`)
  }
}
