import { sleep, systemClock } from '../../base/clock.ts'
import { isPassing } from './refusals.ts'

const RETRY_MS = 100

export interface Patience {
  /** How long it is waited for the database, in ms of real time. */
  readonly ms: number
  /** Asked before each wait. */
  readonly mayWait?: () => boolean
  /** Told what the database is waited for after, once. */
  readonly waits?: (cause: unknown) => void
}

/** Does again and again what fails as the database is away for a moment, as when it is started anew. */
export async function patiently<T>(work: () => Promise<T>, patience: Patience): Promise<T> {
  const { ms, mayWait = () => true, waits } = patience
  const end = systemClock.now() + ms
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (cause) {
      if (!isPassing(cause) || systemClock.now() >= end || !mayWait()) throw cause
      if (tries === 1) waits?.(cause)
    }
    await sleep(systemClock, RETRY_MS)
  }
}
