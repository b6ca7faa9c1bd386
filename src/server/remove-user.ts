import type { Transaction } from '../store/index.ts'
import { leaveGroup, membershipsOfUser } from './queries/group-queries.ts'
import { forgetUser } from './queries/list-queries.ts'
import { roomsOfUser, vacateRoom } from './queries/room-queries.ts'

/** Deletes a user and every trace but its messages; groups and rooms of the user pass on, or go when empty. */
export async function removeUser(tx: Transaction, user: { readonly id: number }): Promise<void> {
  for (const group of await tx.all(membershipsOfUser, { user: user.id })) await leaveGroup(tx, group, user.id)
  for (const room of await tx.all(roomsOfUser, { user: user.id })) await vacateRoom(tx, room, user.id)
  for (const statement of forgetUser) await tx.run(statement, { user: user.id })
}
