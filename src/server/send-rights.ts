import type { JmCode, TargetType } from '../protocol/index.ts'
import type { Queryable } from '../store/index.ts'
import { targetKey } from '../store/schema/im.ts'
import type { App } from './apps.ts'
import { groupMember, requireGroup } from './queries/group-queries.ts'
import { isBlacklisted } from './queries/list-queries.ts'
import { requireRoom, roomMember } from './queries/room-queries.ts'
import { requireUser, type UserRow } from './queries/user-queries.ts'
import { Refusal } from './refusal.ts'

/** Who sends what to whom. */
export interface Sending {
  readonly app: App
  readonly from: string
  /** `admin` over the API; `user` with the rules that hold among users. */
  readonly as: 'admin' | 'user'
  /** What a disabled sender is told. */
  readonly whenDisabled: JmCode
  /** undefined: no app has the key that was given. */
  readonly targetApp: App | undefined
  readonly targetType: TargetType
  readonly targetId: string
  readonly targetNumber: number
}

/**
 * Refuses what may not be sent, in the order in which it is looked at: the sender, its right to send, the target's app,
 * the target, membership and mutes, the blacklist.
 *
 * @returns the key of the target
 */
export async function checkSending(tx: Queryable, sending: Sending): Promise<number> {
  const { app, targetApp } = sending
  const sender = await requireUser(tx, app, sending.from)
  if (sender.disabled) throw new Refusal(sending.whenDisabled)
  if (sending.as === 'admin' && !sender.admin) throw new Refusal(899016)
  if (!targetApp) throw new Refusal(899020)
  const asUser = sending.as === 'user' ? sender : undefined
  switch (sending.targetType) {
    case 'single': {
      const receiver = await requireUser(tx, targetApp, sending.targetId)
      if (asUser && (await tx.first(isBlacklisted, { user: receiver.id, other: asUser.id })))
        throw new Refusal(803008)
      return targetKey('single', receiver.id)
    }
    case 'group': {
      const { gid } = await requireGroup(tx, targetApp, sending.targetNumber)
      const member = asUser && (await tx.first(groupMember, { gid, user: asUser.id }))
      if (asUser && !member) throw new Refusal(803005)
      if (member?.silenced) throw new Refusal(803012)
      return targetKey('group', gid)
    }
    case 'chatroom': {
      const room = await requireRoom(tx, targetApp, sending.targetNumber)
      if (asUser) await checkPosting(tx, room, asUser)
      return targetKey('chatroom', room.id)
    }
  }
}

async function checkPosting(
  tx: Queryable,
  room: { readonly id: number; readonly owner: number; readonly flag: number },
  sender: UserRow,
): Promise<void> {
  const member = await tx.first(roomMember, { room: room.id, user: sender.id })
  if (!member) throw new Refusal(847001)
  const isClosed = room.flag === 1 && room.owner !== sender.id && !sender.admin
  if (member.forbidden || isClosed) throw new Refusal(847002)
}
