import { systemClock } from '../base/clock.ts'
import { AppError } from '../base/errors.ts'
import { idMaker } from '../base/ids.ts'
import { silentLog } from '../base/log.ts'
import { FREE_QUOTA } from '../client/index.ts'
import {
  type Broadcast,
  type BroadcastProgress,
  type BroadcastResult,
  MOST_LISTED,
} from '../runtime/bot/broadcast/broadcast.ts'
import { Broadcasts } from '../runtime/bot/broadcast/broadcasts.ts'
import type { Move, StartArgs } from '../runtime/orders/broadcast-kinds.ts'
import type { Store } from '../store/index.ts'
import type { BroadcastTargetState, RuntimeTables } from '../store/schema/runtime.ts'
import { beside, type GivenOrder, order } from './beside.ts'
import { appNamed, type LoadedConfig } from './config/index.ts'

export { type Begun, MOVES, type Move, type Moved } from '../runtime/orders/broadcast-kinds.ts'
export { type BroadcastProgress, type BroadcastResult, type BroadcastTargetState, MOST_LISTED }

/** A broadcast, and how far it is. */
export interface BroadcastSummary extends BroadcastProgress {
  readonly id: string
  readonly bot: string
  readonly title: string
}

const MINUTE_MS = 60_000
/** So much of an id is asked for at least: what is undone does not come back. */
const LEAST_CHARS = 4

/** To look at them only: what is to be done of them, the running Beadle does. */
function broadcastsIn(store: Store<RuntimeTables>, { main, bots }: LoadedConfig): Broadcasts {
  const quotaOf = (bot: string) => {
    const { quota } = appNamed(main, bots.find(({ id }) => id === bot)?.config.app)
    return quota === 'auto' ? FREE_QUOTA : quota
  }
  return new Broadcasts({
    ...{ store, clock: systemClock, log: silentLog, makeId: idMaker(() => systemClock.now()) },
    estimateMs: (messages, bot) => {
      const quota = quotaOf(bot)
      return quota === 'off' ? 0 : (messages / quota) * MINUTE_MS
    },
  })
}

const summary = async (broadcast: Broadcast): Promise<BroadcastSummary> => {
  const { id, bot, title } = broadcast
  return { id, bot, title, ...(await broadcast.progress()) }
}

/** The latest, newest first. */
export const listBroadcasts = (
  config: LoadedConfig,
  filter: { readonly bot?: string | undefined; readonly limit: number },
): Promise<BroadcastSummary[]> =>
  beside(config, async store => {
    const { bot, limit } = filter
    const listed = await broadcastsIn(store, config).list({ limit, ...(bot === undefined ? {} : { bot }) })
    return Promise.all(listed.map(summary))
  })

/**
 * A broadcast, and what became of it for some of its targets.
 *
 * @param page.state  only targets of this state
 */
export const showBroadcast = (
  config: LoadedConfig,
  named: string,
  page: { readonly state?: BroadcastTargetState; readonly limit: number },
): Promise<{ broadcast: BroadcastSummary; results: BroadcastResult[] }> =>
  beside(config, async store => {
    const broadcast = await find(broadcastsIn(store, config), named)
    return { broadcast: await summary(broadcast), results: await broadcast.results(page) }
  })

/** Asks the running Beadle to begin a broadcast. */
export const startBroadcast = (config: LoadedConfig, args: StartArgs, waitMs: number): Promise<GivenOrder> =>
  beside(config, store => order(store, 'broadcast.start', args, waitMs))

/** Asks the running Beadle to pause, resume, cancel or undo one. */
export const moveBroadcast = (
  config: LoadedConfig,
  what: { readonly how: Move; readonly id: string },
  waitMs: number,
): Promise<GivenOrder> =>
  beside(config, async store => {
    const { id } = await find(broadcastsIn(store, config), what.id)
    return order(store, `broadcast.${what.how}`, { id }, waitMs)
  })

/** @throws AppError `broadcast.unknown`, `broadcast.ambiguous` */
async function find(broadcasts: Broadcasts, named: string): Promise<Broadcast> {
  const id = named.toUpperCase()
  const exact = await broadcasts.find(id)
  if (exact) return exact
  const latest = id.length < LEAST_CHARS ? [] : await broadcasts.list({ limit: MOST_LISTED })
  const found = latest.filter(one => one.id.endsWith(id))
  if (found.length === 1) return found[0]!
  throw new AppError(
    found.length === 0 ? `there is no broadcast ${named}` : `several broadcasts end with ${named}`,
    {
      code: found.length === 0 ? 'broadcast.unknown' : 'broadcast.ambiguous',
      hint: 'beadle broadcast list shows what there is.',
    },
  )
}
