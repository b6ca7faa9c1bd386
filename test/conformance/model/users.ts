import { leaveEverything } from './leaving.ts'
import {
  type Answered,
  type AppIndex,
  appKeyOf,
  type Model,
  needUser,
  needUsers,
  type Profile,
  refuse,
  type User,
  wireTime,
} from './state.ts'

export interface Newcomer extends Profile {
  readonly username: string
  readonly password: string
}

const isName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_.@-]{3,127}$/.test(name)
const isGood = ({ username, password }: Newcomer): boolean => isName(username) && password.length >= 4

/** Names in paths have to be well-formed. */
export const checkPath = (name: string): void => void (isName(name) || refuse(899003))

function enter(model: Model, app: AppIndex, newcomer: Newcomer, isAdmin: boolean): void {
  const { username, password: _, ...profile } = newcomer
  model.users.add({
    app,
    name: username,
    isAdmin,
    isDisabled: false,
    profile: withoutEmpty(profile),
    ctime: model.now,
    mtime: model.now,
    isQuiet: false,
    quietUsers: new Set(),
    quietGroups: new Set(),
    shielded: new Set(),
    blacklist: new Set(),
    friends: new Map(),
  })
}

/** An empty text is none, and so is an empty object. */
function withoutEmpty(profile: Profile): Profile {
  const isThere = (value: unknown) =>
    value !== '' && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0)
  return Object.fromEntries(Object.entries(profile).filter(([, value]) => isThere(value)))
}

export function register(model: Model, app: AppIndex, newcomers: readonly Newcomer[]): Answered {
  const codes = newcomers.map(newcomer => {
    if (!isGood(newcomer)) return 899003
    if (model.user(app, newcomer.username)) return 899001
    enter(model, app, newcomer, false)
    return undefined
  })
  const first = codes.every(code => code !== undefined) ? codes[0] : undefined
  return {
    status: first === undefined ? 201 : first === 899003 ? 400 : 403,
    body: newcomers.map(({ username }, i) => ({
      username,
      ...(codes[i] === undefined ? {} : { error: codes[i] }),
    })),
  }
}

/** All or none. */
export function registerAdmins(model: Model, app: AppIndex, newcomers: readonly Newcomer[]): Answered {
  if (!newcomers.every(isGood)) refuse(899003)
  const names = newcomers.map(({ username }) => username)
  if (new Set(names).size < names.length || names.some(name => model.user(app, name))) refuse(899001)
  for (const newcomer of newcomers) enter(model, app, newcomer, true)
  return { status: 201 }
}

export function update(model: Model, app: AppIndex, name: string, changes: Profile): Answered {
  checkPath(name)
  if (Object.keys(changes).length === 0) refuse(899003)
  const user = needUser(model, app, name)
  user.profile = withoutEmpty({ ...user.profile, ...changes })
  user.mtime = model.now
  return { status: 204 }
}

export function setPassword(model: Model, app: AppIndex, name: string, password: string): Answered {
  checkPath(name)
  if (password.length < 4) refuse(899003)
  needUser(model, app, name).mtime = model.now
  return { status: 204 }
}

export function disable(model: Model, app: AppIndex, name: string, isDisabled: boolean): Answered {
  checkPath(name)
  needUser(model, app, name).isDisabled = isDisabled
  return { status: 204 }
}

export function remove(model: Model, app: AppIndex, names: readonly string[]): Answered {
  for (const user of needUsers(model, app, names)) {
    leaveEverything(model, user)
    model.users.delete(user)
  }
  return { status: 204 }
}

/** Without the times, as members of groups are shown. */
export const profileOf = ({ name, profile: { extras: _, ...rest } }: User) => ({ username: name, ...rest })

export const recordOf = (user: User) => ({
  ...profileOf(user),
  ...(user.profile.extras === undefined ? {} : { extras: user.profile.extras }),
  appkey: appKeyOf(user.app),
  mtime: wireTime(user.mtime),
  ctime: wireTime(user.ctime),
})

/** By creation time, then name. */
export function usersOf(model: Model, app: AppIndex): User[] {
  const all = [...model.users].filter(user => user.app === app)
  return all.sort((a, b) => a.ctime - b.ctime || (a.name < b.name ? -1 : 1))
}
