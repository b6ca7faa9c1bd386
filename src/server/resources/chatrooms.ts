import { formatWireTime, type RoomRecord } from '../../protocol/index.ts'
import type { Handlers } from '../handler.ts'
import {
  countRooms,
  deleteRoom,
  deleteRoomMembers,
  insertRoom,
  type ListedRoom,
  listedRoomsOfUser,
  makeRoomOwner,
  pageOfRooms,
  requireRoom,
  roomMember,
  roomsByIds,
} from '../queries/room-queries.ts'
import { nextId } from '../queries/sequences.ts'
import { requireUser, requireUsers } from '../queries/user-queries.ts'
import { demand, Refusal } from '../refusal.ts'
import { enterRoom } from '../room-membership.ts'
import type { Services } from '../services.ts'

type Ids =
  | 'chatrooms.create'
  | 'chatrooms.getBatch'
  | 'chatrooms.list'
  | 'chatrooms.update'
  | 'chatrooms.delete'
  | 'users.chatrooms.list'

/** Members of a deleted room that go in one commit: other calls do not wait for all of a big room. */
const DELETED_AT_ONCE = 3000

/** Chat rooms: making, showing, changing and deleting them. */
export function chatrooms({ store, clock, apps, maxRoomMembers }: Services): Pick<Handlers, Ids> {
  const record = (row: ListedRoom): RoomRecord => ({
    id: row.id,
    owner_username: row.owner_username,
    max_member_count: maxRoomMembers,
    appkey: apps.keyOf(row.app),
    name: row.name,
    description: row.description,
    total_member_count: row.members,
    ctime: formatWireTime(row.ctime),
    flag: row.flag,
  })

  return {
    'chatrooms.create': async ({ app, body }) => {
      const now = clock.now()
      const chatroom_id = await store.write(async tx => {
        const users = await requireUsers(tx, store.db, app, [
          body.owner_username,
          ...(body.members_username ?? []),
        ])
        const owner = users[0]
        if (!owner) throw new Refusal(899002)
        const id = await nextId(tx, 'room')
        await tx.run(insertRoom, {
          id,
          app: app.id,
          owner: owner.id,
          name: body.name,
          description: body.description ?? '',
          flag: body.flag ?? 0,
          members: 0,
          ctime: now,
          mtime: now,
        })
        await enterRoom(tx, { id, members: 0 }, users, { now, most: maxRoomMembers })
        return id
      })
      return { chatroom_id }
    },

    'chatrooms.getBatch': async ({ app, body }) => {
      const ids = [...new Set(body)]
      const rows = await store.read.execute(roomsByIds(store.db, app.id, ids))
      if (rows.length === 0) throw new Refusal(899081)
      const byId = new Map(rows.map(row => [row.id, record(row)]))
      return ids.flatMap(id => byId.get(id) ?? [])
    },

    'chatrooms.list': async ({ app, query }) => {
      const total = (await store.read.first(countRooms, { app: app.id }))?.total ?? 0
      const rows = await store.read.all(pageOfRooms, { app: app.id, ...query })
      return { total, rooms: rows.map(record), start: query.start, count: rows.length }
    },

    'users.chatrooms.list': async ({ app, params }) => {
      const user = await requireUser(store.read, app, params.username)
      return (await store.read.all(listedRoomsOfUser, { user: user.id })).map(record)
    },

    'chatrooms.update': async ({ app, params, body }) => {
      const now = clock.now()
      await store.write(async tx => {
        const room = await requireRoom(tx, app, params.roomId)
        if (body.owner_username !== undefined) {
          const owner = await requireUser(tx, app, body.owner_username)
          demand(await tx.first(roomMember, { room: room.id, user: owner.id }), 853002)
          await makeRoomOwner(tx, room.id, owner.id)
        }
        await tx.execute(
          store.db
            .updateTable('im_room')
            .set({
              ...(body.name === undefined ? {} : { name: body.name }),
              ...(body.description === undefined ? {} : { description: body.description }),
              mtime: now,
            })
            .where('id', '=', room.id),
        )
      })
    },

    'chatrooms.delete': async ({ app, params }) => {
      const room = await store.write(async tx => {
        const { id } = await requireRoom(tx, app, params.roomId)
        await tx.run(deleteRoom, { room: id })
        return id
      })
      // Rows that a crash leaves behind do no harm: a room's id does not come back.
      const clear = () => store.write(tx => tx.run(deleteRoomMembers, { room, count: DELETED_AT_ONCE }))
      while ((await clear()) === DELETED_AT_ONCE);
    },
  }
}
