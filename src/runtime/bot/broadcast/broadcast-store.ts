import { listText, type Transaction } from '../../../store/index.ts'
import type { BroadcastTargetTable } from '../../../store/schema/runtime.ts'
import {
  type BroadcastRow,
  broadcastById,
  broadcastByKey,
  insertBroadcast,
  insertTargets,
  moveBroadcast,
  noteTarget,
  type TargetRow,
  targetsAfter,
} from './broadcast-rows.ts'

/** A target that is asked for. */
export type NewTarget = readonly [type: BroadcastTargetTable['target_type'], id: string]

/** Targets that one statement adds. */
const ADDED_AT_A_TIME = 5000

/** Yields the broadcast that was begun by the same key, if one was. */
export async function insert(
  tx: Transaction,
  row: BroadcastRow,
  targets: readonly NewTarget[],
): Promise<BroadcastRow | undefined> {
  const known = await tx.first(broadcastByKey, { key: row.key })
  if (known) return known
  await tx.run(insertBroadcast, row)
  for (let first = 0; first < targets.length; first += ADDED_AT_A_TIME) {
    const some = listText(targets.slice(first, first + ADDED_AT_A_TIME))
    await tx.run(insertTargets, { broadcast: row.id, first, targets: some })
  }
  return undefined
}

/** Has a target that was given up wait again, and its broadcast go on if that has ended. `undefined` when it was not. */
export async function reopen(
  tx: Transaction,
  { broadcast: id, position }: Pick<TargetRow, 'broadcast' | 'position'>,
): Promise<{ readonly row: BroadcastRow; readonly target: TargetRow } | undefined> {
  const target = await tx.first(targetsAfter, { broadcast: id, after: position - 1, limit: 1 })
  if (target?.position !== position || (target.state !== 'failed' && target.state !== 'unsure'))
    return undefined
  const row = (await tx.first(broadcastById, { id }))!
  const blank = { state: 'waiting', msgId: null, sentAt: null, error: null } as const
  await tx.run(noteTarget, { ...blank, broadcast: id, position })
  if (row.ended_at === null) return { row, target }
  await tx.run(moveBroadcast, { id, from: row.state, to: 'running', endedAt: null })
  return { row: { ...row, state: 'running', ended_at: null }, target }
}
