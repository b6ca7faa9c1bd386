import { GROUP_MEMBERS, GROUPS_PER_USER } from '../protocol/index.ts'
import type { Transaction } from '../store/index.ts'
import {
  countGroupMembers,
  countGroupsOfUser,
  groupMember,
  insertGroupMember,
} from './queries/group-queries.ts'
import type { UserId } from './queries/user-queries.ts'
import { Refusal } from './refusal.ts'

/**
 * Puts users into a group, all or none.
 *
 * @throws Refusal 899011 when one is in it already, 899012 when they do not fit, 899015 when one is in too many groups
 */
export async function enterGroup(tx: Transaction, gid: number, users: readonly UserId[]): Promise<void> {
  for (const user of users) if (await tx.first(groupMember, { gid, user: user.id })) throw new Refusal(899011)
  const present = (await tx.first(countGroupMembers, { gid }))?.count ?? 0
  if (present + users.length > GROUP_MEMBERS) throw new Refusal(899012)
  for (const user of users) {
    const groups = (await tx.first(countGroupsOfUser, { user: user.id }))?.count ?? 0
    if (groups >= GROUPS_PER_USER) throw new Refusal(899015)
    await tx.run(insertGroupMember, { gid, user: user.id })
  }
}
