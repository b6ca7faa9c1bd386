import type { Command } from './commands/command.ts'
import { held, shown } from './commands/command.ts'
import { history, oldHistory } from './commands/histories.ts'
import { askAboutUser, listing, listNames, userPaths } from './commands/reading.ts'
import { changeMembers, membersOf } from './groups.ts'
import { quiet, shield } from './lists.ts'
import { retract, type Sending, send } from './messages.ts'
import { membersOf as roomMembersOf } from './rooms.ts'
import {
  type AppIndex,
  appKeyOf,
  type Group,
  KEYS,
  type Model,
  needGroup,
  needRoom,
  type User,
} from './state.ts'

const LAST_WEEK = { begin: -7 * 86_400 + 60, end: 0 }
const apps = [0, 1] as const
/** What shows users and groups of both apps. */
const across = userPaths.filter(path => /cross|friends|chatroom/.test(path))

/** Asks for all that a server shows, and then by calls for what it keeps to itself. */
export function* wholePicture(model: Model): Generator<Command> {
  for (const app of apps) {
    yield oldHistory(app, { kind: 'app' }, 1000)
    for (const list of listNames) yield listing(list, app, { start: 0, count: 500 })
    yield switchesOf(app)
  }
  for (const gid of model.allGids) {
    const app = model.groups.get(gid)?.app
    if (app !== undefined) yield members(gid, app)
    for (const of of app === undefined ? apps : [app])
      yield history(of, { kind: 'group', id: gid }, LAST_WEEK, 1000)
  }
  for (const id of model.allRoomIds) {
    const app = model.rooms.get(id)?.app
    if (app !== undefined) yield roomMembers(id, app)
    for (const of of app === undefined ? apps : [app])
      yield history(of, { kind: 'chatroom', id }, LAST_WEEK, 1000)
  }
  for (const user of model.users) {
    for (const path of across) yield askAboutUser(path, user.name, user.app)
    yield oldHistory(user.app, { kind: 'user', name: user.name }, 1000)
    yield* settingsOf(model, user)
  }
  for (const { id, app, members } of model.rooms.values())
    for (const member of members.keys()) yield speaking({ type: 'chatroom', target: String(id), app }, member)
  for (const { gid, app, members } of [...model.groups.values()])
    for (const member of members.keys()) yield speaking({ type: 'group', target: String(gid), app }, member)
  yield* comingBack(model)
  for (const { app, msgid, record } of model.messages) yield withdrawing(app, msgid, record.from_id)
}

const members = (gid: number, app: AppIndex): Command =>
  shown('members', { gid, app }, (ask, model) =>
    held(ask, model, app, { method: 'GET', path: `/v1/cross/groups/${gid}/members` }, () => ({
      status: 200,
      body: membersOf(needGroup(model, app, gid)),
    })),
  )

const roomMembers = (id: number, app: AppIndex): Command =>
  shown('roomMembers', { id, app }, (ask, model) =>
    held(ask, model, app, { method: 'GET', path: `/v1/chatroom/${id}/members` }, () => {
      const users = roomMembersOf(needRoom(model, app, id))
      return { status: 200, body: { total: users.length, start: 0, count: users.length, users } }
    }),
  )

const switchesOf = (app: AppIndex): Command =>
  shown('switches', { app }, async (ask, model) => {
    const status = async (path: string) => (await ask(app, { method: 'GET', path })).body.status
    const { isFiltering, isOpenToSdks } = model.apps[app]
    return {
      actual: [await status('/v1/sensitiveword/status'), await status('/v1/sdkregister/status')],
      expected: [Number(isFiltering), Number(isOpenToSdks)],
    }
  })

/**
 * Do-not-disturb and shields, which no call shows: what is on can be switched off in one call, and after that
 * everything can be switched on.
 */
function* settingsOf(model: Model, user: User): Generator<Command> {
  const groups = [...model.groups.values()].filter(group => group.members.has(user))
  yield quieting(user, 'remove', [...user.quietUsers], [...user.quietGroups])
  yield quieting(user, 'add', [...model.users], groups)
  if (user.shielded.size > 0) yield shielding(user, 'remove', [...user.shielded])
  if (groups.length > 0) yield shielding(user, 'add', groups)
}

const quieting = (
  user: User,
  side: 'add' | 'remove',
  people: readonly User[],
  groups: readonly Group[],
): Command =>
  shown('quieting', { user: user.name, side }, (ask, model) => {
    const none = { add: [], remove: [] }
    const items = apps.map(of => ({
      of,
      people: { ...none, [side]: people.filter(one => one.app === of).map(one => one.name) },
      groups: { ...none, [side]: groups.filter(one => one.app === of).map(one => one.gid) },
    }))
    const asked = {
      method: 'POST',
      path: `/v1/cross/users/${user.name}/nodisturb`,
      body: items.map(item => ({ appkey: appKeyOf(item.of), single: item.people, group: item.groups })),
    } as const
    return held(ask, model, user.app, asked, () => quiet(model, user.app, user.name, { items }))
  })

const shielding = (user: User, side: 'add' | 'remove', groups: readonly Group[]): Command =>
  shown('shielding', { user: user.name, side }, (ask, model) => {
    const gids = { add: [], remove: [], [side]: groups.map(group => group.gid) }
    const asked = { method: 'POST', path: `/v1/users/${user.name}/groupsShield`, body: gids } as const
    return held(ask, model, user.app, asked, () => shield(model, user.app, user.name, gids))
  })

/** Tells who is disabled, silenced or forbidden. */
const speaking = (to: Pick<Sending, 'type' | 'target'> & { app: AppIndex }, member: User): Command =>
  shown('speaking', { ...to, name: member.name, from: member.app }, (ask, model) => {
    const { type, target } = to
    const message: Sending = {
      as: 'sandbox',
      from: member.name,
      of: to.app,
      type,
      target,
      kind: 'text',
      text: 'hi',
    }
    const body = {
      target_type: type,
      target_id: target,
      target_appkey: appKeyOf(to.app),
      from_id: member.name,
      text: 'hi',
    }
    const asked = { method: 'POST', path: `/sandbox/apps/${KEYS[member.app].appKey}/messages`, body } as const
    return held(ask, model, member.app, asked, (_, answer) =>
      send(model, member.app, message, answer.body.msg_id),
    )
  })

/** Who leaves a group and comes back finds nothing of what was set before. */
function* comingBack(model: Model): Generator<Command> {
  const members = new Map([...model.groups.values()].map(group => [group, [...group.members.keys()]]))
  // The first one stays, so that the group does.
  for (const side of ['remove', 'add'] as const)
    for (const [{ gid, app }, users] of members)
      for (const user of users.slice(1)) yield changing(gid, app, side, user)
  const others = new Set([...members.values()].flatMap(users => users.slice(1)))
  for (const user of others) {
    const groups = [...members].flatMap(([group, users]) => (users.indexOf(user) > 0 ? [group] : []))
    yield quieting(user, 'add', [], groups)
    yield shielding(user, 'add', groups)
  }
  for (const [{ gid, app }, users] of members)
    for (const user of users) yield speaking({ type: 'group', target: String(gid), app }, user)
}

const changing = (gid: number, app: AppIndex, side: 'add' | 'remove', user: User): Command =>
  shown('changing', { gid, app, side, name: user.name, of: user.app }, (ask, model) => {
    const change = { of: user.app, add: [], remove: [], [side]: [user.name] }
    const body = [{ appkey: appKeyOf(user.app), [side]: [user.name] }]
    const asked = { method: 'POST', path: `/v1/cross/groups/${gid}/members`, body } as const
    return held(ask, model, app, asked, () => changeMembers(model, app, gid, [change]))
  })

const withdrawing = (app: AppIndex, msgid: number, from: string): Command =>
  shown('withdrawing', { app, msgid, from }, (ask, model) =>
    held(ask, model, app, { method: 'POST', path: `/v1/messages/${from}/${msgid}/retract` }, () =>
      retract(model, app, from, msgid),
    ),
  )
