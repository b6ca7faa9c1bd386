import type { App } from '../apps.ts'
import { enterGroup } from '../group-membership.ts'
import type { Handlers } from '../handler.ts'
import { profileRecord } from '../profile.ts'
import {
  groupMember,
  groupMembers,
  leaveGroup,
  requireGroup,
  setSilenced,
  touchGroup,
} from '../queries/group-queries.ts'
import { requireUsers } from '../queries/user-queries.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'

type Ids =
  | 'groups.members.update'
  | 'groups.members.add'
  | 'groups.members.remove'
  | 'groups.members.list'
  | 'groups.silence'

/** Who is in a group, and who may speak there. */
export function groupMembership({ store, clock, inboxes }: Services): Pick<Handlers, Ids> {
  const add = async (app: App, gid: number, names: readonly string[]) => {
    const now = clock.now()
    await store.write(async tx => {
      await requireGroup(tx, app, gid)
      await enterGroup(tx, gid, await requireUsers(tx, store.db, app, names))
      await tx.run(touchGroup, { gid, now })
    })
    inboxes.event({ app: app.id, gid }, { event_type: 10, gid, to_username_list: names, ctime: now })
  }

  const remove = async (app: App, gid: number, names: readonly string[]) => {
    const now = clock.now()
    const heir = await store.write(async tx => {
      const group = await requireGroup(tx, app, gid)
      const users = await requireUsers(tx, store.db, app, names)
      for (const user of users)
        if (!(await tx.first(groupMember, { gid, user: user.id }))) throw new Refusal(899014)
      // The owner goes last, so that nobody inherits the group who leaves it in the same call.
      const last = users.filter(user => user.id === group.owner)
      for (const user of [...users.filter(other => other.id !== group.owner), ...last])
        await leaveGroup(tx, group, user.id)
      await tx.run(touchGroup, { gid, now })
      return last.length === 0 ? undefined : (await tx.all(groupMembers, { gid }))[0]?.username
    })
    inboxes.event(
      { app: app.id, gid, usernames: names },
      {
        event_type: 11,
        gid,
        to_username_list: names,
        ...(heir === undefined ? {} : { new_owner: heir }),
        ctime: now,
      },
    )
  }

  return {
    'groups.members.update': async ({ app, params, body }) => {
      // Two steps on purpose: additions stay when a removal is refused.
      if (body.add?.length) await add(app, params.gid, body.add)
      if (body.remove?.length) await remove(app, params.gid, body.remove)
    },
    'groups.members.add': ({ app, params, body }) => add(app, params.gid, body),
    'groups.members.remove': ({ app, params, body }) => remove(app, params.gid, body),

    'groups.members.list': async ({ app, params }) => {
      const group = await requireGroup(store.read, app, params.gid)
      const rows = await store.read.all(groupMembers, { gid: group.gid })
      if (rows.some(row => row.app !== app.id)) throw new Refusal(899021)
      return rows.map(row => ({ ...profileRecord(row), flag: row.id === group.owner ? 1 : 0 }))
    },

    'groups.silence': async ({ app, params: { gid }, query, body }) => {
      const now = clock.now()
      await store.write(async tx => {
        const group = await requireGroup(tx, app, gid)
        const users = await requireUsers(tx, store.db, app, body)
        if (users.some(user => user.id === group.owner))
          throw new Refusal(899003, 'body must not name the owner of the group')
        for (const user of users)
          if (!(await tx.first(groupMember, { gid, user: user.id }))) throw new Refusal(899014)
        for (const user of users)
          await tx.run(setSilenced, { gid, user: user.id, silenced: query.status ? 1 : 0 })
      })
      inboxes.event(
        { app: app.id, gid },
        { event_type: 65, extra: query.status ? 1 : 2, gid, to_username_list: body, ctime: now },
      )
    },
  }
}
