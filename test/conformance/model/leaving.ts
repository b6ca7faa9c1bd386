import type { Group, Model, User } from './state.ts'

/** Takes a user out of all that users can be in, and off all lists. */
export function leaveEverything(model: Model, user: User): void {
  for (const group of model.groups.values()) if (group.members.has(user)) leaveGroup(model, group, [user])
  for (const room of model.rooms.values()) {
    if (!room.members.delete(user)) continue
    const heir = [...room.members.keys()][0]
    if (!heir) model.rooms.delete(room.id)
    else if (room.owner === user) {
      room.owner = heir
      room.members.get(heir)!.isForbidden = false
    }
  }
  for (const other of model.users) {
    other.friends.delete(user)
    other.blacklist.delete(user)
    other.quietUsers.delete(user)
  }
}

/** The longest-standing member inherits; a group without members is gone. What was set for it goes too. */
export function leaveGroup(model: Model, group: Group, users: readonly User[]): void {
  for (const user of users) {
    group.members.delete(user)
    forget(user, group)
  }
  group.mtime = model.now
  const heir = [...group.members.keys()][0]
  if (!heir) model.groups.delete(group.gid)
  else if (users.includes(group.owner)) own(group, heir)
}

/** An owner is not silenced. */
export function own(group: Group, user: User): void {
  group.owner = user
  group.members.get(user)!.isSilenced = false
}

/** DND and shield of a group end with membership. */
export function forget(user: User, group: Group): void {
  user.quietGroups.delete(group)
  user.shielded.delete(group)
}
