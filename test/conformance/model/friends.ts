import type { Named } from './lists.ts'
import { type Answered, type AppIndex, type Model, needPeople, needUser, refuse, type User } from './state.ts'
import { checkPath, recordOf } from './users.ts'

/** Mutual and immediate. */
export function befriend(model: Model, app: AppIndex, name: string, named: Named): Answered {
  checkPath(name)
  const user = needUser(model, app, name)
  const others = needPeople(model, [named])
  if (others.includes(user)) refuse(899003)
  if (others.some(other => user.friends.has(other))) refuse(899070)
  for (const other of others) {
    user.friends.set(other, {})
    other.friends.set(user, {})
  }
  return { status: 201 }
}

/** Who is no friend is passed over. */
export function part(model: Model, app: AppIndex, name: string, named: Named): Answered {
  checkPath(name)
  const user = needUser(model, app, name)
  for (const other of needPeople(model, [named])) {
    user.friends.delete(other)
    other.friends.delete(user)
  }
  return { status: 204 }
}

export interface Note {
  readonly of: number
  readonly username: string
  readonly note_name?: string | undefined
  readonly others?: string | undefined
}

/** Notes are one-sided; an empty one is cleared. */
export function note(model: Model, app: AppIndex, name: string, notes: readonly Note[]): Answered {
  checkPath(name)
  if (notes.some(({ note_name, others }) => note_name === undefined && others === undefined)) refuse(899003)
  const user = needUser(model, app, name)
  needPeople(
    model,
    notes.map(({ of, username }) => ({ of, names: [username] })),
  )
  const friends = notes.map(({ of, username }) => needUser(model, of, username))
  if (!friends.every(friend => user.friends.has(friend))) refuse(899071)
  for (const [i, { note_name, others }] of notes.entries()) {
    const kept = user.friends.get(friends[i]!)!
    if (note_name !== undefined) kept.note_name = note_name
    if (others !== undefined) kept.others = others
  }
  return { status: 204 }
}

export const friendsOf = (user: User) =>
  [...user.friends].map(([friend, { note_name, others }]) => ({
    ...recordOf(friend),
    ...(note_name ? { note_name } : {}),
    ...(others ? { others } : {}),
  }))
