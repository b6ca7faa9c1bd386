import { query } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'

const q = query<ImDatabase>()

export const insertEvent = q((db, p: { app: number; ctime: number; event: string }) =>
  db.insertInto('im_event').values({ app: p.app, ctime: p.ctime, event: p.event }),
)
export const eventsAfter = q((db, p: { app: number; after: number; count: number }) =>
  db
    .selectFrom('im_event')
    .select(['id', 'event'])
    .where('app', '=', p.app)
    .where('id', '>', p.after)
    .orderBy('id')
    .limit(p.count),
)
export const lastEvent = q(db => db.selectFrom('im_event').select(eb => eb.fn.max('id').as('id')))
/** Ids rise with time, so the oldest are the first. */
export const deleteEventsBefore = q((db, p: { before: number; most: number }) =>
  db
    .deleteFrom('im_event')
    .where('id', 'in', eb =>
      eb.selectFrom('im_event as old').select('old.id').orderBy('old.id').limit(p.most),
    )
    .where('ctime', '<', p.before),
)
export const eventCursor = q((db, p: { app: number }) =>
  db.selectFrom('im_app').select('callback_event as cursor').where('id', '=', p.app),
)
export const setEventCursor = q((db, p: { app: number; upTo: number }) =>
  db.updateTable('im_app').set({ callback_event: p.upTo }).where('id', '=', p.app),
)
