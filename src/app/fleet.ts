import { hostname } from 'node:os'
import { type Clock, systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { Fleet } from '../runtime/fleet/fleet.ts'
import { SharedClock } from '../runtime/fleet/shared-clock.ts'
import type { Store } from '../store/index.ts'
import type { RuntimeTables } from '../store/schema/runtime.ts'

/** What a person knows this process by. */
export const processName = (): string => `${hostname()}:${process.pid}`

/** What a process needs that shares its database with others: its place among them, and the time that all go by. */
export async function fleetOf(
  store: Store<RuntimeTables>,
  log: Log,
  onReload: () => void = () => {},
): Promise<{ readonly fleet: Fleet; readonly clock: Clock } | undefined> {
  if (!store.listen) return undefined
  const steady = () => performance.now()
  const shared = new SharedClock({ base: systemClock, steady })
  const fleet = new Fleet({
    store,
    name: processName(),
    clock: systemClock,
    steady,
    shared,
    onReload,
    log: log.child({ part: 'fleet' }),
  })
  await fleet.setClock()
  return { fleet, clock: shared }
}
