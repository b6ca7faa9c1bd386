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
type AtMost = Range & { most: number }

/** A list, or a part of one that follows an index of its own. */
export interface HistoryPart {
  readonly name: string
  /** How many messages of a range there are, of at most `most`, and the last of those. */
  readonly measure: Query<AtMost, { total: number; last: number | null }>
  readonly page: Query<PageOf, MessageRow>
}

const q = query<ImDatabase>()
const between = (db: Kysely<ImDatabase>, p: Range) =>
  db.selectFrom('im_message').where('msgid', '>=', p.first).where('msgid', '<=', p.last)

const ofApp = (db: Kysely<ImDatabase>, p: Range) => between(db, p).where('app', '=', p.id)
const ofTarget = (type: keyof typeof targetKinds) => (db: Kysely<ImDatabase>, p: Range) =>
  between(db, p).where(
    'target',
    '=',
    sql<number>`cast(${p.id} as bigint) * 4 + ${sql.lit(targetKinds[type])}`,
  )
const sentBy = (db: Kysely<ImDatabase>, p: Range) => between(db, p).where('sender', '=', p.id)
/** Without what the user wrote to itself, which {@link sentBy} has. */
const sentTo = (db: Kysely<ImDatabase>, p: Range) => ofTarget('single')(db, p).where('sender', '!=', p.id)

type Part = typeof ofApp

const part = (name: string, of: Part): HistoryPart => ({
  name,
  measure: q((db, p: AtMost) =>
    db
      .selectFrom(of(db, p).select('msgid').orderBy('msgid').limit(p.most).as('part'))
      .select(eb => [eb.fn.countAll<number>().as('total'), eb.fn.max('part.msgid').as('last')]),
  ),
  page: q((db, p: PageOf) => of(db, p).selectAll().orderBy('msgid').limit(p.count)),
})

/** A message to a group or room of an app. */
export const anyMessageTo = q((db, p: { app: number; target: number }) =>
  db
    .selectFrom('im_message')
    .select('msgid')
    .where('target', '=', p.target)
    .where('target_app', '=', p.app)
    .limit(1),
)

/** How each list is read: its parts do not overlap. */
export const histories = {
  app: [part('app', ofApp)],
  user: [part('sent by', sentBy), part('sent to', sentTo)],
  group: [part('group', ofTarget('group'))],
  chatroom: [part('chatroom', ofTarget('chatroom'))],
} as const satisfies Record<string, readonly HistoryPart[]>
