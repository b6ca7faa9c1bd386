import type { Log } from '../base/log.ts'
import { StoreError } from './store-error.ts'

/** Stands among the steps of a database for as long as it is being copied into: nobody can start on half of it. */
export const UNFINISHED = 'unfinished-copy'

/**
 * Names of the steps that have to be carried out yet, in their order.
 *
 * @throws StoreError when others were carried out than those known
 */
export function missingSteps(place: string, known: readonly string[], done: readonly string[]): string[] {
  if (done.includes(UNFINISHED))
    throw new StoreError('store.unfinished', `database ${place} is a copy that was not finished`)
  const names = [...known].sort()
  if (done.every((name, index) => name === names[index])) return names.slice(done.length)
  // A newer version only adds steps.
  throw names.every((name, index) => name === done[index])
    ? new StoreError('store.newer', `database ${place} was made by a newer version of Beadle`)
    : new StoreError(
        'store.early',
        `database ${place} was made by an early version of Beadle, with other tables`,
      )
}

/** Tells that a step begins: with much data it may take long. */
export function tellStep(
  log: Log,
  database: string,
  { name, steps }: { readonly name: string; readonly steps: readonly string[] },
): void {
  const which = `${steps.indexOf(name) + 1} of ${steps.length}`
  log.info({ database, step: name }, `bringing the database up to date: ${name}, ${which}`)
}
