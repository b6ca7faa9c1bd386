import { sql } from 'kysely'
import { query } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'
import { databaseNow, NUMBERS } from '../../store/schema/im-shared-tables.ts'
import { nextNumber, notify } from './numbers.ts'

const q = query<ImDatabase>()

export const insertNews = q((db, p: { news: string }) =>
  db.insertInto('im_news').values({ position: nextNumber(0), news: p.news }),
)
/** After tables were filled by other means. */
export const raiseNumbers = q(db => ({
  compile: () =>
    sql`
      select setval(${sql.lit(NUMBERS)}, newest.n) from (
        select greatest(1, (select max(msgid) from im_message), (select max(msgid) from im_retracted),
          (select max(position) from im_news)) as n
      ) as newest
      where newest.n > (select last_value from ${sql.ref(NUMBERS)})
    `.compile(db),
}))
/** Wakes all processes. */
export const notifyAll = q((db, p: { payload: string }) => ({
  compile: () => sql`select ${notify(sql<string>`cast(${p.payload} as text)`)}`.compile(db),
}))
/** Whatever comes has a higher number: numbers are given out and committed in turns. */
export const newestNumber = q(db =>
  db.selectNoFrom(eb => [
    eb
      .selectFrom('im_message')
      .select(e => e.fn.max('msgid').as('msgid'))
      .as('msgid'),
    eb
      .selectFrom('im_news')
      .select(e => e.fn.max('position').as('position'))
      .as('position'),
  ]),
)
interface Stretch {
  after: number
  upTo: number
  count: number
}
export const newsBetween = q((db, p: Stretch) =>
  db
    .selectFrom('im_news')
    .select(['position', 'news'])
    .where('position', '>', p.after)
    .where('position', '<=', p.upTo)
    .orderBy('position')
    .limit(p.count),
)
export const messagesBetween = q((db, p: Stretch) =>
  db
    .selectFrom('im_message')
    .selectAll()
    .where('msgid', '>', p.after)
    .where('msgid', '<=', p.upTo)
    .orderBy('msgid')
    .limit(p.count),
)
export const deleteNewsOlder = q((db, p: { ageMs: number }) =>
  db.deleteFrom('im_news').where('at', '<', eb => eb(databaseNow, '-', p.ageMs)),
)
