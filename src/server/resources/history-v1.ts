import { HISTORY_KEPT_MS, parseWireTime, type Query, type reportV1Messages } from '../../protocol/index.ts'
import type { Handlers } from '../handler.ts'
import { firstMsgidAt, lastMessage } from '../message-ids.ts'
import { messageRecord } from '../message-record.ts'
import { historyOwner } from '../queries/former-user-queries.ts'
import { histories } from '../queries/history-queries.ts'
import { readPage } from '../read-page.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'

type Ids = 'report.v1.messages.list' | 'report.v1.users.messages.list'

/** The message history by offset, as it was before cursors. */
export function historyV1({ store, clock, apps, listCounts }: Services): Pick<Handlers, Ids> {
  const page = async (kind: 'app' | 'user', id: number, query: Query<typeof reportV1Messages>) => {
    const { start, count } = query
    const parts = histories[kind]
    const range = { id, ...(await boundsOf(query)) }
    const total = await listCounts.count(parts, range)
    const { first, skip } = start < total ? await listCounts.seek(parts, range, start) : { first: 1, skip: 0 }
    const rows =
      start < total ? await readPage(store.read, parts, { ...range, first, count: skip + count }) : []
    const messages = rows.slice(skip, skip + count).map(row => messageRecord(apps, row))
    return { total, start, count: messages.length, messages }
  }

  /** As msgids; what is left out is all that is kept. */
  const boundsOf = async ({ begin_time, end_time }: Query<typeof reportV1Messages>) => {
    const begin = parseWireTime(begin_time ?? '') ?? 0
    const end = parseWireTime(end_time ?? '') ?? Number.POSITIVE_INFINITY
    if (end < begin) throw new Refusal(899003, 'end_time must not be before begin_time')
    const newest = (await store.read.first(lastMessage, {}))?.msgid ?? 0
    return {
      first: firstMsgidAt(Math.max(begin, clock.now() - HISTORY_KEPT_MS)),
      last: Math.min(firstMsgidAt(end + 1000) - 1, newest),
    }
  }

  return {
    'report.v1.messages.list': ({ app, query }) => page('app', app.id, query),
    'report.v1.users.messages.list': async ({ app, params, query }) => {
      return page('user', await historyOwner(store.read, app, params.username), query)
    },
  }
}
