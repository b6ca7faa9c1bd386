import type { Transaction } from '../../store/index.ts'
import type { App } from '../apps.ts'
import type { Audience, ImEvent } from '../events/im-event.ts'
import { enterGroup, quitGroup } from '../group-membership.ts'
import type { Handlers } from '../handler.ts'
import { type MemberChange, memberChanges } from '../member-changes.ts'
import { profileRecord } from '../profile.ts'
import { groupMember, groupMembers, requireGroup, setSilenced } from '../queries/group-queries.ts'
import { requireUsers } from '../queries/user-queries.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'
import { untilRefused } from '../until-refused.ts'

type Ids =
  | 'groups.members.update'
  | 'groups.members.add'
  | 'groups.members.remove'
  | 'groups.members.list'
  | 'cross.groups.members.update'
  | 'cross.groups.members.list'
  | 'groups.silence'

/** What is told of a change, and who is no member any more. */
interface News {
  readonly event: ImEvent
  readonly gone?: Audience['gone']
}

/** Who is in a group, and who may speak there. */
export function groupMembership({ store, clock, apps, act }: Services): Pick<Handlers, Ids> {
  const add = async (tx: Transaction, app: App, gid: number, of: App, names: readonly string[]) => {
    const now = clock.now()
    await requireGroup(tx, app, gid)
    const users = await requireUsers(tx, store.db, of, names)
    await enterGroup(tx, gid, users, now)
    const to_username_list = users.map(user => user.username)
    return { event: { event_type: 10, gid, to_username_list, ctime: now } } as const
  }

  const remove = async (tx: Transaction, app: App, gid: number, of: App, names: readonly string[]) => {
    const now = clock.now()
    const group = await requireGroup(tx, app, gid)
    const users = await requireUsers(tx, store.db, of, names)
    const heir = await quitGroup(tx, group, users, now)
    const to_username_list = users.map(user => user.username)
    return {
      event: {
        event_type: 11 as const,
        gid,
        to_username_list,
        ...(heir === undefined ? {} : { new_owner: heir }),
        ctime: now,
      },
      gone: { app: of.id, usernames: to_username_list },
    }
  }

  /** One step after the other on purpose: additions stay when a removal is refused. */
  const update = async (app: App, gid: number, changes: readonly MemberChange[]) => {
    const refusal = await act(app, async (tx, tell) => {
      const steps: (() => Promise<News>)[] = []
      for (const { of, add: added, remove: removed } of changes) {
        if (added?.length) steps.push(() => add(tx, app, gid, of, added))
        if (removed?.length) steps.push(() => remove(tx, app, gid, of, removed))
      }
      const { done, refusal } = await untilRefused(steps)
      for (const { event, gone } of done)
        tell({ app: app.id, gid, ...(gone === undefined ? {} : { gone }) }, event)
      return refusal
    })
    if (refusal) throw refusal
  }

  const list = async (app: App, gid: number) => {
    const group = await requireGroup(store.read, app, gid)
    const rows = await store.read.all(groupMembers, { gid })
    return rows.map(row => ({
      app: row.app,
      member: { ...profileRecord(row), flag: row.id === group.owner ? 1 : 0 },
    }))
  }

  return {
    'groups.members.update': ({ app, params, body }) => update(app, params.gid, [{ of: app, ...body }]),
    'groups.members.add': ({ app, params, body }) => update(app, params.gid, [{ of: app, add: body }]),
    'groups.members.remove': ({ app, params, body }) => update(app, params.gid, [{ of: app, remove: body }]),
    'cross.groups.members.update': async ({ app, params, body }) =>
      update(app, params.gid, memberChanges(apps, body)),

    'groups.members.list': async ({ app, params }) => {
      const listed = await list(app, params.gid)
      if (listed.some(one => one.app !== app.id)) throw new Refusal(899021)
      return listed.map(({ member }) => member)
    },

    'cross.groups.members.list': async ({ app, params }) => {
      const listed = await list(app, params.gid)
      return listed.map(({ app: of, member }) => ({ ...member, appkey: apps.keyOf(of) }))
    },

    'groups.silence': async ({ app, params: { gid }, query, body }) => {
      const now = clock.now()
      await act(app, async (tx, tell) => {
        const group = await requireGroup(tx, app, gid)
        const users = await requireUsers(tx, store.db, app, body)
        if (users.some(user => user.id === group.owner))
          throw new Refusal(899003, 'body must not name the owner of the group')
        for (const user of users)
          if (!(await tx.first(groupMember, { gid, user: user.id }))) throw new Refusal(899014)
        for (const user of users)
          await tx.run(setSilenced, { gid, user: user.id, silenced: query.status ? 1 : 0 })
        tell(
          { app: app.id, gid },
          { event_type: 65, extra: query.status ? 1 : 2, gid, to_username_list: body, ctime: now },
        )
      })
    },
  }
}
