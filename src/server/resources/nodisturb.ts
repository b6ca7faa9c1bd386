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
import { requireApp, requirePeople } from '../queries/people.ts'
import { requireUser, type UserRow } from '../queries/user-queries.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'
import { checkSwitches, type Lists, type Switches, switches } from '../settings.ts'

/** What to change for users and groups of an app. */
interface Item {
  readonly appkey: string
  readonly single?: Lists<string> | undefined
  readonly group?: Lists<number> | undefined
}
interface Wanted {
  readonly people: Switches
  readonly groups: Switches
  /** The switch for everything; absent when it stays. */
  readonly global?: 0 | 1 | undefined
}

type Ids = 'users.nodisturb' | 'cross.users.nodisturb'

/** Do-not-disturb: what to show no notification for. Setting what is set already is an error. */
export function nodisturb(services: Services): Pick<Handlers, Ids> {
  const { apps, clock, act } = services

  const peopleOf = async (tx: Transaction, items: readonly Item[]): Promise<Switches> => {
    const ids = async (side: keyof Switches) => {
      const named = items.map(({ appkey, single }) => ({ appkey, usernames: single?.[side] ?? [] }))
      return (await requirePeople(tx, services, named)).map(person => person.id)
    }
    return { add: await ids('add'), remove: await ids('remove') }
  }

  /** 899051 for a group that its app does not have, 899046 for one the user is not in. */
  const groupsOf = async (tx: Transaction, user: number, items: readonly Item[]): Promise<Switches> => {
    const gids = (side: keyof Switches) => items.flatMap(({ group }) => group?.[side] ?? [])
    for (const { appkey, group } of items) {
      const app = requireApp(apps, appkey)
      for (const gid of [...(group?.add ?? []), ...(group?.remove ?? [])]) {
        await requireGroup(tx, app, gid).catch((reason: unknown) => {
          throw reason instanceof Refusal ? new Refusal(899051) : reason
        })
      }
    }
    const groups = switches({ add: gids('add'), remove: gids('remove') })
    for (const gid of [...groups.add, ...groups.remove])
      if (!(await tx.first(groupMember, { gid, user }))) throw new Refusal(899046)
    return groups
  }

  const change = async (app: App, username: string, items: readonly Item[], global?: 0 | 1) => {
    await act(app, async (tx, tell) => {
      const user = await requireUser(tx, app, username)
      const people = await peopleOf(tx, items)
      const wanted = { people, groups: await groupsOf(tx, user.id, items), global }
      await check(tx, user, wanted)
      await apply(tx, user, wanted)
      tell({ app: app.id, usernames: [username] }, { event_type: 37, ctime: clock.now() })
    })
  }

  return {
    'users.nodisturb': ({ app, params, body }) =>
      change(app, params.username, [{ ...body, appkey: app.appKey }], body.global),
    'cross.users.nodisturb': ({ app, params, body }) => change(app, params.username, body),
  }
}

async function check(tx: Transaction, user: UserRow, { people, groups, global }: Wanted): Promise<void> {
  const mutedPeople = (await tx.all(dndUsersOf, { user: user.id })).map(row => row.other)
  const mutedGroups = (await tx.all(dndGroupsOf, { user: user.id })).map(row => row.gid)
  checkSwitches(people, mutedPeople, 899043, 899044)
  checkSwitches(groups, mutedGroups, 899047, 899049)
  if (global === 1 && user.dnd) throw new Refusal(899048)
  if (global === 0 && !user.dnd) throw new Refusal(899050)
}

async function apply(tx: Transaction, user: UserRow, { people, groups, global }: Wanted): Promise<void> {
  for (const other of people.add) await tx.run(insertDndUser, { user: user.id, other })
  for (const other of people.remove) await tx.run(deleteDndUser, { user: user.id, other })
  for (const gid of groups.add) await tx.run(insertDndGroup, { user: user.id, gid })
  for (const gid of groups.remove) await tx.run(deleteDndGroup, { user: user.id, gid })
  if (global !== undefined) await tx.run(setDnd, { user: user.id, dnd: global })
}
