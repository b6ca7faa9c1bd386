import { StoreError } from './store-error.ts'

/**
 * Names of the steps that have to be carried out yet, in their order.
 *
 * @throws StoreError when others were carried out than those known
 */
export function missingSteps(place: string, known: readonly string[], done: readonly string[]): string[] {
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
