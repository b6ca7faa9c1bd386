import { query } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'

export const insertOrder = query<RuntimeTables>()(
  (db, p: { id: string; kind: string; args: string; at: number }) =>
    db.insertInto('orders').values({ id: p.id, kind: p.kind, args: p.args, created_at: p.at }),
)

export const openOrders = query<RuntimeTables>()((db, p: { limit: number }) =>
  db
    .selectFrom('orders')
    .select(['id', 'kind', 'args'])
    .where('done_at', 'is', null)
    .orderBy('id')
    .limit(p.limit),
)

export const finishOrder = query<RuntimeTables>()((db, p: { id: string; at: number; result: string }) =>
  db.updateTable('orders').set({ done_at: p.at, result: p.result }).where('id', '=', p.id),
)

export const orderById = query<RuntimeTables>()((db, p: { id: string }) =>
  db.selectFrom('orders').select(['done_at', 'result']).where('id', '=', p.id),
)

export const pruneOrders = query<RuntimeTables>()((db, p: { before: number }) =>
  db.deleteFrom('orders').where('done_at', '<', p.before),
)
