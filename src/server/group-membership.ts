import { GROUP_MEMBERS, GROUPS_PER_USER } from '../protocol/index.ts'
import type { Transaction } from '../store/index.ts'
import {
  countGroupMembers,
  countGroupsOfUser,
  groupMember,
  insertGroupMember,
  leaveGroup,
  touchGroup,
} from './queries/group-queries.ts'
import { Refusal } from './refusal.ts'

type Users = readonly { readonly id: number }[]

/**
 * Puts users into a group, all or none.
 *
 * @throws Refusal 899011 when one is in it already, 899012 when they do not fit, 899015 when one is in too many groups;
 * nothing has been changed then
 */
export async function enterGroup(tx: Transaction, gid: number, users: Users, now: number): Promise<void> {
  for (const user of users) if (await tx.first(groupMember, { gid, user: user.id })) throw new Refusal(899011)
  const present = (await tx.first(countGroupMembers, { gid }))?.count ?? 0
  if (present + users.length > GROUP_MEMBERS) throw new Refusal(899012)
  for (const user of users) {
    const groups = (await tx.first(countGroupsOfUser, { user: user.id }))?.count ?? 0
    if (groups >= GROUPS_PER_USER) throw new Refusal(899015)
  }
  for (const user of users) await tx.run(insertGroupMember, { gid, user: user.id, now })
  await tx.run(touchGroup, { gid, now })
}

/**
 * Takes users out of a group, all or none. A group that loses its owner passes on; one that loses everybody is deleted.
 *
 * @returns the name of the new owner, if there is one
 * @throws Refusal 899014 when one is not in it; nothing has been changed then
 */
export async function quitGroup(
  tx: Transaction,
  group: { readonly gid: number; readonly owner: number },
  users: Users,
  now: number,
): Promise<string | undefined> {
  const { gid, owner } = group
  for (const user of users)
    if (!(await tx.first(groupMember, { gid, user: user.id }))) throw new Refusal(899014)
  // The owner goes last, so that nobody inherits the group who leaves it in the same call.
  for (const user of users) if (user.id !== owner) await leaveGroup(tx, group, user.id)
  const heir = users.some(user => user.id === owner) ? await leaveGroup(tx, group, owner) : undefined
  await tx.run(touchGroup, { gid, now })
  return heir?.username
}
