import type { UserRecord } from '../../protocol/index.ts'
import type { App } from '../apps.ts'
import type { Handlers } from '../handler.ts'
import { hashPassword } from '../passwords.ts'
import { profileChanges, userRecord } from '../profile.ts'
import { deleteSessions } from '../queries/presence-queries.ts'
import {
  countAdmins,
  countUsers,
  pageOfAdmins,
  pageOfUsers,
  requireUser,
  setDisabled,
  setPassword,
  type UserRow,
} from '../queries/user-queries.ts'
import type { Services } from '../services.ts'

type Ids =
  | 'users.get'
  | 'users.update'
  | 'users.list'
  | 'users.password.update'
  | 'users.forbidden'
  | 'admins.list'

/** Accounts: showing, changing and disabling them. */
export function users({ store, clock, act }: Services): Pick<Handlers, Ids> {
  return {
    'users.get': async ({ app, params }) =>
      userRecord(app, await requireUser(store.read, app, params.username)),

    'users.update': async ({ app, params, body }) => {
      const now = clock.now()
      await act(app, async (tx, tell) => {
        const user = await requireUser(tx, app, params.username)
        tell({ app: app.id, usernames: [params.username] }, { event_type: 40, ctime: now })
        await tx.execute(
          store.db
            .updateTable('im_user')
            .set({ ...profileChanges(body), mtime: now })
            .where('id', '=', user.id),
        )
      })
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
      await act(app, async (tx, tell, end) => {
        const found = await requireUser(tx, app, params.username)
        await tx.run(setDisabled, { id: found.id, disabled })
        if (disabled) await tx.run(deleteSessions, { user: found.id })
        if (disabled && !found.disabled) {
          const event = { event_type: 1, extra: 1, ctime: clock.now() } as const
          tell({ app: app.id, usernames: [params.username] }, event)
        }
        if (disabled) end(found.id)
      })
    },

    'users.password.update': async ({ app, params, body }) => {
      const now = clock.now()
      const password = await hashPassword(body.new_password)
      await act(app, async (tx, tell) => {
        const { id } = await requireUser(tx, app, params.username)
        await tx.run(setPassword, { id, password, now })
        tell({ app: app.id, usernames: [params.username] }, { event_type: 2, ctime: now })
      })
    },
  }
}

function page(app: App, total: number, start: number, rows: readonly UserRow[]) {
  const users: UserRecord[] = rows.map(row => userRecord(app, row))
  return { total, start, count: users.length, users }
}
