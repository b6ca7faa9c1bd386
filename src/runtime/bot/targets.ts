import type { GroupMember, UserRecord } from '../../protocol/index.ts'
import { act, type BotContext, type Duration, toMs } from './context.ts'
import { CORE_PLUGIN, LIFT_JOB, type LiftData } from './lift.ts'
import { Target } from './target.ts'

/** How long a mute or ban lasts; for good, if `for` is left out. */
export interface Term {
  readonly for?: Duration
}

const list = (names: string | readonly string[]): string[] =>
  typeof names === 'string' ? [names] : [...names]

/** Has a restriction lifted by itself after its term, also over restarts; a newer term takes the place of an older one. */
async function liftLater(context: BotContext, what: LiftData, term: Term): Promise<void> {
  const job = { bot: context.id, plugin: CORE_PLUGIN, name: LIFT_JOB, key: liftKey(what) }
  if (term.for === undefined) return context.jobs.cancel(job)
  await context.jobs.schedule({ ...job, dueAt: context.clock.now() + toMs(term.for), data: what })
}

const liftKey = ({ kind, id, user }: LiftData): string => `${kind}:${id}:${user}`

const forget = (context: BotContext, what: LiftData): Promise<void> => liftLater(context, what, {})

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
    for (const user of list(users)) await liftLater(this.context, { kind: 'group', id: this.id, user }, term)
    await this.#silence(list(users), true)
  }

  async unmute(users: string | readonly string[]): Promise<void> {
    for (const user of list(users)) await forget(this.context, { kind: 'group', id: this.id, user })
    await this.#silence(list(users), false)
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

  async #silence(users: string[], status: boolean): Promise<void> {
    await this.#act('groups.silence', { gid: this.gid, status, body: users })
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
    for (const user of list(users)) {
      await liftLater(this.context, { kind: 'chatroom', id: this.id, user }, term)
      await this.#act('chatrooms.forbidden', { roomId: this.roomId, username: user, status: 1 })
    }
  }

  async unmute(users: string | readonly string[]): Promise<void> {
    for (const user of list(users)) {
      await forget(this.context, { kind: 'chatroom', id: this.id, user })
      await this.#act('chatrooms.forbidden', { roomId: this.roomId, username: user, status: 0 })
    }
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
    await liftLater(this.context, { kind: 'ban', id: '', user: this.id }, term)
    await this.#act('users.forbidden', { disable: true })
  }

  async unban(): Promise<void> {
    await forget(this.context, { kind: 'ban', id: '', user: this.id })
    await this.#act('users.forbidden', { disable: false })
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
