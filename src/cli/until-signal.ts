import { explain } from './explain.ts'

/** Longest time a shutdown may take; then the process ends all the same. What was accepted is on disk. */
const DEADLINE_MS = 15_000

/**
 * Runs until SIGTERM or SIGINT, then closes and ends the process: 0 when all was closed, 1 when it was not in time.
 * A second signal ends it at once.
 */
export async function untilSignal(close: () => Promise<void>): Promise<never> {
  await new Promise<void>(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1))
  const deadline = setTimeout(() => process.exit(1), DEADLINE_MS)
  try {
    await close()
    clearTimeout(deadline)
    process.exit(0)
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`)
    process.exit(1)
  }
}
