import { openCalls } from '../runtime/bot/outbox-store.ts'
import { alone } from '../runtime/fleet/place.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Store } from '../store/index.ts'
import type { RuntimeTables } from '../store/schema/runtime.ts'

/** Work of this machine, such as reading a file, may take so many turns of the event loop and so many ms. */
const TURNS = 100
const QUIET_MS = 100
const PATIENT_MS = 1000

export type Turn = () => Promise<void>

export const turnOfTheLoop: Turn = () => new Promise(resolve => setImmediate(resolve))

/**
 * Lets the event loop turn until nothing waits, or for a while nothing has begun or ended: then what waits, waits for
 * the clock. Real time has a part only in the latter.
 *
 * @param options.patient  allows slow machines more
 * @param options.turn  lets the event loop turn once
 * @returns whether nothing waits any more
 */
export async function untilQuiet(
  waiting: () => number,
  { patient = false, turn = turnOfTheLoop }: { readonly patient?: boolean; readonly turn?: Turn } = {},
): Promise<boolean> {
  let last = waiting()
  let sinceAt = performance.now()
  let unchanged = 0
  let idle = 0
  for (;;) {
    await turn()
    const now = waiting()
    // What was just handled may be about to bring something new.
    idle = now === 0 ? idle + 1 : 0
    if (idle >= 5) return true
    if (now !== last) {
      last = now
      unchanged = 0
      sinceAt = performance.now()
    } else unchanged++
    if (unchanged >= TURNS && performance.now() - sinceAt >= (patient ? PATIENT_MS : QUIET_MS)) return false
  }
}

/** Names what waits, for an error message. */
export async function whatWaits(runtime: Runtime, store: Store<RuntimeTables>): Promise<string[]> {
  const deliveries = await runtime.journal.pending(20)
  const calls = await store.read.all(openCalls, { parts: alone.parts })
  return [
    ...deliveries.map(({ event, bot, plugin }) => `${event.type} ${event.id} for ${plugin} of ${bot}`),
    ...calls.map(({ endpoint, lane, state }) => `${endpoint} to ${lane} (${state})`),
  ]
}
