import { formatWireTime } from '../../protocol/index.ts'
import type { App } from '../apps.ts'
import type { Handlers } from '../handler.ts'
import { type MemberChange, memberChanges } from '../member-changes.ts'
import type { News } from '../processes/news.ts'
import { pageOfRoomMembers, requireRoom, roomMember, setForbidden } from '../queries/room-queries.ts'
import { requireUser, requireUsers } from '../queries/user-queries.ts'
import { Refusal } from '../refusal.ts'
import { enterRoom, quitRoom } from '../room-membership.ts'
import type { Services } from '../services.ts'
import { untilRefused } from '../until-refused.ts'

type Ids =
  | 'chatrooms.members.list'
  | 'chatrooms.members.add'
  | 'chatrooms.members.remove'
  | 'cross.chatroom.members.update'
  | 'chatrooms.forbidden'

/** Who is in a chat room, and who may post there. */
export function roomMembership({
  store,
  clock,
  apps,
  news,
  maxRoomMembers: most,
}: Services): Pick<Handlers, Ids> {
  /** One step after the other on purpose: additions stay when a removal is refused. */
  const update = async (app: App, id: number, changes: readonly MemberChange[]) => {
    let told: News[] = []
    const refusal = await store.write(async tx => {
      const steps: (() => Promise<readonly number[]>)[] = []
      for (const { of, add, remove } of changes) {
        if (add?.length)
          steps.push(async () => {
            const room = await requireRoom(tx, app, id)
            const users = await requireUsers(tx, store.db, of, add)
            return enterRoom(tx, room, users, { now: clock.now(), most })
          })
        if (remove?.length)
          steps.push(async () => {
            const room = await requireRoom(tx, app, id)
            await quitRoom(tx, room, await requireUsers(tx, store.db, of, remove))
            return []
          })
      }
      const { done, refusal } = await untilRefused(steps)
      const users = done.flat()
      told = users.length > 0 ? [{ entered: { room: id, users } }] : []
      if (told.length > 0) await news.note(tx, told)
      return refusal
    })
    await news.committed(told)
    if (refusal) throw refusal
  }

  return {
    'chatrooms.members.list': async ({ app, params, query }) => {
      const { id: room, members: total } = await requireRoom(store.read, app, params.roomId)
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

    'chatrooms.members.add': ({ app, params, body }) => update(app, params.roomId, [{ of: app, add: body }]),

    'chatrooms.members.remove': ({ app, params, body }) =>
      update(app, params.roomId, [{ of: app, remove: body }]).catch((reason: unknown) => {
        // Whoever is not registered is not in the room either.
        throw reason instanceof Refusal && reason.code === 899002 ? new Refusal(899082) : reason
      }),

    'cross.chatroom.members.update': async ({ app, params, body }) =>
      update(app, params.roomId, memberChanges(apps, body)),

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
