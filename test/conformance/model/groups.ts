import { forget, leaveGroup, own } from './leaving.ts'
import {
  type Answered,
  type AppIndex,
  appKeyOf,
  type Group,
  KEYS,
  type Model,
  needGroup,
  needUser,
  needUsers,
  refuse,
  type User,
  wireTime,
} from './state.ts'
import { profileOf } from './users.ts'

export interface NewGroup {
  readonly owner_username: string
  readonly name: string
  readonly members_username?: readonly string[] | undefined
  readonly desc?: string | undefined
  readonly flag?: number | undefined
}

/** @param gid the one that the server gave it */
export function create(model: Model, app: AppIndex, wanted: NewGroup, gid: number): Answered {
  if (wanted.name === '') refuse(899003)
  const users = needUsers(model, app, [wanted.owner_username, ...(wanted.members_username ?? [])])
  const group: Group = {
    gid,
    app,
    owner: users[0]!,
    members: new Map(users.map(user => [user, { isSilenced: false }])),
    name: wanted.name,
    desc: wanted.desc ?? '',
    flag: wanted.flag || 1,
    ctime: model.now,
    mtime: model.now,
  }
  model.groups.set(gid, group)
  model.allGids.push(gid)
  const members_username = users.slice(1).map(user => user.name)
  return { status: 201, body: { ...recordOf(group), members_username } }
}

export interface GroupChange {
  readonly name?: string | undefined
  readonly desc?: string | undefined
}

export function update(model: Model, app: AppIndex, gid: number, { name, desc }: GroupChange): Answered {
  if (name === '' || (name === undefined && desc === undefined)) refuse(899003)
  const group = needGroup(model, app, gid)
  group.name = name ?? group.name
  group.desc = desc ?? group.desc
  group.mtime = model.now
  return { status: 204 }
}

export function dissolve(model: Model, app: AppIndex, gid: number): Answered {
  const group = needGroup(model, app, gid)
  for (const member of group.members.keys()) forget(member, group)
  model.groups.delete(gid)
  return { status: 204 }
}

export interface Change {
  readonly of: number
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

/** List after list, each all or nothing; what was done stays when a later one is refused. */
export function changeMembers(
  model: Model,
  app: AppIndex,
  gid: number,
  changes: readonly Change[],
): Answered {
  if (changes.some(({ add, remove }) => add.length + remove.length === 0)) refuse(899003)
  if (changes.some(({ of }) => KEYS[of] === undefined)) refuse(899020)
  for (const { of, add, remove } of changes) {
    if (add.length > 0) join(model, needGroup(model, app, gid), needUsers(model, of, add))
    if (remove.length > 0) quit(model, needGroup(model, app, gid), needUsers(model, of, remove))
  }
  return { status: 204 }
}

function join(model: Model, group: Group, users: readonly User[]): void {
  if (users.some(user => group.members.has(user))) refuse(899011)
  for (const user of users) group.members.set(user, { isSilenced: false })
  group.mtime = model.now
}

function quit(model: Model, group: Group, users: readonly User[]): void {
  if (!users.every(user => group.members.has(user))) refuse(899014)
  leaveGroup(model, group, users)
}

/** Until it is lifted; an owner cannot be silenced. */
export function silence(
  model: Model,
  app: AppIndex,
  gid: number,
  { names, isSilenced }: { readonly names: readonly string[]; readonly isSilenced: boolean },
): Answered {
  const group = needGroup(model, app, gid)
  const users = needUsers(model, app, names)
  if (users.includes(group.owner)) refuse(899003)
  if (!users.every(user => group.members.has(user))) refuse(899014)
  for (const user of users) group.members.get(user)!.isSilenced = isSilenced
  return { status: 204 }
}

/** The old owner stays a member; the new one has to be one. */
export function handOver(
  model: Model,
  app: AppIndex,
  gid: number,
  to: { readonly of: number; readonly username: string },
): Answered {
  if (KEYS[to.of] === undefined) refuse(899020)
  const group = needGroup(model, app, gid)
  const user = needUser(model, to.of, to.username)
  if (!group.members.has(user)) refuse(899014)
  if (group.owner === user) return { status: 204 }
  own(group, user)
  group.mtime = model.now
  return { status: 204 }
}

export const recordOf = ({ gid, app, owner, name, desc, flag, ctime, mtime }: Group) => ({
  gid,
  name,
  desc,
  appkey: appKeyOf(app),
  MaxMemberCount: 500,
  mtime: wireTime(mtime),
  ctime: wireTime(ctime),
  owner_username: owner.name,
  flag,
})

/** The owner has flag 1. */
export const membersOf = ({ members, owner }: Group) =>
  [...members.keys()].map(user => ({
    ...profileOf(user),
    flag: user === owner ? 1 : 0,
    appkey: appKeyOf(user.app),
  }))

/** By gid, as those of an app and of a user are listed. */
export const sorted = (groups: Iterable<Group>): Group[] => [...groups].sort((a, b) => a.gid - b.gid)
