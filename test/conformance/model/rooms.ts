import type { Change } from './groups.ts'
import {
  type Answered,
  type AppIndex,
  appKeyOf,
  KEYS,
  type Model,
  needRoom,
  needUser,
  needUsers,
  ROOM_LIMIT,
  type Room,
  refuse,
  type User,
  wireTime,
} from './state.ts'
import { checkPath } from './users.ts'

export interface NewRoom {
  readonly owner_username: string
  readonly name: string
  readonly description?: string | undefined
  readonly members_username?: readonly string[] | undefined
  readonly flag?: number | undefined
}

/** @param id the one that the server gave it */
export function create(model: Model, app: AppIndex, wanted: NewRoom, id: number): Answered {
  if (wanted.name === '') refuse(899003)
  const users = needUsers(model, app, [wanted.owner_username, ...(wanted.members_username ?? [])])
  if (users.length > ROOM_LIMIT) refuse(851006)
  model.rooms.set(id, {
    id,
    app,
    owner: users[0]!,
    members: new Map(users.map(user => [user, { isForbidden: false, since: model.now }])),
    name: wanted.name,
    description: wanted.description ?? '',
    flag: wanted.flag ?? 0,
    ctime: model.now,
  })
  model.allRoomIds.push(id)
  return { status: 201, body: { chatroom_id: id } }
}

export interface RoomChange {
  readonly owner_username?: string | undefined
  readonly name?: string | undefined
  readonly description?: string | undefined
}

/** A new owner has to be inside. */
export function update(model: Model, app: AppIndex, id: number, change: RoomChange): Answered {
  const { owner_username, name, description } = change
  if (name === '' || (owner_username ?? name ?? description) === undefined) refuse(899003)
  const room = needRoom(model, app, id)
  if (owner_username !== undefined) {
    const owner = needUser(model, app, owner_username)
    if (!room.members.has(owner)) refuse(853002)
    room.owner = owner
    room.members.get(owner)!.isForbidden = false
  }
  room.name = name ?? room.name
  room.description = description ?? room.description
  return { status: 204 }
}

export function close(model: Model, app: AppIndex, id: number): Answered {
  needRoom(model, app, id)
  model.rooms.delete(id)
  return { status: 204 }
}

/** List after list, each all or nothing; what was done stays when a later one is refused. */
export function changeMembers(model: Model, app: AppIndex, id: number, changes: readonly Change[]): Answered {
  if (changes.some(({ add, remove }) => add.length + remove.length === 0)) refuse(899003)
  if (changes.some(({ of }) => KEYS[of] === undefined)) refuse(899020)
  for (const { of, add, remove } of changes) {
    if (add.length > 0) enter(model, needRoom(model, app, id), needUsers(model, of, add))
    if (remove.length > 0) quit(needRoom(model, app, id), needUsers(model, of, remove))
  }
  return { status: 204 }
}

export function add(model: Model, app: AppIndex, id: number, names: readonly string[]): Answered {
  return changeMembers(model, app, id, [{ of: app, add: names, remove: [] }])
}

/** Who is not registered is not inside either. */
export function remove(model: Model, app: AppIndex, id: number, names: readonly string[]): Answered {
  const room = needRoom(model, app, id)
  const users = names.map(name => model.user(app, name) ?? refuse(899082))
  quit(room, users)
  return { status: 204 }
}

/** Those inside already are passed over. */
function enter(model: Model, room: Room, users: readonly User[]): void {
  const fresh = users.filter(user => !room.members.has(user))
  if (room.members.size + fresh.length > ROOM_LIMIT) refuse(851006)
  for (const user of fresh) room.members.set(user, { isForbidden: false, since: model.now })
}

function quit(room: Room, users: readonly User[]): void {
  if (!users.every(user => room.members.has(user))) refuse(899082)
  if (users.includes(room.owner)) refuse(852004)
  for (const user of users) room.members.delete(user)
}

export function forbid(
  model: Model,
  app: AppIndex,
  id: number,
  { name, isForbidden }: { readonly name: string; readonly isForbidden: boolean },
): Answered {
  checkPath(name)
  const room = needRoom(model, app, id)
  const user = needUser(model, app, name)
  const member = room.members.get(user) ?? refuse(899082)
  if (user === room.owner) refuse(899003)
  member.isForbidden = isForbidden
  return { status: 204 }
}

export const recordOf = (room: Room) => ({
  id: room.id,
  owner_username: room.owner.name,
  max_member_count: ROOM_LIMIT,
  appkey: appKeyOf(room.app),
  name: room.name,
  description: room.description,
  total_member_count: room.members.size,
  ctime: wireTime(room.ctime),
  flag: room.flag,
})

export const membersOf = ({ members }: Room) =>
  [...members].map(([user, { isForbidden, since }]) => ({
    username: user.name,
    flag: isForbidden ? 1 : 0,
    room_ctime: wireTime(since),
    mtime: wireTime(user.mtime),
    ctime: wireTime(user.ctime),
  }))

export const sorted = (rooms: Iterable<Room>): Room[] => [...rooms].sort((a, b) => a.id - b.id)
