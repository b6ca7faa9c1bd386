import type { Handlers } from '../handler.ts'
import { groupMember, makeGroupOwner, requireGroup, touchGroup } from '../queries/group-queries.ts'
import { requireApp } from '../queries/people.ts'
import { requireUser } from '../queries/user-queries.ts'
import { demand } from '../refusal.ts'
import type { Services } from '../services.ts'

/** Handing a group over. */
export function groupOwner({ clock, apps, act }: Services): Pick<Handlers, 'groups.owner.update'> {
  return {
    'groups.owner.update': async ({ app, params: { gid }, body }) => {
      const now = clock.now()
      const { username } = body
      const itsApp = body.appkey === undefined ? app : requireApp(apps, body.appkey)
      await act(app, async (tx, tell) => {
        const group = await requireGroup(tx, app, gid)
        const user = await requireUser(tx, itsApp, username)
        demand(await tx.first(groupMember, { gid, user: user.id }), 899014)
        if (user.id === group.owner) return
        await makeGroupOwner(tx, gid, user.id)
        await tx.run(touchGroup, { gid, now })
        tell(
          { app: app.id, gid },
          {
            event_type: 82,
            gid,
            from_username: group.owner_username,
            to_username_list: [username],
            new_owner: username,
            ctime: now,
          },
        )
      })
    },
  }
}
