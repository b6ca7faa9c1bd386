/** Added for each message that was chosen and came too late all the same. */
const STEP_MS = 250
/** A time that was long once counts less with each that is shorter. */
const FADE = 0.9

/**
 * How long before its time ends a message has to be chosen for being taken back: as long as that takes, with the
 * waiting for its turn. Without this, when messages are taken back as fast as they were sent, each would be chosen
 * while there is time, and come too late: all of them.
 */
export class Lead {
  #ms = 0

  get ms(): number {
    return this.#ms
  }

  /** @param tookMs  from the choice to the answer */
  learn(tookMs: number, cameTooLate: boolean): void {
    this.#ms = Math.max(tookMs, this.#ms * FADE) + (cameTooLate ? STEP_MS : 0)
  }
}
