import type { App } from '../apps.ts'
import type { Tell } from '../events/act.ts'
import type { Handlers } from '../handler.ts'
import { requireUsers, type UserId } from '../queries/user-queries.ts'
import { type Departure, removeUser } from '../remove-user.ts'
import type { Services } from '../services.ts'

/** Deleting accounts, one or several: all of them or none. */
export function userRemoval({
  store,
  clock,
  act,
}: Services): Pick<Handlers, 'users.delete' | 'users.deleteBatch'> {
  const tellGroups = (
    tell: Tell,
    app: App,
    { username }: UserId,
    { departures, ctime }: { departures: readonly Departure[]; ctime: number },
  ) => {
    for (const { gid, heir } of departures) {
      const event = {
        event_type: 9,
        gid,
        from_username: username,
        to_username_list: [username],
        ctime,
      } as const
      tell({ app: app.id, gid }, heir === undefined ? event : { ...event, new_owner: heir })
    }
  }

  const remove = async (app: App, usernames: readonly string[]) => {
    const now = clock.now()
    await act(app, async (tx, tell, end) => {
      const users = await requireUsers(tx, store.db, app, usernames)
      tell({ app: app.id, usernames }, { event_type: 1, extra: 2, ctime: now })
      for (const user of users) {
        tellGroups(tell, app, user, { departures: await removeUser(tx, user, now), ctime: now })
        end(user.id)
      }
    })
  }

  return {
    'users.delete': ({ app, params }) => remove(app, [params.username]),
    'users.deleteBatch': ({ app, body }) => remove(app, body),
  }
}
