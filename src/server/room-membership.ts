import type { Transaction } from '../store/index.ts'
import {
  addToMembers,
  deleteRoomMember,
  insertRoomMember,
  type RoomRow,
  roomMember,
} from './queries/room-queries.ts'
import { Refusal } from './refusal.ts'

type Users = readonly { readonly id: number }[]

/**
 * Puts users into a room, all or none; those inside already stay as they are.
 *
 * @returns the ids of those who came in
 * @throws Refusal 851006 when the room would hold more than `most`; nothing has been changed then
 */
export async function enterRoom(
  tx: Transaction,
  { id, members }: Pick<RoomRow, 'id' | 'members'>,
  users: Users,
  { now, most }: { readonly now: number; readonly most: number },
): Promise<readonly number[]> {
  const outside: number[] = []
  for (const user of users)
    if (!(await tx.first(roomMember, { room: id, user: user.id }))) outside.push(user.id)
  if (outside.length === 0) return outside
  if (members + outside.length > most) throw new Refusal(851006)
  for (const user of outside) await tx.run(insertRoomMember, { room: id, user, now })
  await tx.run(addToMembers, { room: id, by: outside.length })
  return outside
}

/**
 * Takes users out of a room, all or none.
 *
 * @throws Refusal 899082 when one is not inside, 852004 when one is the owner; nothing has been changed then
 */
export async function quitRoom(
  tx: Transaction,
  { id, owner }: Pick<RoomRow, 'id' | 'owner'>,
  users: Users,
): Promise<void> {
  for (const user of users)
    if (!(await tx.first(roomMember, { room: id, user: user.id }))) throw new Refusal(899082)
  if (users.some(user => user.id === owner)) throw new Refusal(852004)
  for (const user of users) await tx.run(deleteRoomMember, { room: id, user: user.id })
  await tx.run(addToMembers, { room: id, by: -users.length })
}
