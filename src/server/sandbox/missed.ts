import type { Queryable } from '../../store/index.ts'
import { targetKey } from '../../store/schema/im.ts'
import type { Apps } from '../apps.ts'
import { firstMsgidAt, lastMessage } from '../message-ids.ts'
import { messageRecord } from '../message-record.ts'
import type { MessageRow } from '../queries/message-queries.ts'
import { newestTo, receivedUpTo, unshieldedGroups } from '../queries/presence-queries.ts'

/** What is kept for someone offline (FAQ): so long, and so many of each conversation. */
const KEPT_MS = 15 * 86_400_000
const PER_CONVERSATION = 100
/** What is looked through, and handed out, at most. */
const MOST = 5000

export interface Missed {
  /** Oldest first. */
  readonly rows: readonly MessageRow[]
  /** The newest message there was. */
  readonly upTo: number
}

/** The messages that a user did not receive while it was offline. Chat rooms keep none. */
export async function missedBy(read: Queryable, user: number, now: number): Promise<Missed> {
  const after = Math.max(await receivedUpTo(read, user), firstMsgidAt(now - KEPT_MS) - 1)
  const upTo = (await read.first(lastMessage, {}))?.msgid ?? 0
  if (upTo <= after) return { rows: [], upTo }
  const direct = await read.all(newestTo, { target: targetKey('single', user), after, count: MOST })
  const rows = [...newestOfEach(direct)]
  for (const { gid, joined } of await read.all(unshieldedGroups, { user })) {
    const since = Math.max(after, firstMsgidAt(joined) - 1)
    rows.push(
      ...(await read.all(newestTo, {
        target: targetKey('group', gid),
        after: since,
        count: PER_CONVERSATION,
      })),
    )
  }
  const kept = rows.filter(row => row.msgid <= upTo && row.sender !== user && isKept(row))
  kept.sort((a, b) => a.msgid - b.msgid)
  return { rows: kept.slice(-MOST), upTo }
}

function* newestOfEach(rows: readonly MessageRow[]): Iterable<MessageRow> {
  const counts = new Map<number, number>()
  for (const row of rows) {
    const count = (counts.get(row.sender) ?? 0) + 1
    counts.set(row.sender, count)
    if (count <= PER_CONVERSATION) yield row
  }
}

const isKept = ({ extra }: MessageRow): boolean =>
  extra === null || (JSON.parse(extra) as { no_offline?: boolean }).no_offline !== true

/** How an inbox shows a message: as history does, and whether it was missed, and is not to disturb. */
export const shown = (
  apps: Apps,
  row: MessageRow,
  { offline, quiet }: { readonly offline: boolean; readonly quiet: boolean },
): string =>
  JSON.stringify({
    ...messageRecord(apps, row),
    ...(offline ? { offline: true } : {}),
    ...(quiet ? { no_disturb: true } : {}),
  })
