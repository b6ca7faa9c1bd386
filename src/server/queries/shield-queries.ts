import { query } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'

const q = query<ImDatabase>()

/** A group of any app: gids are unique on the server. */
export const anyGroup = q((db, p: { gid: number }) =>
  db.selectFrom('im_group').select('gid').where('gid', '=', p.gid),
)
export const shieldsOf = q((db, p: { user: number }) =>
  db.selectFrom('im_shield').select('gid').where('user', '=', p.user),
)
export const insertShield = q((db, p: { user: number; gid: number }) =>
  db.insertInto('im_shield').values({ user: p.user, gid: p.gid }),
)
export const deleteShield = q((db, p: { user: number; gid: number }) =>
  db.deleteFrom('im_shield').where('user', '=', p.user).where('gid', '=', p.gid),
)
