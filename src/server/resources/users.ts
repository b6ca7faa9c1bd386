import type { UserRecord } from '../../protocol/index.ts'
import type { App } from '../apps.ts'
import type { Handlers } from '../handler.ts'
import { profileChanges, userRecord } from '../profile.ts'
import {
  countAdmins,
  countUsers,
  pageOfAdmins,
  pageOfUsers,
  requireUser,
  setDisabled,
  type UserRow,
} from '../queries/user-queries.ts'
import { removeUser } from '../remove-user.ts'
import type { Services } from '../services.ts'

type Ids = 'users.get' | 'users.update' | 'users.list' | 'users.delete' | 'users.forbidden' | 'admins.list'

/** Accounts: showing, changing, disabling and deleting them. */
export function users({ store, clock, inboxes }: Services): Pick<Handlers, Ids> {
  return {
    'users.get': async ({ app, params }) =>
      userRecord(app, await requireUser(store.read, app, params.username)),

    'users.update': async ({ app, params, body }) => {
      const now = clock.now()
      await store.write(async tx => {
        const user = await requireUser(tx, app, params.username)
        await tx.execute(
          store.db
            .updateTable('im_user')
            .set({ ...profileChanges(body), mtime: now })
            .where('id', '=', user.id),
        )
      })
      inboxes.event({ app: app.id, usernames: [params.username] }, { event_type: 40, ctime: now })
    },

    'users.list': async ({ app, query }) => {
      const counted = await store.read.first(countUsers, { app: app.id })
      const rows = await store.read.all(pageOfUsers, { app: app.id, ...query })
      return page(app, counted?.total ?? 0, query.start, rows)
    },

    'admins.list': async ({ app, query }) => {
      const counted = await store.read.first(countAdmins, { app: app.id })
      const rows = await store.read.all(pageOfAdmins, { app: app.id, ...query })
      return page(app, counted?.total ?? 0, query.start, rows)
    },

    'users.forbidden': async ({ app, params, query }) => {
      const disabled = query.disable ? 1 : 0
      const changed = await store.write(async tx => {
        const user = await requireUser(tx, app, params.username)
        await tx.run(setDisabled, { id: user.id, disabled })
        return user.disabled !== disabled
      })
      if (changed && disabled) {
        const event = { event_type: 1, extra: 1, ctime: clock.now() }
        inboxes.event({ app: app.id, usernames: [params.username] }, event)
      }
    },

    'users.delete': async ({ app, params }) => {
      await store.write(async tx => removeUser(tx, await requireUser(tx, app, params.username)))
      const event = { event_type: 1, extra: 2, ctime: clock.now() }
      inboxes.event({ app: app.id, usernames: [params.username] }, event)
      await inboxes.drop(app.id, params.username)
    },
  }
}

function page(app: App, total: number, start: number, rows: readonly UserRow[]) {
  const users: UserRecord[] = rows.map(row => userRecord(app, row))
  return { total, start, count: users.length, users }
}
