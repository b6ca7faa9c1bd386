import { query } from '../store/index.ts'
import type { RuntimeTables } from '../store/schema/runtime.ts'

/** When the value expired that has `count` before it among those that expired. */
export const expiredAhead = query<RuntimeTables>()((db, p: { now: number; count: number }) =>
  db
    .selectFrom('state')
    .select('expires_at')
    .where('expires_at', 'is not', null)
    .where('expires_at', '<=', p.now)
    .orderBy('expires_at')
    .offset(p.count)
    .limit(1),
)

export const deleteExpired = query<RuntimeTables>()((db, p: { until: number }) =>
  db.deleteFrom('state').where('expires_at', 'is not', null).where('expires_at', '<=', p.until),
)

/** Dialogues of which nobody was told that their time is up, as their plugin is gone. */
export const deleteDialogues = query<RuntimeTables>()((db, p: { before: number }) =>
  db.deleteFrom('dialogues').where('expires_at', '<', p.before),
)
