import type { App } from '../apps.ts'
import type { Tell } from '../events/act.ts'
import type { Handlers } from '../handler.ts'
import { userRecord } from '../profile.ts'
import {
  deleteFriend,
  friendNotes,
  friendsOf,
  insertFriend,
  setFriendNotes,
} from '../queries/friend-queries.ts'
import { inService, type Named, namesByApp, type Person, requirePeople } from '../queries/people.ts'
import { requireUser } from '../queries/user-queries.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'

/** What to note of a friend; an absent note stays, an empty one is cleared. */
interface Notes {
  readonly appkey: string
  readonly username: string
  readonly note_name?: string | undefined
  readonly others?: string | undefined
}

type Ids = `${'' | 'cross.users.'}friends.${'add' | 'remove' | 'update'}` | 'friends.list'

/** Friends: mutual and at once, with notes that only their writer sees. */
export function friends(services: Services): Pick<Handlers, Ids> {
  const { store, apps, clock, act } = services

  /** Tells each of the others, and nothing of the rest of them. */
  const tellAll = (
    tell: Tell,
    event: { event_type: 5 | 6 | 7; from_username: string },
    others: readonly Person[],
  ) => {
    for (const [app, usernames] of namesByApp(others))
      tell({ app, usernames }, { ...event, ctime: clock.now() })
  }

  const add = async (app: App, username: string, named: Named) => {
    const now = clock.now()
    await act(app, async (tx, tell) => {
      const user = await requireUser(tx, app, username)
      const others = await requirePeople(tx, services, [named])
      if (others.some(other => other.id === user.id))
        throw new Refusal(899003, 'body must not name the user itself')
      for (const other of others) {
        if ((await tx.run(insertFriend, { user: user.id, other: other.id, now })) === 0)
          throw new Refusal(899070)
        await tx.run(insertFriend, { user: other.id, other: user.id, now })
      }
      tellAll(tell, { event_type: 5, from_username: username }, others)
    })
  }

  const remove = async (app: App, username: string, named: Named) => {
    await act(app, async (tx, tell) => {
      const user = await requireUser(tx, app, username)
      const were: Person[] = []
      for (const other of await requirePeople(tx, services, [named])) {
        if ((await tx.run(deleteFriend, { user: user.id, other: other.id })) === 0) continue
        await tx.run(deleteFriend, { user: other.id, other: user.id })
        were.push(other)
      }
      tellAll(tell, { event_type: 6, from_username: username }, were)
    })
  }

  const update = async (app: App, username: string, notes: readonly Notes[]) => {
    await act(app, async (tx, tell) => {
      const user = await requireUser(tx, app, username)
      const named = notes.map(item => ({ appkey: item.appkey, usernames: [item.username] }))
      const people = await requirePeople(tx, services, named)
      const ids = idsOf(people)
      for (const { appkey, username, note_name, others } of notes) {
        const pair = { user: user.id, other: ids.get(keyOf(appkey, username)) as number }
        const old = await tx.first(friendNotes, pair)
        if (!old) throw new Refusal(899071)
        await tx.run(setFriendNotes, {
          ...pair,
          note_name: note_name === undefined ? old.note_name : note_name || null,
          others: others === undefined ? old.others : others || null,
        })
      }
      tellAll(tell, { event_type: 7, from_username: user.username }, people)
    })
  }

  const own = ({ appKey }: App, usernames: readonly string[]): Named => ({ appkey: appKey, usernames })
  const cross = ({ appkey, users }: { appkey: string; users: readonly string[] }): Named => ({
    appkey,
    usernames: users,
  })

  return {
    'friends.add': ({ app, params, body }) => add(app, params.username, own(app, body)),
    'friends.remove': ({ app, params, body }) => remove(app, params.username, own(app, body)),
    'friends.update': ({ app, params, body }) =>
      update(
        app,
        params.username,
        body.map(item => ({ ...item, appkey: app.appKey })),
      ),
    'friends.list': async ({ app, params }) => {
      const user = await requireUser(store.read, app, params.username)
      const rows = await store.read.all(friendsOf, { user: user.id })
      return inService(apps, rows).map(({ app, row }) => ({
        ...userRecord(app, row),
        ...(row.note_name === null ? {} : { note_name: row.note_name }),
        ...(row.others === null ? {} : { others: row.others }),
      }))
    },

    'cross.users.friends.add': ({ app, params, body }) => add(app, params.username, cross(body)),
    'cross.users.friends.remove': ({ app, params, body }) => remove(app, params.username, cross(body)),
    'cross.users.friends.update': ({ app, params, body }) => update(app, params.username, body),
  }
}

/** Keys are compared without case. */
const keyOf = (appkey: string, username: string): string => `${appkey.toLowerCase()} ${username}`
const idsOf = (people: readonly Person[]): ReadonlyMap<string, number> =>
  new Map(people.map(({ id, app, username }) => [keyOf(app.appKey, username), id]))
