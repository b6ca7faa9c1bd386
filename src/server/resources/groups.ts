import { formatWireTime, GROUP_MEMBERS, type GroupRecord } from '../../protocol/index.ts'
import type { App } from '../apps.ts'
import { enterGroup } from '../group-membership.ts'
import type { Handlers } from '../handler.ts'
import { type GroupRow, groupsOfUser, insertGroup, requireGroup } from '../queries/group-queries.ts'
import { nextId } from '../queries/sequences.ts'
import { requireUser, requireUsers } from '../queries/user-queries.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'

type Ids = 'groups.create' | 'groups.get' | 'groups.update' | 'users.groups.list'

/** Groups: making, showing and changing them. */
export function groups({ store, clock, inboxes }: Services): Pick<Handlers, Ids> {
  return {
    'groups.create': async ({ app, body }) => {
      const now = clock.now()
      const created = await store.write(async tx => {
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
        await enterGroup(tx, row.gid, [owner, ...members])
        return { row: { ...row, owner_username: owner.username }, members: members.map(m => m.username) }
      })
      const { gid, owner_username } = created.row
      inboxes.event(
        { app: app.id, gid },
        {
          event_type: 8,
          gid,
          from_username: owner_username,
          to_username_list: created.members,
          ctime: now,
        },
      )
      return { ...groupRecord(app, created.row), members_username: created.members }
    },

    'groups.get': async ({ app, params }) =>
      groupRecord(app, await requireGroup(store.read, app, params.gid)),

    'groups.update': async ({ app, params, body }) => {
      const now = clock.now()
      await store.write(async tx => {
        const group = await requireGroup(tx, app, params.gid)
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
      inboxes.event({ app: app.id, gid: params.gid }, { event_type: 12, gid: params.gid, ctime: now })
    },

    'users.groups.list': async ({ app, params }) => {
      const user = await requireUser(store.read, app, params.username)
      const rows = await store.read.all(groupsOfUser, { app: app.id, user: user.id })
      return rows.map(row => groupRecord(app, row))
    },
  }
}

function groupRecord(app: App, row: GroupRow): GroupRecord {
  return {
    gid: row.gid,
    name: row.name,
    desc: row.description,
    appkey: app.appKey,
    MaxMemberCount: GROUP_MEMBERS,
    mtime: formatWireTime(row.mtime),
    ctime: formatWireTime(row.ctime),
    ...(row.avatar === null ? {} : { avatar: row.avatar }),
    owner_username: row.owner_username,
    flag: row.flag,
  }
}
