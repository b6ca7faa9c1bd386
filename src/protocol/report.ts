import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { integer } from './fields.ts'
import { MessageRecord } from './messages.ts'
import { parseWireTime } from './wire-time.ts'

const section = 'Extra: Report V2 (history and statistics)'

/** Records in one page of history. */
export const HISTORY_PAGE = 1000
/** The longest range of one query. */
export const HISTORY_RANGE_MS = 7 * 86_400_000
/** A cursor is good for this long. */
export const CURSOR_MS = 120_000
/** History is kept for this long. */
export const HISTORY_KEPT_MS = 60 * 86_400_000

/** A time without zone, UTC+8. */
export const WireTime = z
  .string()
  .refine(value => parseWireTime(value) !== undefined, 'must be a time yyyy-MM-dd HH:mm:ss (UTC+8)')

const query = {
  count: integer(1, HISTORY_PAGE).optional().describe('page size; needed without cursor'),
  begin_time: WireTime.optional().describe('inclusive; needed without cursor'),
  end_time: WireTime.optional().describe('inclusive, at most 7 days after begin_time; needed without cursor'),
  cursor: z.string().max(512).optional().describe('of the page before; alone; good for 120 seconds'),
}

/** A page of history, oldest first; without `cursor` it is the last one. */
export const HistoryPage = z.object({
  total: z.int().describe('matches of the whole query'),
  count: z.int().describe('records in this page'),
  cursor: z.string().optional(),
  messages: z.array(MessageRecord),
})
export type HistoryPage = z.output<typeof HistoryPage>

const history = {
  section,
  method: 'GET',
  query,
  status: 200,
  response: HistoryPage,
  paged: { by: 'cursor', items: 'messages' },
  notes: 'Kept for 60 days; retracted messages are left out.',
} as const

export const reportMessages = endpoint({
  ...history,
  id: 'report.messages.list',
  title: 'Message history of the app',
  path: '/v2/messages',
  errors: [899003],
})

export const reportUserMessages = endpoint({
  ...history,
  id: 'report.users.messages.list',
  title: 'Messages a user sent, and single-chat messages sent to the user',
  path: '/v2/users/:username/messages',
  errors: [899002, 899003],
})

export const reportGroupMessages = endpoint({
  ...history,
  id: 'report.groups.messages.list',
  title: 'Message history of a group',
  path: '/v2/groups/:gid/messages',
  errors: [899003, 899006],
})

export const reportChatroomMessages = endpoint({
  ...history,
  id: 'report.chatrooms.messages.list',
  title: 'Message history of a chat room',
  path: '/v2/chatrooms/:roomId/messages',
  errors: [899003, 899081],
})
