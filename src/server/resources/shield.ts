import type { Handlers } from '../handler.ts'
import { groupMember } from '../queries/group-queries.ts'
import { anyGroup, deleteShield, insertShield, shieldsOf } from '../queries/shield-queries.ts'
import { requireUser } from '../queries/user-queries.ts'
import { demand } from '../refusal.ts'
import type { Services } from '../services.ts'
import { checkSwitches, switches } from '../settings.ts'

/** Groups a user stays in and gets no messages of. */
export function shield({ clock, act }: Services): Pick<Handlers, 'users.groupsShield'> {
  return {
    'users.groupsShield': async ({ app, params, body }) => {
      const wanted = switches(body)
      await act(app, async (tx, tell) => {
        const user = (await requireUser(tx, app, params.username)).id
        const gids = [...wanted.add, ...wanted.remove]
        // Groups of other apps too: the user may be in one, and this call has no cross-application form.
        for (const gid of gids) demand(await tx.first(anyGroup, { gid }), 899051)
        for (const gid of gids) demand(await tx.first(groupMember, { gid, user }), 842002)
        const shielded = (await tx.all(shieldsOf, { user })).map(row => row.gid)
        checkSwitches(wanted, shielded, 899052, 899053)
        for (const gid of wanted.add) await tx.run(insertShield, { user, gid })
        for (const gid of wanted.remove) await tx.run(deleteShield, { user, gid })
        tell({ app: app.id, usernames: [params.username] }, { event_type: 39, ctime: clock.now() })
      })
    },
  }
}
