import { explain } from './explain.ts'
import { withoutSecrets } from './load-configured.ts'

/** Longest time a shutdown may take, beside what it first waits for; then the process ends all the same. What was accepted is on disk. */
export const DEADLINE_MS = 15_000

let isUp = false

/** Whether something runs that a signal ends. */
export const staysUp = (): boolean => isUp

/**
 * Has SIGTERM and SIGINT end the process: at once while it starts, as nothing was taken in yet; later by closing, with
 * 0 when all was closed in time and 1 when it was not. A second signal does not wait.
 *
 * @returns to be called with what closes it, and how long that waits first, once it is up and before that is told to
 *   anybody
 */
export function endOnSignal(): (close: () => Promise<void>, waitsMs?: number) => void {
  let close: (() => Promise<void>) | undefined
  let deadlineMs = DEADLINE_MS
  let closing = false
  const end = () => {
    if (!close) process.exit(0)
    if (closing) process.exit(1)
    closing = true
    setTimeout(() => process.exit(1), deadlineMs)
    close().then(
      () => process.exit(0),
      error => {
        process.stderr.write(`${withoutSecrets(explain(error))}\n`)
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end)
  return (given, waitsMs = 0) => {
    close = given
    isUp = true
    deadlineMs = DEADLINE_MS + waitsMs
  }
}
