import * as fc from 'fast-check'
import { friendsOf } from '../friends.ts'
import * as groups from '../groups.ts'
import * as rooms from '../rooms.ts'
import {
  type AppIndex,
  type Model,
  needGroup,
  needRoom,
  needUser,
  refuse,
  type User,
  wireTime,
} from '../state.ts'
import { checkPath, recordOf, usersOf } from '../users.ts'
import { anyApp, anyPlace, at, type Command, command, held, one, pathName, shown } from './command.ts'
import { nothing, onGroup, onRoom } from './gatherings.ts'

interface Paging {
  readonly start: number
  readonly count: number
}
const paging: fc.Arbitrary<Paging> = fc.record({ start: fc.nat(3), count: fc.integer({ min: 1, max: 4 }) })

/** A page of a list, as lists are paged. */
function page<T>(key: string, all: readonly T[], { start, count }: Paging) {
  const items = all.slice(start, start + count)
  return { status: 200, body: { total: all.length, start, count: items.length, [key]: items } }
}

type Listed = (model: Model, app: AppIndex) => readonly unknown[]
const lists: Readonly<Record<string, readonly [path: string, key: string, all: Listed]>> = {
  users: ['/v1/users/', 'users', (model, app) => usersOf(model, app).map(recordOf)],
  admins: [
    '/v1/admins',
    'users',
    (model, app) => usersOf(model, app).flatMap(user => (user.isAdmin ? [recordOf(user)] : [])),
  ],
  groups: [
    '/v1/groups/',
    'groups',
    (model, app) =>
      groups.sorted([...model.groups.values()].filter(group => group.app === app)).map(groups.recordOf),
  ],
  rooms: [
    '/v1/chatroom',
    'rooms',
    (model, app) =>
      rooms.sorted([...model.rooms.values()].filter(room => room.app === app)).map(rooms.recordOf),
  ],
  words: [
    '/v1/sensitiveword',
    'words',
    (model, app) => [...model.apps[app].words].map(([name, at]) => ({ name, itime: wireTime(at) })),
  ],
}

export const listNames = Object.keys(lists)

/** A page of one of the lists of an app. */
export const listing = (list: string, app: AppIndex, paging: Paging): Command =>
  shown('list', { list, app, ...paging }, (ask, model) => {
    const [path, key, all] = lists[list]!
    const asked = { method: 'GET', path: `${path}?start=${paging.start}&count=${paging.count}` } as const
    return held(ask, model, app, asked, () => page(key, all(model, app), paging))
  })

const inOrder = <T extends { appkey: string; username: string }>(people: readonly T[]): T[] =>
  [...people].sort((a, b) => (`${a.username} ${a.appkey}` < `${b.username} ${b.appkey}` ? -1 : 1))

/** What there is to ask about a user. */
const aboutUser: Readonly<
  Record<string, (name: string, user: () => User, app: AppIndex, model: Model) => unknown>
> = {
  '/v1/users/:name': (_, user) => recordOf(user()),
  '/v1/users/:name/blacklist': (_, user, app) =>
    inOrder([...user().blacklist].filter(other => other.app === app).map(recordOf)),
  '/v1/cross/users/:name/blacklist': (_, user) => inOrder([...user().blacklist].map(recordOf)),
  '/v1/users/:name/friends': (_, user) => inOrder(friendsOf(user())),
  '/v1/users/:name/groups': (_, user, app, model) => {
    const member = user()
    const inside = [...model.groups.values()].filter(({ members }) => members.has(member))
    return groups.sorted(inside.filter(group => group.app === app)).map(groups.recordOf)
  },
  '/v1/cross/users/:name/groups': (_, user, __, model) => {
    const member = user()
    const inside = [...model.groups.values()].filter(({ members }) => members.has(member))
    return groups.sorted(inside).map(group => ({ ...groups.recordOf(group), max_member_count: 500 }))
  },
  '/v1/users/:name/chatroom': (_, user, __, model) => {
    const member = user()
    return rooms
      .sorted([...model.rooms.values()].filter(({ members }) => members.has(member)))
      .map(rooms.recordOf)
  },
  '/v1/users/:name/userstat': (_, user) => {
    user()
    return { login: false, online: false }
  },
}
export const userPaths = Object.keys(aboutUser)

/** Lists of people whose order nobody has fixed are put into one. */
const isUnordered = (path: string) => /blacklist|friends/.test(path)

export const askAboutUser = (path: string, name: string, app: AppIndex): Command =>
  shown('askAboutUser', { path, name, app }, async (ask, model) => {
    const answer = await ask(app, { method: 'GET', path: path.replace(':name', one(name)) })
    const sorted = Array.isArray(answer.body) && isUnordered(path)
    const actual = { status: answer.status, body: sorted ? inOrder(answer.body) : answer.body }
    return {
      actual: actual.status === 200 ? actual : { status: actual.status, body: answer.body.error?.code },
      expected: expectedOf(() => {
        checkPath(name)
        return aboutUser[path]!(name, () => needUser(model, app, name), app, model)
      }),
    }
  })

function expectedOf(make: () => unknown) {
  try {
    return { status: 200, body: make() }
  } catch (reason) {
    const { status, code } = reason as { status: number; code: number }
    if (code === undefined) throw reason
    return { status, body: code }
  }
}

export const reads = [
  fc
    .record({ list: fc.constantFrom(...listNames), app: anyApp, paging })
    .map(({ list, app, paging }) => listing(list, app, paging)),
  fc
    .record({ path: fc.constantFrom(...userPaths), name: pathName, app: anyApp })
    .map(({ path, name, app }) => askAboutUser(path, name, app)),
  onGroup('getGroup', nothing, (_, app, gid) => ({
    method: 'GET',
    path: `/v1/groups/${gid}`,
    expect: model => ({ status: 200, body: groups.recordOf(needGroup(model, app, gid)) }),
  })),
  onGroup('members', nothing, (_, app, gid) => ({
    method: 'GET',
    path: `/v1/groups/${gid}/members/`,
    expect: model => {
      const group = needGroup(model, app, gid)
      if ([...group.members.keys()].some(user => user.app !== app)) refuse(899021)
      return { status: 200, body: groups.membersOf(group).map(({ appkey: _, ...rest }) => rest) }
    },
  })),
  onGroup('membersOfAll', nothing, (_, app, gid) => ({
    method: 'GET',
    path: `/v1/cross/groups/${gid}/members/`,
    expect: model => ({ status: 200, body: groups.membersOf(needGroup(model, app, gid)) }),
  })),
  onRoom('roomMembers', paging, (paging, app, id) => ({
    method: 'GET',
    path: `/v1/chatroom/${id}/members?start=${paging.start}&count=${paging.count}`,
    expect: model => page('users', rooms.membersOf(needRoom(model, app, id)), paging),
  })),
  command('rooms', fc.array(anyPlace, { minLength: 1, maxLength: 4 }), (places, app, { roomIds }) => {
    const ids = places.map(place => at(roomIds, place))
    return {
      method: 'POST',
      path: '/v1/chatroom/batch',
      body: ids,
      expect: model => {
        const known = [...new Set(ids)].flatMap(id => model.rooms.get(id) ?? [])
        const own = known.filter(room => room.app === app)
        if (own.length === 0) refuse(899081)
        return { status: 200, body: own.map(rooms.recordOf) }
      },
    }
  }),
]
