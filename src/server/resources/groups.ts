import { formatWireTime, GROUP_MEMBERS, type GroupRecord } from '../../protocol/index.ts'
import { enterGroup } from '../group-membership.ts'
import type { Handlers } from '../handler.ts'
import {
  countGroups,
  deleteGroup,
  type GroupRow,
  groupMembers,
  groupsOfUser,
  insertGroup,
  pageOfGroups,
  requireGroup,
} from '../queries/group-queries.ts'
import { nextId } from '../queries/sequences.ts'
import { requireUser, requireUsers } from '../queries/user-queries.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'

type Ids =
  | 'groups.create'
  | 'groups.get'
  | 'groups.list'
  | 'groups.update'
  | 'groups.delete'
  | 'users.groups.list'
  | 'cross.users.groups.list'

/** Groups: making, showing, changing and dissolving them. */
export function groups({ store, clock, apps, act }: Services): Pick<Handlers, Ids> {
  const record = (row: GroupRow): GroupRecord => ({
    gid: row.gid,
    name: row.name,
    desc: row.description,
    appkey: apps.keyOf(row.app),
    MaxMemberCount: GROUP_MEMBERS,
    mtime: formatWireTime(row.mtime),
    ctime: formatWireTime(row.ctime),
    ...(row.avatar === null ? {} : { avatar: row.avatar }),
    owner_username: row.owner_username,
    flag: row.flag,
  })

  return {
    'groups.create': async ({ app, body }) => {
      const now = clock.now()
      const created = await act(app, async (tx, tell) => {
        const [owner, ...members] = await requireUsers(tx, store.db, app, [
          body.owner_username,
          ...(body.members_username ?? []),
        ])
        if (!owner) throw new Refusal(899002)
        if (members.length + 1 > GROUP_MEMBERS) throw new Refusal(899012)
        const row = {
          gid: await nextId(tx, 'group'),
          app: app.id,
          owner: owner.id,
          name: body.name,
          description: body.desc ?? '',
          avatar: body.avatar || null,
          flag: body.flag ?? 1,
          ctime: now,
          mtime: now,
        }
        await tx.run(insertGroup, row)
        await enterGroup(tx, row.gid, [owner, ...members], now)
        const names = members.map(member => member.username)
        const { gid } = row
        const event = { event_type: 8, gid, from_username: owner.username, to_username_list: names } as const
        tell({ app: app.id, gid }, { ...event, ctime: now })
        return { row: { ...row, owner_username: owner.username }, members: names }
      })
      return { ...record(created.row), members_username: created.members }
    },

    'groups.get': async ({ app, params }) => record(await requireGroup(store.read, app, params.gid)),

    'groups.list': async ({ app, query }) => {
      const total = (await store.read.first(countGroups, { app: app.id }))?.total ?? 0
      const rows = await store.read.all(pageOfGroups, { app: app.id, ...query })
      return { total, start: query.start, count: rows.length, groups: rows.map(record) }
    },

    'groups.update': async ({ app, params, body }) => {
      const now = clock.now()
      await act(app, async (tx, tell) => {
        const group = await requireGroup(tx, app, params.gid)
        tell({ app: app.id, gid: group.gid }, { event_type: 12, gid: group.gid, ctime: now })
        await tx.execute(
          store.db
            .updateTable('im_group')
            .set({
              ...(body.name === undefined ? {} : { name: body.name }),
              ...(body.desc === undefined ? {} : { description: body.desc }),
              ...(body.avatar === undefined ? {} : { avatar: body.avatar || null }),
              mtime: now,
            })
            .where('gid', '=', group.gid),
        )
      })
    },

    'groups.delete': ({ app, params: { gid } }) =>
      act(app, async (tx, tell) => {
        await requireGroup(tx, app, gid)
        const members = await tx.all(groupMembers, { gid })
        await deleteGroup(tx, gid)
        // By name and app: once the group is gone, nobody is its member.
        for (const of of new Set(members.map(member => member.app))) {
          const usernames = members.filter(member => member.app === of).map(member => member.username)
          tell({ app: of, usernames }, { event_type: 9, extra: 69, gid, ctime: clock.now() })
        }
      }),

    'users.groups.list': async ({ app, params }) => {
      const user = await requireUser(store.read, app, params.username)
      const rows = await store.read.all(groupsOfUser, { user: user.id })
      return rows.filter(row => row.app === app.id).map(record)
    },

    'cross.users.groups.list': async ({ app, params }) => {
      const user = await requireUser(store.read, app, params.username)
      const rows = await store.read.all(groupsOfUser, { user: user.id })
      return rows.map(row => ({ ...record(row), max_member_count: GROUP_MEMBERS }))
    },
  }
}
