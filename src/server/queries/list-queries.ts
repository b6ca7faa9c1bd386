import { query } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'

const q = query<ImDatabase>()

export const blacklistOf = q((db, p: { user: number }) =>
  db
    .selectFrom('im_blacklist')
    .innerJoin('im_user', 'im_user.id', 'im_blacklist.other')
    .selectAll('im_user')
    .where('im_blacklist.user', '=', p.user)
    .orderBy('im_blacklist.ctime')
    .orderBy('im_user.username'),
)
/** Someone listed already: 0 rows change. */
export const insertBlacklist = q((db, p: { user: number; other: number; now: number }) =>
  db
    .insertInto('im_blacklist')
    .values({ user: p.user, other: p.other, ctime: p.now })
    .onConflict(conflict => conflict.columns(['user', 'other']).doNothing()),
)
export const deleteBlacklist = q((db, p: { user: number; other: number }) =>
  db.deleteFrom('im_blacklist').where('user', '=', p.user).where('other', '=', p.other),
)
export const isBlacklisted = q((db, p: { user: number; other: number }) =>
  db.selectFrom('im_blacklist').select('ctime').where('user', '=', p.user).where('other', '=', p.other),
)

export const dndUsersOf = q((db, p: { user: number }) =>
  db.selectFrom('im_dnd_user').select('other').where('user', '=', p.user),
)
export const dndGroupsOf = q((db, p: { user: number }) =>
  db.selectFrom('im_dnd_group').select('gid').where('user', '=', p.user),
)
export const insertDndUser = q((db, p: { user: number; other: number }) =>
  db.insertInto('im_dnd_user').values({ user: p.user, other: p.other }),
)
export const deleteDndUser = q((db, p: { user: number; other: number }) =>
  db.deleteFrom('im_dnd_user').where('user', '=', p.user).where('other', '=', p.other),
)
export const insertDndGroup = q((db, p: { user: number; gid: number }) =>
  db.insertInto('im_dnd_group').values({ user: p.user, gid: p.gid }),
)
export const deleteDndGroup = q((db, p: { user: number; gid: number }) =>
  db.deleteFrom('im_dnd_group').where('user', '=', p.user).where('gid', '=', p.gid),
)
export const setDnd = q((db, p: { user: number; dnd: 0 | 1 }) =>
  db.updateTable('im_user').set({ dnd: p.dnd }).where('id', '=', p.user),
)

/** Every trace of a user in the lists of others and in its own. */
export const forgetUser = [
  q((db, p: { user: number }) =>
    db.deleteFrom('im_blacklist').where(eb => eb.or([eb('user', '=', p.user), eb('other', '=', p.user)])),
  ),
  q((db, p: { user: number }) =>
    db.deleteFrom('im_dnd_user').where(eb => eb.or([eb('user', '=', p.user), eb('other', '=', p.user)])),
  ),
  q((db, p: { user: number }) =>
    db.deleteFrom('im_friend').where(eb => eb.or([eb('user', '=', p.user), eb('other', '=', p.user)])),
  ),
  q((db, p: { user: number }) => db.deleteFrom('im_dnd_group').where('user', '=', p.user)),
  q((db, p: { user: number }) => db.deleteFrom('im_shield').where('user', '=', p.user)),
  q((db, p: { user: number }) => db.deleteFrom('im_session').where('user', '=', p.user)),
  q((db, p: { user: number }) => db.deleteFrom('im_received').where('user', '=', p.user)),
  q((db, p: { user: number }) => db.deleteFrom('im_user').where('id', '=', p.user)),
] as const
