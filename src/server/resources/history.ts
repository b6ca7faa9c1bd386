import {
  HISTORY_KEPT_MS,
  HISTORY_RANGE_MS,
  type HistoryPage,
  parseWireTime,
  type Query,
  type reportMessages,
} from '../../protocol/index.ts'
import { targetKey } from '../../store/schema/im.ts'
import type { App } from '../apps.ts'
import { type Cursor, Cursors } from '../cursor.ts'
import type { Handlers } from '../handler.ts'
import { firstMsgidAt, lastMessage } from '../message-ids.ts'
import { messageRecord } from '../message-record.ts'
import { historyOwner } from '../queries/former-user-queries.ts'
import { requireGroup } from '../queries/group-queries.ts'
import { anyMessageTo, histories } from '../queries/history-queries.ts'
import { requireRoom } from '../queries/room-queries.ts'
import { readPage } from '../read-page.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'

type Ids =
  | 'report.messages.list'
  | 'report.users.messages.list'
  | 'report.groups.messages.list'
  | 'report.chatrooms.messages.list'
type HistoryQuery = Query<typeof reportMessages>

/** The message history, page by page. */
export function history(services: Services): Pick<Handlers, Ids> {
  const { store, clock, apps, signer, listCounts } = services
  const cursors = new Cursors(signer, () => clock.now())

  /** What a first page fixes: the bounds as msgids, and how many messages there are between them. */
  const begin = async (kind: keyof typeof histories, id: number, query: HistoryQuery) => {
    const bounds = boundsOf(query)
    const kept = firstMsgidAt(clock.now() - HISTORY_KEPT_MS)
    const first = Math.max(firstMsgidAt(bounds.begin), kept)
    // What is sent while the pages are read would belong to no page, or to a total that is told already.
    const newest = (await store.read.first(lastMessage, {}))?.msgid ?? 0
    const last = Math.min(firstMsgidAt(bounds.end + 1000) - 1, newest)
    const total = await listCounts.count(histories[kind], { id, first, last })
    return { first, last, count: bounds.count, total }
  }

  const page = async (
    app: App,
    kind: keyof typeof histories,
    id: number,
    query: HistoryQuery,
  ): Promise<HistoryPage> => {
    const name = `${app.id} ${kind} ${id}`
    const state: Cursor =
      query.cursor === undefined ? await begin(kind, id, query) : known(cursors.read(name, query.cursor))
    const range = { id, first: state.first, last: state.last, count: state.count + 1 }
    const rows = await readPage(store.read, histories[kind], range)
    const next = rows[state.count]
    const messages = rows.slice(0, state.count).map(row => messageRecord(apps, row))
    return {
      total: state.total,
      ...(next ? { cursor: cursors.issue(name, { ...state, first: next.msgid }) } : {}),
      count: messages.length,
      messages,
    }
  }

  /** A group or room that is gone is known as long as it has history. */
  const requireKnown = (app: App, target: number, found: Promise<unknown>): Promise<unknown> =>
    found.catch(async (reason: unknown) => {
      if (!(await store.read.first(anyMessageTo, { app: app.id, target }))) throw reason
    })

  return {
    'report.messages.list': ({ app, query }) => page(app, 'app', app.id, query),
    'report.users.messages.list': async ({ app, params, query }) => {
      return page(app, 'user', await historyOwner(store.read, app, params.username), query)
    },
    'report.groups.messages.list': async ({ app, params, query }) => {
      await requireKnown(app, targetKey('group', params.gid), requireGroup(store.read, app, params.gid))
      return page(app, 'group', params.gid, query)
    },
    'report.chatrooms.messages.list': async ({ app, params, query }) => {
      const { roomId } = params
      await requireKnown(app, targetKey('chatroom', roomId), requireRoom(store.read, app, roomId))
      return page(app, 'chatroom', roomId, query)
    },
  }
}

function known(cursor: Cursor | undefined): Cursor {
  if (!cursor) throw new Refusal(899003, 'cursor must be one of this query, not older than 120 seconds')
  return cursor
}

/** The bounds of a first page, epoch ms. */
function boundsOf(query: HistoryQuery): { begin: number; end: number; count: number } {
  const { count, begin_time, end_time } = query
  if (count === undefined) throw new Refusal(899003, 'count is required without cursor')
  const begin = parseWireTime(begin_time ?? '')
  if (begin === undefined) throw new Refusal(899003, 'begin_time is required without cursor')
  const end = parseWireTime(end_time ?? '')
  if (end === undefined) throw new Refusal(899003, 'end_time is required without cursor')
  if (end < begin) throw new Refusal(899003, 'end_time must not be before begin_time')
  if (end - begin > HISTORY_RANGE_MS)
    throw new Refusal(899003, 'end_time must be at most 7 days after begin_time')
  return { begin, end, count }
}
