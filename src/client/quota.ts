import { type Clock, sleep } from '../base/clock.ts'
import { RateLimited } from './errors.ts'

/** The window of a quota is a minute; others may use the next one up, too. */
const PATIENCE_MS = 120_000

/** Makes a call, again once there is quota when there was none. For calls in a row: a single one is its caller's to repeat. */
export async function withinQuota<T>(clock: Clock, call: () => Promise<T>): Promise<T> {
  let waited = 0
  for (let attempt = 0; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof RateLimited)) throw error
      const pause = Math.max(error.retryAfterMs, 1000 * 2 ** attempt)
      waited += pause
      if (waited > PATIENCE_MS) throw error
      await sleep(clock, pause)
    }
  }
}
