import type { Transaction } from '../../store/index.ts'
import type { App } from '../apps.ts'
import type { Handlers } from '../handler.ts'
import { userRecord } from '../profile.ts'
import { blacklistOf, deleteBlacklist, insertBlacklist } from '../queries/list-queries.ts'
import { inService, type Named, type Person, requirePeople } from '../queries/people.ts'
import { requireUser } from '../queries/user-queries.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'

type Action = 'add' | 'remove' | 'list'
type Ids = `${'users' | 'cross.users'}.blacklist.${Action}`

/** Whose single messages a user does not want. */
export function blacklist(services: Services): Pick<Handlers, Ids> {
  const { store, apps, clock, act } = services

  const change = async (
    { app, username, named }: { app: App; username: string; named: readonly Named[] },
    description: 'added' | 'removed',
    each: (tx: Transaction, user: number, others: readonly Person[]) => Promise<void>,
  ) => {
    await act(app, async (tx, tell) => {
      const user = await requireUser(tx, app, username)
      const others = await requirePeople(tx, services, named)
      await each(tx, user.id, others)
      const to_username_list = others.map(other => other.username)
      tell(
        { app: app.id, usernames: [username] },
        { event_type: 38, to_username_list, description, ctime: clock.now() },
      )
    })
  }

  const add = (app: App, username: string, named: readonly Named[]) =>
    change({ app, username, named }, 'added', async (tx, user, others) => {
      if (others.some(other => other.id === user))
        throw new Refusal(899003, 'body must not name the user itself')
      if (others.some(other => other.admin)) throw new Refusal(899018)
      for (const other of others)
        if ((await tx.run(insertBlacklist, { user, other: other.id, now: clock.now() })) === 0)
          throw new Refusal(899017)
    })

  const remove = (app: App, username: string, named: readonly Named[]) =>
    change({ app, username, named }, 'removed', async (tx, user, others) => {
      for (const other of others)
        if ((await tx.run(deleteBlacklist, { user, other: other.id })) === 0) throw new Refusal(899019)
    })

  const listed = async (app: App, username: string) => {
    const user = await requireUser(store.read, app, username)
    return store.read.all(blacklistOf, { user: user.id })
  }

  return {
    'users.blacklist.add': ({ app, params, body }) =>
      add(app, params.username, [{ appkey: app.appKey, usernames: body }]),
    'users.blacklist.remove': ({ app, params, body }) =>
      remove(app, params.username, [{ appkey: app.appKey, usernames: body }]),
    'users.blacklist.list': async ({ app, params }) => {
      const rows = await listed(app, params.username)
      // People of other apps are left out: a name alone would not say whom it means.
      return rows.filter(row => row.app === app.id).map(row => userRecord(app, row))
    },

    'cross.users.blacklist.add': ({ app, params, body }) => add(app, params.username, body),
    'cross.users.blacklist.remove': ({ app, params, body }) => remove(app, params.username, body),
    'cross.users.blacklist.list': async call => {
      const rows = await listed(call.app, call.params.username)
      return inService(apps, rows).map(({ app, row }) => userRecord(app, row))
    },
  }
}
