import {
  type Answered,
  type AppIndex,
  appKeyOf,
  type Group,
  KEYS,
  type Message,
  type Model,
  needGroup,
  needRoom,
  needUser,
  type Room,
  refuse,
  type User,
} from './state.ts'
import { checkPath } from './users.ts'

export interface Sending {
  /** Over REST as an admin or as a user, or over the sandbox. */
  readonly as: 'admin' | 'user' | 'sandbox'
  readonly from: string
  readonly fromName?: string | undefined
  /** App of the target; absent: that of the sender. */
  readonly of?: number | undefined
  readonly type: 'single' | 'group' | 'chatroom'
  /** A username, or the id of a group or room. */
  readonly target: string
  readonly kind: 'text' | 'custom'
  readonly text: string
}

/**
 * Checks the sender, its right to send, the target's app, the target, memberships and mutes, the blacklist, words: in
 * this order.
 *
 * @param msgid the one that the server gave it
 */
export function send(model: Model, app: AppIndex, sending: Sending, msgid: number): Answered {
  const sender = needUser(model, app, sending.from)
  if (sender.isDisabled) refuse(sending.as === 'sandbox' ? 801006 : 899016)
  if (sending.as === 'admin' && !sender.isAdmin) refuse(899016)
  const of = sending.of ?? app
  if (KEYS[of] === undefined) refuse(899020)
  const target = targetOf(model, of, sending)
  if (sending.as !== 'admin') checkRights(sender, target)
  const { words, isFiltering } = model.apps[app]
  if (isFiltering && sending.kind === 'text' && [...words.keys()].some(word => sending.text.includes(word)))
    refuse(803009)
  const record = recordOf(model, app, { ...sending, of: of as AppIndex, sender, msgid })
  model.messages.push({ msgid, app, sender, target, record, isRetracted: false })
  return { status: 201, body: { msg_id: msgid, msg_ctime: model.now } }
}

function targetOf(model: Model, of: number, { type, target }: Sending): User | Group | Room {
  if (type === 'single') return needUser(model, of, target)
  return type === 'group' ? needGroup(model, of, Number(target)) : needRoom(model, of, Number(target))
}

/** What holds for users, not for admins over REST. */
function checkRights(sender: User, target: User | Group | Room): void {
  if ('gid' in target) {
    const member = target.members.get(sender) ?? refuse(803005)
    if (member.isSilenced) refuse(803012)
  } else if ('id' in target) {
    const member = target.members.get(sender) ?? refuse(847001)
    const isClosed = target.flag === 1 && target.owner !== sender && !sender.isAdmin
    if (member.isForbidden || isClosed) refuse(847002)
  } else if (target.blacklist.has(sender)) refuse(803008)
}

/** As history and callbacks show it. */
function recordOf(
  model: Model,
  app: AppIndex,
  sending: Sending & { readonly of: AppIndex; readonly sender: User; readonly msgid: number },
) {
  const { sender, fromName, type } = sending
  const isSingle = type === 'single'
  return {
    version: 1,
    target_type: type,
    target_id: sending.target,
    target_name: '',
    target_appkey: isSingle ? appKeyOf(sending.of) : '',
    from_id: sender.name,
    from_name: fromName ?? sender.profile.nickname ?? sender.name,
    from_type: sending.as === 'admin' ? 'admin' : 'user',
    from_appkey: appKeyOf(app),
    from_platform: sending.as === 'sandbox' ? 'j' : 'api',
    ...(isSingle ? {} : { set_from_name: fromName === undefined ? 0 : 1 }),
    msg_type: sending.kind,
    msg_body: { text: sending.text },
    create_time: Math.floor(model.now / 1000),
    msgid: sending.msgid,
    msg_level: sending.of === app ? 0 : 1,
    msg_ctime: model.now,
  }
}

/** Checked in the order: exists, sender, already withdrawn, in time. */
export function retract(model: Model, app: AppIndex, username: string, msgid: number): Answered {
  checkPath(username)
  const message = model.messages.find(known => known.msgid === msgid && known.app === app) ?? refuse(855003)
  if (message.record.from_id !== username) refuse(855002)
  if (message.isRetracted) refuse(855004)
  if (model.now - message.record.msg_ctime > 180_000) refuse(855001)
  message.isRetracted = true
  return { status: 204 }
}

/** What is kept of a range, both ends included, oldest first. Times without fractions of a second. */
export function historyOf(model: Model, scope: (message: Message) => boolean, from: number, to: number) {
  return model.messages
    .filter(message => !message.isRetracted && scope(message))
    .map(({ record }) => record)
    .filter(({ msg_ctime }) => msg_ctime >= from && msg_ctime < to + 1000 && model.now - msg_ctime <= KEPT_MS)
}

const KEPT_MS = 60 * 86_400_000
