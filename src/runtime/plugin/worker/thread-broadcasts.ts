import type { Store } from '../../../store/index.ts'
import type { RuntimeTables } from '../../../store/schema/runtime.ts'
import { Broadcast, type BroadcastProgress } from '../../bot/broadcast/broadcast.ts'
import type { BroadcastDesk } from '../../bot/broadcast/broadcasts.ts'
import type { Link } from './link.ts'
import type { WireBroadcast } from './wire.ts'

/** The broadcasts, as they are seen from a thread. */
export function threadBroadcasts(link: Link, store: Store<RuntimeTables>): BroadcastDesk {
  const desk: BroadcastDesk = {
    store,
    known: async key => handle(await link.ask('knownBroadcast', [key])),
    begin: async wanted => handle(await link.ask('beginBroadcast', [JSON.stringify(wanted)]))!,
    find: async id => handle(await link.ask('findBroadcast', [id])),
    list: async ({ limit } = {}) => (await link.ask('listBroadcasts', [limit])).map(one => handle(one)!),
    move: (id, from, to) => link.ask('moveBroadcast', [id, from, to]),
    progress: id => link.ask('progressOf', [id]) as Promise<BroadcastProgress>,
    ended: id => link.ask('endOf', [id]) as Promise<BroadcastProgress>,
  }
  const handle = (one: WireBroadcast | undefined): Broadcast | undefined =>
    one && new Broadcast(desk, one, one.estimateMs)
  return desk
}
