/** Two apps of one account; calls name the app they come from, and apps of others, by their place here. */
export const KEYS = [
  { appKey: 'a1'.repeat(12), masterSecret: 's1'.repeat(12) },
  { appKey: 'b2'.repeat(12), masterSecret: 's2'.repeat(12) },
] as const
export type AppIndex = 0 | 1
/** An appkey of the account, or one that nobody has. */
export const appKeyOf = (app: number): string => KEYS[app]?.appKey ?? 'c3'.repeat(12)

/** Members that a chat room holds. */
export const ROOM_LIMIT = 4

/** What a user shows of itself; keys without a value are absent. */
export type Profile = Partial<Record<'nickname' | 'signature' | 'region', string>> & {
  gender?: number
  extras?: object
}

export interface User {
  readonly app: AppIndex
  readonly name: string
  readonly isAdmin: boolean
  isDisabled: boolean
  profile: Profile
  readonly ctime: number
  mtime: number
  isQuiet: boolean
  readonly quietUsers: Set<User>
  readonly quietGroups: Set<Group>
  readonly shielded: Set<Group>
  readonly blacklist: Set<User>
  readonly friends: Map<User, { note_name?: string; others?: string }>
}

/** In maps of members, who has been there longest comes first. */
export interface Group {
  readonly gid: number
  readonly app: AppIndex
  owner: User
  readonly members: Map<User, { isSilenced: boolean }>
  name: string
  desc: string
  readonly flag: number
  readonly ctime: number
  mtime: number
}

export interface Room {
  readonly id: number
  readonly app: AppIndex
  owner: User
  readonly members: Map<User, { isForbidden: boolean; readonly since: number }>
  name: string
  description: string
  readonly flag: number
  readonly ctime: number
}

export interface Message {
  readonly msgid: number
  readonly app: AppIndex
  readonly sender: User
  readonly target: User | Group | Room
  /** As the history shows it. */
  readonly record: { readonly from_id: string; readonly msg_ctime: number }
  isRetracted: boolean
}

interface App {
  /** Words and when they were added. */
  words: Map<string, number>
  isFiltering: boolean
  isOpenToSdks: boolean
}

/** All that an IM server knows. */
export class Model {
  now: number
  readonly apps: readonly [App, App] = [newApp(), newApp()]
  /** In the order of registration. */
  readonly users = new Set<User>()
  readonly groups = new Map<number, Group>()
  readonly rooms = new Map<number, Room>()
  /** Oldest first. */
  readonly messages: Message[] = []
  /** Every id there ever was. */
  readonly allGids: number[] = []
  readonly allRoomIds: number[] = []

  constructor(now: number) {
    this.now = now
  }

  /** Ids for calls to name: few, of which all but one are in use. */
  get gids(): readonly number[] {
    return toName(this.allGids, this.groups)
  }

  get roomIds(): readonly number[] {
    return toName(this.allRoomIds, this.rooms)
  }

  user(app: number, name: string): User | undefined {
    return [...this.users].find(user => user.app === app && user.name === name)
  }
}

function toName(ids: readonly number[], living: ReadonlyMap<number, unknown>): number[] {
  const gone = ids.filter(id => !living.has(id))
  return [...ids.filter(id => living.has(id)).slice(0, 3), ...gone.slice(-1)]
}

const newApp = (): App => ({ words: new Map(), isFiltering: false, isOpenToSdks: true })

/** What a server is to answer. */
export interface Answered {
  readonly status: number
  readonly body?: unknown
}

/** What is thrown for a call that is to be refused. */
export class Refused {
  readonly status: number
  constructor(readonly code: number) {
    this.status = code === 899003 ? 400 : 403
  }
}

export function refuse(code: number): never {
  throw new Refused(code)
}

/** The value, or a refusal when there is none. */
export const need = <T>(value: T | undefined, code: number): T => value ?? refuse(code)

export const needUser = (model: Model, app: number, name: string): User => need(model.user(app, name), 899002)

/** Users by name, each once. */
export const needUsers = (model: Model, app: number, names: readonly string[]): User[] =>
  [...new Set(names)].map(name => needUser(model, app, name))

/** Users of several apps, each once: first every app has to be one of the account. */
export function needPeople(
  model: Model,
  named: readonly { readonly of: number; readonly names: readonly string[] }[],
): User[] {
  if (named.some(({ of }) => KEYS[of] === undefined)) refuse(899020)
  return [...new Set(named.flatMap(({ of, names }) => needUsers(model, of, names)))]
}

/** The group, if it belongs to the app. */
export function needGroup(model: Model, app: number, gid: number): Group {
  const group = model.groups.get(gid)
  return group?.app === app ? group : refuse(899006)
}

export function needRoom(model: Model, app: number, id: number): Room {
  const room = model.rooms.get(id)
  return room?.app === app ? room : refuse(899081)
}

/** `yyyy-MM-dd HH:mm:ss` in UTC+8. */
export const wireTime = (at: number): string =>
  new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
