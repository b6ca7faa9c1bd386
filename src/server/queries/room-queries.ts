import type { Selectable } from 'kysely'
import { type Queryable, query, type Transaction } from '../../store/index.ts'
import type { ImDatabase, RoomTable } from '../../store/schema/im.ts'
import type { App } from '../apps.ts'
import { demand } from '../refusal.ts'

export type RoomRow = Selectable<RoomTable>

const q = query<ImDatabase>()

const roomById = q((db, p: { app: number; room: number }) =>
  db.selectFrom('im_room').selectAll().where('id', '=', p.room).where('app', '=', p.app),
)
export const insertRoom = q((db, p: RoomRow) =>
  db.insertInto('im_room').values({
    id: p.id,
    app: p.app,
    owner: p.owner,
    name: p.name,
    description: p.description,
    flag: p.flag,
    ctime: p.ctime,
    mtime: p.mtime,
  }),
)
export const setRoomOwner = q((db, p: { room: number; owner: number }) =>
  db.updateTable('im_room').set({ owner: p.owner }).where('id', '=', p.room),
)
export const deleteRoom = q((db, p: { room: number }) => db.deleteFrom('im_room').where('id', '=', p.room))
export const roomsOfUser = q((db, p: { user: number }) =>
  db
    .selectFrom('im_room_member')
    .innerJoin('im_room', 'im_room.id', 'im_room_member.room')
    .select(['im_room.id as id', 'im_room.owner as owner'])
    .where('im_room_member.user', '=', p.user),
)

export const roomMember = q((db, p: { room: number; user: number }) =>
  db.selectFrom('im_room_member').select('forbidden').where('room', '=', p.room).where('user', '=', p.user),
)
export const countRoomMembers = q((db, p: { room: number }) =>
  db
    .selectFrom('im_room_member')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('room', '=', p.room),
)
export const pageOfRoomMembers = q((db, p: { room: number; start: number; count: number }) =>
  db
    .selectFrom('im_room_member')
    .innerJoin('im_user', 'im_user.id', 'im_room_member.user')
    .select([
      'im_user.username as username',
      'im_user.mtime as mtime',
      'im_user.ctime as ctime',
      'im_room_member.forbidden as forbidden',
      'im_room_member.ctime as room_ctime',
    ])
    .where('im_room_member.room', '=', p.room)
    .orderBy('im_room_member.id')
    .limit(p.count)
    .offset(p.start),
)
/** Someone inside already stays as they are: 0 rows change. */
export const insertRoomMember = q((db, p: { room: number; user: number; now: number }) =>
  db
    .insertInto('im_room_member')
    .values({ room: p.room, user: p.user, forbidden: 0, ctime: p.now })
    .onConflict(conflict => conflict.columns(['room', 'user']).doNothing()),
)
export const deleteRoomMember = q((db, p: { room: number; user: number }) =>
  db.deleteFrom('im_room_member').where('room', '=', p.room).where('user', '=', p.user),
)
export const eldestRoomMember = q((db, p: { room: number }) =>
  db.selectFrom('im_room_member').select('user').where('room', '=', p.room).orderBy('id').limit(1),
)
export const setForbidden = q((db, p: { room: number; user: number; forbidden: 0 | 1 }) =>
  db
    .updateTable('im_room_member')
    .set({ forbidden: p.forbidden })
    .where('room', '=', p.room)
    .where('user', '=', p.user),
)

/** The room of that id in this app; 899081 when there is none. */
export async function requireRoom(tx: Queryable, app: App, room: number): Promise<RoomRow> {
  return demand(await tx.first(roomById, { app: app.id, room }), 899081)
}

/** Takes a user out of a room for good: the one who has been there longest inherits it, an empty room is deleted. */
export async function vacateRoom(
  tx: Transaction,
  room: { readonly id: number; readonly owner: number },
  user: number,
): Promise<void> {
  await tx.run(deleteRoomMember, { room: room.id, user })
  if (room.owner !== user) return
  const heir = await tx.first(eldestRoomMember, { room: room.id })
  if (heir) await tx.run(setRoomOwner, { room: room.id, owner: heir.user })
  else await tx.run(deleteRoom, { room: room.id })
}
