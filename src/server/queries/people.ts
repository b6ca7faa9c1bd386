import type { Queryable, Store } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'
import type { App, Apps } from '../apps.ts'
import { demand } from '../refusal.ts'
import { requireUsers, type UserId } from './user-queries.ts'

/** A user of any app of the account. */
export interface Person extends UserId {
  readonly app: App
}

/** Users of an app, as cross-application calls name them. */
export interface Named {
  readonly appkey: string
  readonly usernames: readonly string[]
}

interface Directory {
  readonly store: Store<ImDatabase>
  readonly apps: Apps
}

/** The app of that key; 899020 when this server has none. */
export const requireApp = (apps: Apps, appkey: string): App => demand(apps.withKey(appkey), 899020)

/** The users named, each once and in the order given; 899020 for an unknown app, then 899002 for an unknown user. */
export async function requirePeople(
  tx: Queryable,
  { store, apps }: Directory,
  named: readonly Named[],
): Promise<Person[]> {
  const inApps = named.map(({ appkey, usernames }) => ({ app: requireApp(apps, appkey), usernames }))
  const people = new Map<number, Person>()
  for (const { app, usernames } of inApps)
    for (const user of await requireUsers(tx, store.db, app, usernames)) people.set(user.id, { ...user, app })
  return [...people.values()]
}

/** The names of people, by the id of their app. */
export function namesByApp(people: readonly Person[]): ReadonlyMap<number, string[]> {
  const names = new Map<number, string[]>()
  for (const { app, username } of people) {
    const known = names.get(app.id)
    if (known) known.push(username)
    else names.set(app.id, [username])
  }
  return names
}

/** Rows of users with their apps. Users of an app that is no longer served are left out: nobody can address them. */
export const inService = <Row extends { readonly app: number }>(apps: Apps, rows: readonly Row[]) =>
  rows.map(row => ({ row, app: { appKey: apps.keyOf(row.app) } })).filter(({ app }) => app.appKey !== '')
