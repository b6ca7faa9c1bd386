import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import type { Broadcasts } from '../bot/broadcast/broadcasts.ts'
import { Replay, type ReplayOptions } from '../events/replay.ts'
import type { Place } from '../fleet/place.ts'
import type { PluginHost } from '../plugin/host.ts'
import type { Schedules } from '../sources/cron/schedules.ts'
import { botOrders } from './bot-kinds.ts'
import { broadcastOrders } from './broadcast-kinds.ts'
import { eventOrders, type OrderMeans } from './kinds.ts'
import { Orders } from './orders.ts'
import { scheduleOrders } from './schedule-kinds.ts'

/** Where all that can be asked of a runtime from elsewhere is done. */
export function orderDesk(options: {
  readonly store: Store<RuntimeTables>
  readonly clock: Clock
  readonly log: Log
  readonly everyMs: number | undefined
  readonly journal: ReplayOptions['journal']
  readonly host: PluginHost
  readonly broadcasts: Broadcasts
  readonly schedules: Schedules
  readonly outbox: OrderMeans['outbox']
  readonly retry: ReplayOptions['retry']
  readonly place?: Place
}): Orders {
  const { store, clock, log, everyMs, journal, host, broadcasts, outbox, retry, place } = options
  const bots = () => host.bots
  const replay = new Replay({
    ...{ store, journal, retry, place, now: () => clock.now() },
    has: ({ bot, plugin }) => host.instance(bot, plugin) !== undefined,
  })
  const calls: OrderMeans['outbox'] = {
    drop: key => outbox.drop(key),
    async resend(key) {
      const isResent = await outbox.resend(key)
      // Also when it was before: the process may have ended in between.
      await broadcasts.resent(key)
      return isResent
    },
  }
  const kinds = {
    ...eventOrders({ store, replay, outbox: calls }),
    ...broadcastOrders({ broadcasts, bots }),
    ...botOrders(bots, () => clock.now()),
    ...scheduleOrders({ store, clock, journal, schedules: options.schedules }),
  }
  return new Orders({ store, clock, log, everyMs, kinds })
}
