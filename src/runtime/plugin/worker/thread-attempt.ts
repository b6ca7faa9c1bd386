import { Attempt } from '../../dispatch/attempt.ts'
import type { Delivery } from '../../events/event.ts'

/** An attempt that a thread makes, with the number by which the main thread knows it. */
export class ThreadAttempt extends Attempt {
  declare readonly number: number

  constructor(number: number, delivery: Delivery) {
    // What it keeps is kept in the main thread.
    super(delivery, () => {}, number)
  }
}
