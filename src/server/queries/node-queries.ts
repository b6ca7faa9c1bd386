import { sql } from 'kysely'
import { query } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'
import { databaseNow } from '../../store/schema/im-shared-tables.ts'

const q = query<ImDatabase>()

export const insertNode = q(db => db.insertInto('im_node').values({ seen: databaseNow }).returning('id'))
export const nodeSeen = q((db, p: { id: number }) =>
  db
    .insertInto('im_node')
    .values({ id: p.id, seen: databaseNow })
    .onConflict(conflict => conflict.column('id').doUpdateSet({ seen: databaseNow })),
)
export const deleteNode = q((db, p: { id: number }) => db.deleteFrom('im_node').where('id', '=', p.id))
export const deleteOnlineAt = q((db, p: { node: number }) =>
  db.deleteFrom('im_online').where('node', '=', p.node),
)
/** What processes left behind that were not heard of for so long. */
export const deleteDeadNodes = q((db, p: { ageMs: number }) =>
  db.deleteFrom('im_node').where('seen', '<', eb => eb(databaseNow, '-', p.ageMs)),
)
export const deleteDeadOnline = q(db =>
  db.deleteFrom('im_online').where('node', 'not in', eb => eb.selectFrom('im_node').select('im_node.id')),
)

interface Device {
  node: number
  user: number
  platform: string
}
export const insertOnline = q((db, p: Device) =>
  db
    .insertInto('im_online')
    .values({ node: p.node, user: p.user, platform: p.platform })
    .onConflict(conflict => conflict.columns(['user', 'node', 'platform']).doNothing()),
)
export const deleteOnline = q((db, p: Device) =>
  db
    .deleteFrom('im_online')
    .where('user', '=', p.user)
    .where('node', '=', p.node)
    .where('platform', '=', p.platform),
)
/** Platforms of a user at processes that were heard of lately. */
export const platformsOnline = q((db, p: { user: number; ageMs: number }) =>
  db
    .selectFrom('im_online')
    .innerJoin('im_node', 'im_node.id', 'im_online.node')
    .select('im_online.platform')
    .distinct()
    .where('im_online.user', '=', p.user)
    .where('im_node.seen', '>=', eb => eb(databaseNow, '-', p.ageMs)),
)

interface Lease {
  name: string
  node: number
}
/** Takes a lease that is free, or renews one's own; no row when another process has it. */
export const takeLease = q((db, p: Lease & { forMs: number }) =>
  db
    .insertInto('im_lease')
    .values(eb => ({ name: p.name, node: p.node, until: eb(databaseNow, '+', p.forMs) }))
    .onConflict(conflict =>
      conflict
        .column('name')
        .doUpdateSet({ node: sql`excluded.node`, until: sql`excluded.until` })
        .where(sql<boolean>`im_lease.node = excluded.node or im_lease.until < ${databaseNow}`),
    ),
)
/** A row while it is held. */
export const heldLease = q((db, p: Lease) =>
  db
    .selectFrom('im_lease')
    .select('until')
    .where('name', '=', p.name)
    .where('node', '=', p.node)
    .where('until', '>=', databaseNow),
)
export const freeLeases = q((db, p: { node: number }) =>
  db.updateTable('im_lease').set({ until: 0 }).where('node', '=', p.node),
)
