import { sql } from 'kysely'
import { WIRE_OFFSET_MS } from '../../protocol/index.ts'
import { query } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'

const q = query<ImDatabase>()

/** The day (UTC+8, days since 1970) of a time; integers divide without a rest. */
const dayOfCtime = sql<number>`(ctime + ${sql.lit(WIRE_OFFSET_MS)}) / ${sql.lit(86_400_000)}`

interface Times {
  app: number
  from: number
  before: number
}

/** What a statistic needs to know of messages, in the order of sending. */
export const messagesForTally = q((db, p: { app: number; first: number; last: number; most: number }) =>
  db
    .selectFrom('im_message')
    .select(['msgid', 'sender', 'target', 'msg_type'])
    .where('app', '=', p.app)
    .where('msgid', '>=', p.first)
    .where('msgid', '<=', p.last)
    .orderBy('msgid')
    .limit(p.most),
)
export const loginsOfDay = q((db, p: { app: number; day: number }) =>
  db.selectFrom('im_active').select('user').where('app', '=', p.app).where('day', '=', p.day),
)

export const usersBefore = q((db, p: { app: number; before: number }) =>
  db
    .selectFrom('im_user')
    .select(eb => eb.fn.countAll<number>().as('total'))
    .where('app', '=', p.app)
    .where('ctime', '<', p.before),
)
export const newUsersByDay = q((db, p: Times) =>
  db
    .selectFrom('im_user')
    .select(eb => [dayOfCtime.as('day'), eb.fn.countAll<number>().as('total')])
    .where('app', '=', p.app)
    .where('ctime', '>=', p.from)
    .where('ctime', '<', p.before)
    .groupBy(dayOfCtime),
)
export const groupsBefore = q((db, p: { app: number; before: number }) =>
  db
    .selectFrom('im_group')
    .select(eb => eb.fn.countAll<number>().as('total'))
    .where('app', '=', p.app)
    .where('ctime', '<', p.before),
)
export const newGroupsByDay = q((db, p: Times) =>
  db
    .selectFrom('im_group')
    .select(eb => [dayOfCtime.as('day'), eb.fn.countAll<number>().as('total')])
    .where('app', '=', p.app)
    .where('ctime', '>=', p.from)
    .where('ctime', '<', p.before)
    .groupBy(dayOfCtime),
)
