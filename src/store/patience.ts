import { sleep, systemClock } from '../base/clock.ts'
import { StoreError } from './store-error.ts'

/** Pause between two tries, in ms. */
const PAUSE_MS = 20

/**
 * Tries again while another process holds the database, for at most `forMs` of real time: that process knows no other.
 *
 * @param onWait  called once when it has to wait
 */
export async function patiently<T>(attempt: () => T, forMs: number, onWait = () => {}): Promise<T> {
  const end = systemClock.now() + forMs
  for (let tries = 1; ; tries++) {
    try {
      return attempt()
    } catch (error) {
      const isLocked = error instanceof StoreError && error.code === 'store.locked'
      if (!isLocked || systemClock.now() >= end) throw error
      if (tries === 1) onWait()
    }
    await sleep(systemClock, PAUSE_MS)
  }
}
