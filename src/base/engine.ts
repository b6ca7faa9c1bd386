import { setFlagsFromString } from 'node:v8'

/**
 * Has V8 make every object where short-lived ones are made. It guesses by the place in the code otherwise, and learns
 * from the first seconds, in which much is made that stays: from then on events go where nothing is taken away before
 * all memory is looked through, and whatever they point at stays as long. Without it the dispatch is 5 % faster.
 */
export function tuneEngine(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
}
