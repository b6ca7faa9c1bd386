import type { App } from '../apps.ts'
import type { Handlers } from '../handler.ts'
import { userRecord } from '../profile.ts'
import { blacklistOf, deleteBlacklist, insertBlacklist } from '../queries/list-queries.ts'
import { requireUser, requireUsers } from '../queries/user-queries.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'

type Ids = 'users.blacklist.add' | 'users.blacklist.remove' | 'users.blacklist.list'

/** Whose single messages a user does not want. */
export function blacklist({ store, clock, inboxes }: Services): Pick<Handlers, Ids> {
  const tell = (app: App, username: string, names: readonly string[], description: string) =>
    inboxes.event(
      { app: app.id, usernames: [username] },
      { event_type: 38, to_username_list: names, description, ctime: clock.now() },
    )

  return {
    'users.blacklist.add': async ({ app, params, body }) => {
      await store.write(async tx => {
        const user = await requireUser(tx, app, params.username)
        const others = await requireUsers(tx, store.db, app, body)
        if (others.some(other => other.id === user.id))
          throw new Refusal(899003, 'body must not name the user itself')
        if (others.some(other => other.admin)) throw new Refusal(899018)
        for (const other of others) {
          const added = await tx.run(insertBlacklist, { user: user.id, other: other.id, now: clock.now() })
          if (added === 0) throw new Refusal(899017)
        }
      })
      tell(app, params.username, body, 'added')
    },

    'users.blacklist.remove': async ({ app, params, body }) => {
      await store.write(async tx => {
        const user = await requireUser(tx, app, params.username)
        for (const other of await requireUsers(tx, store.db, app, body)) {
          if ((await tx.run(deleteBlacklist, { user: user.id, other: other.id })) === 0)
            throw new Refusal(899019)
        }
      })
      tell(app, params.username, body, 'removed')
    },

    'users.blacklist.list': async ({ app, params }) => {
      const user = await requireUser(store.read, app, params.username)
      const rows = await store.read.all(blacklistOf, { user: user.id })
      // People of other apps are left out: a name alone would not say whom it means.
      return rows.filter(row => row.app === app.id).map(row => userRecord(app, row))
    },
  }
}
