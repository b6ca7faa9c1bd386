import { type Kysely, type Selectable, sql } from 'kysely'
import { type Queryable, query, type Transaction } from '../../store/index.ts'
import type { ImDatabase, RoomTable } from '../../store/schema/im.ts'
import type { App } from '../apps.ts'
import { demand } from '../refusal.ts'

export type RoomRow = Selectable<RoomTable>
/** A room with the name of its owner. */
export type ListedRoom = RoomRow & { readonly owner_username: string }

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
    members: p.members,
    ctime: p.ctime,
    mtime: p.mtime,
  }),
)
const setRoomOwner = q((db, p: { room: number; owner: number }) =>
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

const listed = (db: Kysely<ImDatabase>) =>
  db
    .selectFrom('im_room')
    .leftJoin('im_user', 'im_user.id', 'im_room.owner')
    .selectAll('im_room')
    .select(sql<string>`coalesce(im_user.username, '')`.as('owner_username'))

/** Of the app, in no order. Built anew for each list of ids. */
export const roomsByIds = (db: Kysely<ImDatabase>, app: number, ids: readonly number[]) =>
  listed(db).where('im_room.id', 'in', ids).where('im_room.app', '=', app)
/** Of every app. */
export const listedRoomsOfUser = q((db, p: { user: number }) =>
  listed(db)
    .where('im_room.id', 'in', eb =>
      eb.selectFrom('im_room_member').select('room').where('user', '=', p.user),
    )
    .orderBy('im_room.id'),
)
export const countRooms = q((db, p: { app: number }) =>
  db
    .selectFrom('im_room')
    .select(eb => eb.fn.countAll<number>().as('total'))
    .where('app', '=', p.app),
)
export const pageOfRooms = q((db, p: { app: number; start: number; count: number }) =>
  listed(db)
    // The page is found in an index before any owner is looked up.
    .where('im_room.id', 'in', eb =>
      eb
        .selectFrom('im_room as one')
        .select('one.id')
        .where('one.app', '=', p.app)
        .orderBy('one.id')
        .limit(p.count)
        .offset(p.start),
    )
    .orderBy('im_room.id'),
)

export const roomMember = q((db, p: { room: number; user: number }) =>
  db.selectFrom('im_room_member').select('forbidden').where('room', '=', p.room).where('user', '=', p.user),
)
/** The members are counted in their room: to count a hundred thousand takes too long. */
export const addToMembers = q((db, p: { room: number; by: number }) =>
  db
    .updateTable('im_room')
    .set(eb => ({ members: eb('members', '+', p.by) }))
    .where('id', '=', p.room),
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
    // The page is found in an index before any user is looked up.
    .where('im_room_member.id', 'in', eb =>
      eb
        .selectFrom('im_room_member as member')
        .select('member.id')
        .where('member.room', '=', p.room)
        .orderBy('member.id')
        .limit(p.count)
        .offset(p.start),
    )
    .orderBy('im_room_member.id'),
)
export const insertRoomMember = q((db, p: { room: number; user: number; now: number }) =>
  db.insertInto('im_room_member').values({ room: p.room, user: p.user, forbidden: 0, ctime: p.now }),
)
export const deleteRoomMember = q((db, p: { room: number; user: number }) =>
  db.deleteFrom('im_room_member').where('room', '=', p.room).where('user', '=', p.user),
)
/** Deletes so many of a room's members, those who came first. */
export const deleteRoomMembers = q((db, p: { room: number; count: number }) =>
  db
    .deleteFrom('im_room_member')
    .where('id', 'in', eb =>
      eb
        .selectFrom('im_room_member as first')
        .select('first.id')
        .where('first.room', '=', p.room)
        .orderBy('first.id')
        .limit(p.count),
    ),
)
const eldestRoomMember = q((db, p: { room: number }) =>
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

/** Makes a member the owner; one who was forbidden may post again, as owners cannot be forbidden. */
export async function makeRoomOwner(tx: Transaction, room: number, user: number): Promise<void> {
  await tx.run(setRoomOwner, { room, owner: user })
  await tx.run(setForbidden, { room, user, forbidden: 0 })
}

/** Takes a user out of a room for good: the one who has been there longest inherits it, an empty room is deleted. */
export async function vacateRoom(
  tx: Transaction,
  room: { readonly id: number; readonly owner: number },
  user: number,
): Promise<void> {
  await tx.run(deleteRoomMember, { room: room.id, user })
  await tx.run(addToMembers, { room: room.id, by: -1 })
  if (room.owner !== user) return
  const heir = await tx.first(eldestRoomMember, { room: room.id })
  if (heir) await makeRoomOwner(tx, room.id, heir.user)
  else await tx.run(deleteRoom, { room: room.id })
}
