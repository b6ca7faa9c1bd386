import type { Queryable } from '../../store/index.ts'
import type { Audience } from '../events/im-event.ts'
import type { MessageRow } from '../queries/message-queries.ts'
import {
  groupDndOf,
  insideToTell,
  membersForDelivery,
  membersToTell,
  userDnd,
  userDndFor,
} from '../queries/presence-queries.ts'

/** Whom a message reaches of those who are there, and whom it is not to disturb. */
export interface Recipient {
  readonly user: number
  readonly quiet: boolean
}

/** Those of `online` (ids of users) who receive a message. The sender does not, unless it wrote to itself. */
export async function recipientsOf(
  read: Queryable,
  row: MessageRow,
  online: ReadonlySet<number>,
): Promise<Recipient[]> {
  // The kind of the target is in its two lowest bits, see targetKey.
  const id = Math.floor(row.target / 4)
  switch (row.target_type) {
    case 'single':
      return online.has(id) ? [{ user: id, quiet: await isQuiet(read, id, row) }] : []
    case 'group': {
      const members = await read.all(membersForDelivery, { gid: id, number: row.msgid })
      return members
        .filter(({ user, shielded }) => online.has(user) && shielded === null && user !== row.sender)
        .map(({ user, dnd, quiet }) => ({ user, quiet: dnd === 1 || quiet !== null }))
    }
    default: {
      const inside: Recipient[] = []
      // A room can hold many more than are there.
      for (const user of online) {
        if (user === row.sender) continue
        if (!(await read.first(insideToTell, { room: id, user, number: row.msgid }))) continue
        inside.push({ user, quiet: (await read.first(userDnd, { user }))?.dnd === 1 })
      }
      return inside
    }
  }
}

/** Whether a user wants no notification of a message: of none, or not of this sender or group. */
export async function isQuiet(read: Queryable, user: number, row: MessageRow): Promise<boolean> {
  if ((await read.first(userDnd, { user }))?.dnd === 1) return true
  if (row.target_type === 'single')
    return (await read.first(userDndFor, { user, other: row.sender })) !== undefined
  return (await read.first(groupDndOf, { user, gid: Math.floor(row.target / 4) })) !== undefined
}

/**
 * Those of `online` who are told of an event, beside the users it names.
 *
 * @param number  of the event, where streams are told late
 */
export async function membersOf(
  read: Queryable,
  { gid, room }: Audience,
  { online, number }: { readonly online: ReadonlySet<number>; readonly number: number },
): Promise<number[]> {
  if (gid !== undefined) {
    const members = await read.all(membersToTell, { gid, number })
    return members.map(({ user }) => user).filter(id => online.has(id))
  }
  if (room === undefined) return []
  const inside: number[] = []
  for (const user of online) if (await read.first(insideToTell, { room, user, number })) inside.push(user)
  return inside
}
