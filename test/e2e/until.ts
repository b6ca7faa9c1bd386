import { setTimeout as sleep } from 'node:timers/promises'

/** A machine may be busy with other tests. */
const PATIENCE_MS = 60_000

/**
 * Asks again and again until the answer is neither `false` nor `undefined`, and resolves with it.
 *
 * @throws Error that names what did not come about
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  { everyMs = 20, patienceMs = PATIENCE_MS, detail = (): string => '' } = {},
): Promise<Exclude<T, false | undefined>> {
  const end = performance.now() + patienceMs
  for (;;) {
    const answer = await ask()
    if (answer !== false && answer !== undefined) return answer as Exclude<T, false | undefined>
    if (performance.now() > end) throw new Error(`it did not come about that ${what}\n${detail()}`)
    await sleep(everyMs)
  }
}
