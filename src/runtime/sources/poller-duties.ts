import type { AppOptions } from '../apps.ts'
import { type Duty, duty } from '../fleet/duties.ts'
import type { Inbound } from './inbound.ts'
import { Poller, type PollerOptions } from './poller.ts'

/** Reading the histories of the apps that are polled: a duty each, and each begins at another moment. */
export function pollerDuties(
  apps: readonly (AppOptions & { readonly inbound: Inbound })[],
  means: Pick<PollerOptions, 'store' | 'clock' | 'log'>,
): Duty[] {
  return apps.flatMap(({ appKey, name, client, inbound, pollEveryMs: everyMs }, index) => {
    if (everyMs === undefined) return []
    const firstMs = Math.floor((everyMs / apps.length) * index)
    const log = apps.length > 1 ? means.log.child({ app: name }) : means.log
    // The first has the name that it had while it was the only one.
    const duties = index === 0 ? 'poller' : `poller:${appKey}`
    return duty(duties, () => new Poller({ ...means, log, client, inbound, appKey, everyMs, firstMs }))
  })
}
