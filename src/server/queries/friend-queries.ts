import { query } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'

const q = query<ImDatabase>()

interface Pair {
  user: number
  other: number
}

export const friendsOf = q((db, p: { user: number }) =>
  db
    .selectFrom('im_friend')
    .innerJoin('im_user', 'im_user.id', 'im_friend.other')
    .selectAll('im_user')
    .select(['im_friend.note_name', 'im_friend.others'])
    .where('im_friend.user', '=', p.user)
    .orderBy('im_friend.ctime')
    .orderBy('im_user.username')
    .orderBy('im_user.id'),
)
/** What a user notes of a friend. */
export const friendNotes = q((db, p: Pair) =>
  db
    .selectFrom('im_friend')
    .select(['note_name', 'others'])
    .where('user', '=', p.user)
    .where('other', '=', p.other),
)
/** One side of a friendship. Friends already: 0 rows change. */
export const insertFriend = q((db, p: Pair & { now: number }) =>
  db
    .insertInto('im_friend')
    .values({ user: p.user, other: p.other, note_name: null, others: null, ctime: p.now })
    .onConflict(conflict => conflict.columns(['user', 'other']).doNothing()),
)
export const deleteFriend = q((db, p: Pair) =>
  db.deleteFrom('im_friend').where('user', '=', p.user).where('other', '=', p.other),
)
export const setFriendNotes = q((db, p: Pair & { note_name: string | null; others: string | null }) =>
  db
    .updateTable('im_friend')
    .set({ note_name: p.note_name, others: p.others })
    .where('user', '=', p.user)
    .where('other', '=', p.other),
)
