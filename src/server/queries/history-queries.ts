import { type Kysely, sql } from 'kysely'
import { type Query, query } from '../../store/index.ts'
import { type ImDatabase, targetKinds } from '../../store/schema/im.ts'
import type { MessageRow } from './message-queries.ts'

/** Which messages: of an app, or of a user, group or room by its number; from `first` to `last`. */
export interface Range {
  id: number
  first: number
  last: number
}
type PageOf = Range & { count: number }

const q = query<ImDatabase>()
const between = (db: Kysely<ImDatabase>, p: Range) =>
  db.selectFrom('im_message').where('msgid', '>=', p.first).where('msgid', '<=', p.last)

const ofApp = (db: Kysely<ImDatabase>, p: Range) => between(db, p).where('app', '=', p.id)
const ofTarget = (type: keyof typeof targetKinds) => (db: Kysely<ImDatabase>, p: Range) =>
  between(db, p).where('target', '=', sql<number>`${p.id} * 4 + ${sql.lit(targetKinds[type])}`)
const sentBy = (db: Kysely<ImDatabase>, p: Range) => between(db, p).where('sender', '=', p.id)
/** Without what the user wrote to itself, which {@link sentBy} has. */
const sentTo = (db: Kysely<ImDatabase>, p: Range) => ofTarget('single')(db, p).where('sender', '!=', p.id)

type Part = typeof ofApp

const counted = (part: Part): Query<Range, { total: number }> =>
  q((db, p: Range) => part(db, p).select(eb => eb.fn.countAll<number>().as('total')))
const paged = (part: Part): Query<PageOf, MessageRow> =>
  q((db, p: PageOf) => part(db, p).selectAll().orderBy('msgid').limit(p.count))

/** How one list is read: its parts do not overlap, and each follows an index. */
export interface HistoryQueries {
  readonly count: readonly Query<Range, { total: number }>[]
  readonly page: readonly Query<PageOf, MessageRow>[]
}
const list = (...parts: Part[]): HistoryQueries => ({ count: parts.map(counted), page: parts.map(paged) })

export const histories = {
  app: list(ofApp),
  user: list(sentBy, sentTo),
  group: list(ofTarget('group')),
  chatroom: list(ofTarget('chatroom')),
}
