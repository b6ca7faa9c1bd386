import type { Queryable } from '../store/index.ts'
import type { HistoryPart, Range } from './queries/history-queries.ts'
import type { MessageRow } from './queries/message-queries.ts'

/** The first messages of a range, oldest first; more than `count` when a list has more than one part. */
export async function readPage(
  read: Queryable,
  parts: readonly HistoryPart[],
  range: Range & { readonly count: number },
): Promise<MessageRow[]> {
  const rows = (await Promise.all(parts.map(part => read.all(part.page, range)))).flat()
  return parts.length > 1 ? rows.sort((a, b) => a.msgid - b.msgid) : rows
}
