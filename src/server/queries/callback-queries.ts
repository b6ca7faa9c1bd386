import { sql } from 'kysely'
import { query } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'

const q = query<ImDatabase>()

export const callbackCursor = q((db, p: { app: number }) =>
  db.selectFrom('im_app').select('callback_msgid').where('id', '=', p.app),
)
export const setCallbackCursor = q((db, p: { app: number; upTo: number }) =>
  db.updateTable('im_app').set({ callback_msgid: p.upTo }).where('id', '=', p.app),
)
/** Follows the index of messages from users. */
export const messagesFromUsers = q((db, p: { app: number; after: number; count: number }) =>
  db
    .selectFrom('im_message')
    .selectAll()
    .where('app', '=', p.app)
    .where('msgid', '>', p.after)
    .where('from_type', '=', sql.lit('user'))
    .orderBy('msgid')
    .limit(p.count),
)
