import {
  type Answered,
  type AppIndex,
  KEYS,
  type Model,
  need,
  needGroup,
  needPeople,
  needUser,
  Refused,
  refuse,
  type User,
} from './state.ts'
import { checkPath } from './users.ts'

export interface Named {
  readonly of: number
  readonly names: readonly string[]
}

/** All or nothing; admins cannot be listed. */
export function block(model: Model, app: AppIndex, name: string, named: readonly Named[]): Answered {
  checkPath(name)
  const user = needUser(model, app, name)
  const others = needPeople(model, named)
  if (others.includes(user)) refuse(899003)
  if (others.some(other => other.isAdmin)) refuse(899018)
  if (others.some(other => user.blacklist.has(other))) refuse(899017)
  for (const other of others) user.blacklist.add(other)
  return { status: 204 }
}

export function unblock(model: Model, app: AppIndex, name: string, named: readonly Named[]): Answered {
  checkPath(name)
  const user = needUser(model, app, name)
  const others = needPeople(model, named)
  if (!others.every(other => user.blacklist.has(other))) refuse(899019)
  for (const other of others) user.blacklist.delete(other)
  return { status: 204 }
}

/** What to set and clear for users and groups of an app. */
export interface Quieting {
  readonly of: number
  readonly people: Switches<string>
  readonly groups: Switches<number>
}
export interface Switches<T> {
  readonly add: readonly T[]
  readonly remove: readonly T[]
}

/** Checked whole before anything changes. */
export function quiet(
  model: Model,
  app: AppIndex,
  name: string,
  wanted: { readonly items: readonly Quieting[]; readonly global?: number | undefined },
): Answered {
  checkPath(name)
  const user = needUser(model, app, name)
  const { items, global } = wanted
  const people = (side: 'add' | 'remove') =>
    needPeople(
      model,
      items.map(item => ({ of: item.of, names: item.people[side] })),
    )
  const users = { add: people('add'), remove: people('remove') }
  const named = (side: 'add' | 'remove') =>
    items.flatMap(item => item.groups[side].map(gid => groupOf(model, item.of, gid)))
  const groups = { add: named('add'), remove: named('remove') }
  if ([...groups.add, ...groups.remove].some(group => !group.members.has(user))) refuse(899046)
  check(user.quietUsers, users, 899043, 899044)
  check(user.quietGroups, groups, 899047, 899049)
  if (global === 1 && user.isQuiet) refuse(899048)
  if (global === 0 && !user.isQuiet) refuse(899050)
  apply(user.quietUsers, users)
  apply(user.quietGroups, groups)
  if (global !== undefined) user.isQuiet = global === 1
  return { status: 204 }
}

function groupOf(model: Model, of: number, gid: number) {
  if (KEYS[of] === undefined) refuse(899020)
  try {
    return needGroup(model, of, gid)
  } catch (reason) {
    if (reason instanceof Refused) refuse(899051)
    throw reason
  }
}

/** The group may be of any app. */
export function shield(model: Model, app: AppIndex, name: string, gids: Switches<number>): Answered {
  checkPath(name)
  if (gids.add.length + gids.remove.length === 0) refuse(899003)
  const user: User = needUser(model, app, name)
  const named = (side: 'add' | 'remove') => gids[side].map(gid => need(model.groups.get(gid), 899051))
  const groups = { add: named('add'), remove: named('remove') }
  if ([...groups.add, ...groups.remove].some(group => !group.members.has(user))) refuse(842002)
  check(user.shielded, groups, 899052, 899053)
  apply(user.shielded, groups)
  return { status: 204 }
}

function check<T>(set: ReadonlySet<T>, { add, remove }: Switches<T>, isOn: number, isOff: number): void {
  if (add.some(item => set.has(item))) refuse(isOn)
  if (remove.some(item => !set.has(item))) refuse(isOff)
}

function apply<T>(set: Set<T>, { add, remove }: Switches<T>): void {
  for (const item of add) set.add(item)
  for (const item of remove) set.delete(item)
}
