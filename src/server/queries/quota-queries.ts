import { sql } from 'kysely'
import { query } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'

const q = query<ImDatabase>()

export const enterQuota = q((db, p: { app: number }) =>
  db
    .insertInto('im_quota')
    .values({ app: p.app })
    .onConflict(conflict => conflict.column('app').doNothing()),
)
export const setQuotas = q(db => db.selectFrom('im_quota').select(['app', 'per_minute']))
/** Of which nothing is used up then. */
export const setQuota = q((db, p: { app: number; per_minute: number | null }) =>
  db.updateTable('im_quota').set({ per_minute: p.per_minute, minute: 0, calls: 0 }).where('app', '=', p.app),
)
/**
 * Takes up to `count` calls of a minute's quota. A process whose clock is a little behind goes by the minute of the
 * others; one that is far behind, as when a clock was set back, begins anew.
 */
export const takeCalls = q((db, p: { app: number; minute: number; quota: number; count: number }) => ({
  compile: () =>
    sql<{ minute: number; before: number; calls: number }>`
      update im_quota
      set minute = now.minute, calls = now.used + greatest(0, least(cast(${p.count} as bigint), cast(${p.quota} as bigint) - now.used))
      from (
        select app, case when minute between ${p.minute} and cast(${p.minute} as bigint) + 1 then minute else ${p.minute} end as minute,
          case when minute between ${p.minute} and cast(${p.minute} as bigint) + 1 then calls else 0 end as used
        from im_quota where app = ${p.app}
      ) as now
      where im_quota.app = now.app
      returning im_quota.minute as minute, now.used as before, im_quota.calls as calls
    `.compile(db),
}))
