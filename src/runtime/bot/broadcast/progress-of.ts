import type { Store } from '../../../store/index.ts'
import type { RuntimeTables } from '../../../store/schema/runtime.ts'
import type { BroadcastProgress } from './broadcast.ts'
import { type BroadcastRow, countTargets } from './broadcast-rows.ts'

/** How far a broadcast is. `estimate` says how long so many messages take: ms. */
export async function progressOf(
  store: Store<RuntimeTables>,
  row: BroadcastRow,
  estimate: (messages: number) => number,
): Promise<BroadcastProgress> {
  const counts = new Map<string, number>()
  for (const { state, count } of await store.read.all(countTargets, { broadcast: row.id }))
    counts.set(state, Number(count))
  const of = (state: string) => counts.get(state) ?? 0
  const [waiting, sent] = [of('waiting'), of('sent')]
  const left = row.ended_at !== null ? 0 : row.state === 'undoing' ? sent : waiting
  return {
    state: row.state,
    total: row.total,
    waiting,
    sent,
    failed: of('failed'),
    unsure: of('unsure'),
    cancelled: of('cancelled'),
    retracted: of('retracted'),
    tooLate: of('too-late'),
    startedAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
    leftMs: estimate(left),
  }
}
