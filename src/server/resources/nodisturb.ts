import type { JmCode } from '../../protocol/index.ts'
import type { Transaction } from '../../store/index.ts'
import type { App } from '../apps.ts'
import type { Handlers } from '../handler.ts'
import { groupMember, requireGroup } from '../queries/group-queries.ts'
import {
  deleteDndGroup,
  deleteDndUser,
  dndGroupsOf,
  dndUsersOf,
  insertDndGroup,
  insertDndUser,
  setDnd,
} from '../queries/list-queries.ts'
import { requireUser, requireUsers } from '../queries/user-queries.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'

interface Wanted {
  readonly add: readonly number[]
  readonly remove: readonly number[]
}

/** Do-not-disturb: what to show no notification for. Setting what is set already is an error. */
export function nodisturb({ store, clock, inboxes }: Services): Pick<Handlers, 'users.nodisturb'> {
  /** 899051 for a group that is not there, 899046 for one the user is not in. */
  const groups = async (tx: Transaction, app: App, user: number, gids: readonly number[]) => {
    for (const gid of gids) {
      await requireGroup(tx, app, gid).catch((reason: unknown) => {
        throw reason instanceof Refusal ? new Refusal(899051) : reason
      })
    }
    for (const gid of gids) if (!(await tx.first(groupMember, { gid, user }))) throw new Refusal(899046)
  }

  return {
    'users.nodisturb': async ({ app, params, body }) => {
      await store.write(async tx => {
        const user = await requireUser(tx, app, params.username)
        const ids = async (names: readonly string[] | null | undefined) =>
          (await requireUsers(tx, store.db, app, names ?? [])).map(other => other.id)
        const people: Wanted = { add: await ids(body.single?.add), remove: await ids(body.single?.remove) }
        const chats: Wanted = {
          add: [...new Set(body.group?.add ?? [])],
          remove: [...new Set(body.group?.remove ?? [])],
        }
        await groups(tx, app, user.id, [...chats.add, ...chats.remove])
        const mutedPeople = (await tx.all(dndUsersOf, { user: user.id })).map(row => row.other)
        const mutedChats = (await tx.all(dndGroupsOf, { user: user.id })).map(row => row.gid)
        check(people, new Set(mutedPeople), 899043, 899044)
        check(chats, new Set(mutedChats), 899047, 899049)
        if (body.global === 1 && user.dnd) throw new Refusal(899048)
        if (body.global === 0 && !user.dnd) throw new Refusal(899050)
        // All is checked: now it changes.
        for (const other of people.add) await tx.run(insertDndUser, { user: user.id, other })
        for (const other of people.remove) await tx.run(deleteDndUser, { user: user.id, other })
        for (const gid of chats.add) await tx.run(insertDndGroup, { user: user.id, gid })
        for (const gid of chats.remove) await tx.run(deleteDndGroup, { user: user.id, gid })
        if (body.global !== undefined) await tx.run(setDnd, { user: user.id, dnd: body.global })
      })
      inboxes.event({ app: app.id, usernames: [params.username] }, { event_type: 37, ctime: clock.now() })
    },
  }
}

function check(wanted: Wanted, muted: ReadonlySet<number>, alreadyOn: JmCode, notOn: JmCode): void {
  if (wanted.add.some(item => muted.has(item))) throw new Refusal(alreadyOn)
  if (wanted.remove.some(item => !muted.has(item))) throw new Refusal(notOn)
}
