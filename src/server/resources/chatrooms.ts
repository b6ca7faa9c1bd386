import { formatWireTime, ROOM_MEMBERS } from '../../protocol/index.ts'
import type { Transaction } from '../../store/index.ts'
import type { Handlers } from '../handler.ts'
import {
  countRoomMembers,
  deleteRoomMember,
  insertRoom,
  insertRoomMember,
  pageOfRoomMembers,
  requireRoom,
  roomMember,
  setForbidden,
} from '../queries/room-queries.ts'
import { nextId } from '../queries/sequences.ts'
import { requireUser, requireUsers, type UserId } from '../queries/user-queries.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'

type Ids =
  | 'chatrooms.create'
  | 'chatrooms.members.list'
  | 'chatrooms.members.add'
  | 'chatrooms.members.remove'
  | 'chatrooms.forbidden'

/** Chat rooms, and who is in them. */
export function chatrooms({ store, clock }: Services): Pick<Handlers, Ids> {
  const enter = async (tx: Transaction, room: number, users: readonly UserId[]) => {
    for (const user of users) await tx.run(insertRoomMember, { room, user: user.id, now: clock.now() })
    const inside = (await tx.first(countRoomMembers, { room }))?.count ?? 0
    if (inside > ROOM_MEMBERS) throw new Refusal(851006)
  }

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
          ctime: now,
          mtime: now,
        })
        await enter(tx, id, users)
        return id
      })
      return { chatroom_id }
    },

    'chatrooms.members.list': async ({ app, params, query }) => {
      const room = (await requireRoom(store.read, app, params.roomId)).id
      const total = (await store.read.first(countRoomMembers, { room }))?.count ?? 0
      const rows = await store.read.all(pageOfRoomMembers, { room, ...query })
      const users = rows.map(row => ({
        username: row.username,
        flag: row.forbidden,
        room_ctime: formatWireTime(row.room_ctime),
        mtime: formatWireTime(row.mtime),
        ctime: formatWireTime(row.ctime),
      }))
      return { total, start: query.start, count: users.length, users }
    },

    'chatrooms.members.add': async ({ app, params, body }) => {
      await store.write(async tx => {
        const room = await requireRoom(tx, app, params.roomId)
        await enter(tx, room.id, await requireUsers(tx, store.db, app, body))
      })
    },

    'chatrooms.members.remove': async ({ app, params, body }) => {
      await store.write(async tx => {
        const room = await requireRoom(tx, app, params.roomId)
        // Whoever is not registered is not in the room either.
        const users = await requireUsers(tx, store.db, app, body).catch((reason: unknown) => {
          throw reason instanceof Refusal ? new Refusal(899082) : reason
        })
        for (const user of users)
          if (!(await tx.first(roomMember, { room: room.id, user: user.id }))) throw new Refusal(899082)
        if (users.some(user => user.id === room.owner)) throw new Refusal(852004)
        for (const user of users) await tx.run(deleteRoomMember, { room: room.id, user: user.id })
      })
    },

    'chatrooms.forbidden': async ({ app, params, query }) => {
      await store.write(async tx => {
        const room = await requireRoom(tx, app, params.roomId)
        const user = await requireUser(tx, app, params.username)
        if (!(await tx.first(roomMember, { room: room.id, user: user.id }))) throw new Refusal(899082)
        if (user.id === room.owner) throw new Refusal(899003, 'username must not be the owner of the room')
        await tx.run(setForbidden, { room: room.id, user: user.id, forbidden: query.status })
      })
    },
  }
}
