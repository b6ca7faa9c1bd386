import type { GroupMember, UserRecord } from '../../protocol/index.ts'
import { act, type BotContext } from './context.ts'
import { type LiftData, release, restrict, type Term } from './lift.ts'
import { Target } from './target.ts'

export type { Term } from './lift.ts'

const list = (names: string | readonly string[]): string[] =>
  typeof names === 'string' ? [names] : [...names]

/** A group. */
export class GroupTarget extends Target {
  constructor(context: BotContext, gid: string) {
    super(context, 'group', gid)
  }

  get gid(): number {
    return Number(this.id)
  }

  /** Silences members: they receive, but cannot send. */
  async mute(users: string | readonly string[], term: Term = {}): Promise<void> {
    await restrict(this.context, this.#lifts(users), term)
  }

  async unmute(users: string | readonly string[]): Promise<void> {
    await release(this.context, this.#lifts(users))
  }

  /** Removes members. Those who have left already are passed over. */
  async kick(users: string | readonly string[]): Promise<void> {
    for (const user of list(users)) await this.#act('groups.members.remove', { gid: this.gid, body: [user] })
  }

  async add(users: string | readonly string[]): Promise<void> {
    for (const user of list(users)) await this.#act('groups.members.add', { gid: this.gid, body: [user] })
  }

  members(): Promise<GroupMember[]> {
    return this.context.client.groups.members.list({ gid: this.gid })
  }

  #lifts(users: string | readonly string[]): LiftData[] {
    return list(users).map(user => ({ kind: 'group', id: this.id, user }))
  }

  async #act(endpoint: Parameters<typeof act>[1], args: Record<string, unknown>): Promise<void> {
    await act(this.context, endpoint, args, { lane: `group:${this.id}` })
  }
}

/** A chat room. */
export class RoomTarget extends Target {
  constructor(context: BotContext, id: string) {
    super(context, 'chatroom', id)
  }

  get roomId(): number {
    return Number(this.id)
  }

  /** Forbids members to post. */
  async mute(users: string | readonly string[], term: Term = {}): Promise<void> {
    for (const user of list(users))
      await restrict(this.context, [{ kind: 'chatroom', id: this.id, user }], term)
  }

  async unmute(users: string | readonly string[]): Promise<void> {
    for (const user of list(users)) await release(this.context, [{ kind: 'chatroom', id: this.id, user }])
  }

  /** Removes members. Those who have left already are passed over. */
  async kick(users: string | readonly string[]): Promise<void> {
    for (const user of list(users))
      await this.#act('chatrooms.members.remove', { roomId: this.roomId, body: [user] })
  }

  async #act(endpoint: Parameters<typeof act>[1], args: Record<string, unknown>): Promise<void> {
    await act(this.context, endpoint, args, { lane: `chatroom:${this.id}` })
  }
}

/** What do-not-disturb is switched on or off for: a user, a group, or everything. */
export type DoNotDisturb =
  | { readonly user: string; readonly on: boolean }
  | { readonly group: number | string; readonly on: boolean }
  | { readonly global: boolean }

/** A user. */
export class UserTarget extends Target {
  constructor(context: BotContext, username: string) {
    super(context, 'single', username)
  }

  get username(): string {
    return this.id
  }

  /** Disables the account: the user is logged out and cannot log in. */
  async ban(term: Term = {}): Promise<void> {
    await restrict(this.context, [{ kind: 'ban', id: '', user: this.id }], term)
  }

  async unban(): Promise<void> {
    await release(this.context, [{ kind: 'ban', id: '', user: this.id }])
  }

  /** Puts others on this user's blacklist, so that they cannot send to them. */
  async block(users: string | readonly string[]): Promise<void> {
    for (const user of list(users)) await this.#act('users.blacklist.add', { body: [user] })
  }

  async unblock(users: string | readonly string[]): Promise<void> {
    for (const user of list(users)) await this.#act('users.blacklist.remove', { body: [user] })
  }

  /** Whom this user has blacklisted. */
  blocked(): Promise<UserRecord[]> {
    return this.context.client.users.blacklist.list({ username: this.id })
  }

  /** Switches notifications for this user off (`on: true`) or on again; messages arrive all the same. */
  async doNotDisturb(setting: DoNotDisturb): Promise<void> {
    await this.#act('users.nodisturb', { body: dndBody(setting) })
  }

  profile(): Promise<UserRecord> {
    return this.context.client.users.get({ username: this.id })
  }

  async #act(endpoint: Parameters<typeof act>[1], args: Record<string, unknown>): Promise<void> {
    await act(this.context, endpoint, { username: this.id, ...args }, { lane: `single:${this.id}` })
  }
}

function dndBody(setting: DoNotDisturb): Record<string, unknown> {
  if ('global' in setting) return { global: setting.global ? 1 : 0 }
  const change = setting.on ? 'add' : 'remove'
  if ('user' in setting) return { single: { [change]: [setting.user] } }
  return { group: { [change]: [Number(setting.group)] } }
}
