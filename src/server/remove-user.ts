import type { Transaction } from '../store/index.ts'
import { rememberUser } from './queries/former-user-queries.ts'
import { leaveGroup, membershipsOfUser, touchGroup } from './queries/group-queries.ts'
import { forgetUser } from './queries/list-queries.ts'
import { roomsOfUser, vacateRoom } from './queries/room-queries.ts'

/** A group that a user has left for good. */
export interface Departure {
  readonly gid: number
  /** Who inherited it, if the user owned it. */
  readonly heir: string | undefined
}

/**
 * Deletes a user and every trace but its messages; groups and rooms of the user pass on, or go when empty.
 *
 * @returns the groups the user was in, those that went with it as well
 */
export async function removeUser(
  tx: Transaction,
  { id }: { readonly id: number },
  now: number,
): Promise<Departure[]> {
  const departures: Departure[] = []
  for (const group of await tx.all(membershipsOfUser, { user: id })) {
    const heir = await leaveGroup(tx, group, id)
    await tx.run(touchGroup, { gid: group.gid, now })
    departures.push({ gid: group.gid, heir: heir?.username })
  }
  for (const room of await tx.all(roomsOfUser, { user: id })) await vacateRoom(tx, room, id)
  await rememberUser(tx, id)
  for (const statement of forgetUser) await tx.run(statement, { user: id })
  return departures
}
