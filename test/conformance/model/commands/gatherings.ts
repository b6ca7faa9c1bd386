import * as fc from 'fast-check'
import * as groups from '../groups.ts'
import * as rooms from '../rooms.ts'
import { type AppIndex, appKeyOf } from '../state.ts'
import {
  type Asked,
  anyName,
  anyOf,
  anyPlace,
  at,
  command,
  type Expect,
  groupAt,
  names,
  one,
  pathName,
  roomAt,
} from './command.ts'

const name = fc.oneof({ weight: 8, arbitrary: fc.constantFrom('g', '群') }, fc.constant(''))
const desc = fc.constantFrom('', 'about it')
const some = { add: names(0), remove: fc.oneof(fc.constant<string[]>([]), names(0)) }
const changes = fc.array(fc.record({ of: anyOf, ...some }), { minLength: 1, maxLength: 3 })
const crossBody = (items: readonly groups.Change[]) =>
  items.map(({ of, ...lists }) => ({ appkey: appKeyOf(of), ...lists }))

type Make<Args> = (args: Args, app: AppIndex, id: number) => Asked & { readonly expect: Expect }

/** A command about a group, mostly by the app it belongs to. */
export const onGroup = <Args>(kind: string, args: fc.Arbitrary<Args>, make: Make<Args>) =>
  command(
    kind,
    fc.record({ place: anyPlace, args }),
    ({ place, args }, app, { gids }) => make(args, app, at(gids, place)),
    ({ place }, model) => groupAt(place, model),
  )
export const onRoom = <Args>(kind: string, args: fc.Arbitrary<Args>, make: Make<Args>) =>
  command(
    kind,
    fc.record({ place: anyPlace, args }),
    ({ place, args }, app, { roomIds }) => make(args, app, at(roomIds, place)),
    ({ place }, model) => roomAt(place, model),
  )
export const nothing = fc.constant(undefined)

export const creations = [
  command(
    'createGroup',
    fc.record(
      { owner_username: anyName, name, members_username: names(0), desc, flag: fc.constantFrom(0, 1, 2) },
      { requiredKeys: ['owner_username', 'name'] },
    ),
    (args, app) => ({
      method: 'POST',
      path: '/v1/groups/',
      body: args,
      expect: (model, { body }) => groups.create(model, app, args, body.gid),
    }),
  ),
  command(
    'createRoom',
    fc.record(
      {
        owner_username: anyName,
        name,
        members_username: fc.oneof(
          { weight: 3, arbitrary: names(0) },
          fc.constant(['anna1', 'berta', 'carl1', 'dora1', 'emil1']),
        ),
        description: desc,
        flag: fc.constantFrom(0, 1),
      },
      { requiredKeys: ['owner_username', 'name'] },
    ),
    (args, app) => ({
      method: 'POST',
      path: '/v1/chatroom/',
      body: args,
      expect: (model, { body }) => rooms.create(model, app, args, body.chatroom_id),
    }),
  ),
]

export const endings = [
  onGroup('dissolve', nothing, (_, app, gid) => ({
    method: 'DELETE',
    path: `/v1/groups/${gid}`,
    expect: model => groups.dissolve(model, app, gid),
  })),
  onRoom('closeRoom', nothing, (_, app, id) => ({
    method: 'DELETE',
    path: `/v1/chatroom/${id}`,
    expect: model => rooms.close(model, app, id),
  })),
]

export const forGroups = [
  onGroup('updateGroup', fc.record({ name, desc }, { requiredKeys: [] }), (change, app, gid) => ({
    method: 'PUT',
    path: `/v1/groups/${gid}`,
    body: change,
    expect: model => groups.update(model, app, gid, change),
  })),
  onGroup('silence', fc.record({ names: names(), isSilenced: fc.boolean() }), (args, app, gid) => ({
    method: 'PUT',
    path: `/v1/groups/messages/${gid}/silence?status=${args.isSilenced}`,
    body: args.names,
    expect: model => groups.silence(model, app, gid, args),
  })),
  onGroup(
    'handOver',
    fc.record({ username: anyName, of: anyOf }, { requiredKeys: ['username'] }),
    ({ username, of }, app, gid) => ({
      method: 'PUT',
      path: `/v1/groups/owner/${gid}`,
      body: { username, ...(of === undefined ? {} : { appkey: appKeyOf(of) }) },
      expect: model => groups.handOver(model, app, gid, { of: of ?? app, username }),
    }),
  ),
]

export const forGroupMembers = [
  onGroup('changeMembers', fc.record(some), (lists, app, gid) => ({
    method: 'POST',
    path: `/v1/groups/${gid}/members`,
    body: lists,
    expect: model => groups.changeMembers(model, app, gid, [{ of: app, ...lists }]),
  })),
  onGroup('addMembers', names(), (add, app, gid) => ({
    method: 'POST',
    path: `/v2/groups/${gid}/addMembers`,
    body: add,
    expect: model => groups.changeMembers(model, app, gid, [{ of: app, add, remove: [] }]),
  })),
  onGroup('removeMembers', names(), (remove, app, gid) => ({
    method: 'POST',
    path: `/v2/groups/${gid}/delMembers`,
    body: remove,
    expect: model => groups.changeMembers(model, app, gid, [{ of: app, add: [], remove }]),
  })),
  onGroup('changeMembersAcross', changes, (items, app, gid) => ({
    method: 'POST',
    path: `/v1/cross/groups/${gid}/members`,
    body: crossBody(items),
    expect: model => groups.changeMembers(model, app, gid, items),
  })),
]

export const forRooms = [
  onRoom(
    'updateRoom',
    fc.record({ owner_username: anyName, name, description: desc }, { requiredKeys: [] }),
    (change, app, id) => ({
      method: 'PUT',
      path: `/v1/chatroom/${id}`,
      body: change,
      expect: model => rooms.update(model, app, id, change),
    }),
  ),
  onRoom('forbid', fc.record({ name: pathName, isForbidden: fc.boolean() }), (args, app, id) => ({
    method: 'PUT',
    path: `/v1/chatroom/${id}/forbidden/${one(args.name)}?status=${args.isForbidden ? 1 : 0}`,
    expect: model => rooms.forbid(model, app, id, args),
  })),
]

export const forRoomMembers = [
  onRoom('addRoomMembers', names(), (args, app, id) => ({
    method: 'PUT',
    path: `/v1/chatroom/${id}/members`,
    body: args,
    expect: model => rooms.add(model, app, id, args),
  })),
  onRoom('removeRoomMembers', names(), (args, app, id) => ({
    method: 'DELETE',
    path: `/v1/chatroom/${id}/members`,
    body: args,
    expect: model => rooms.remove(model, app, id, args),
  })),
  onRoom('changeRoomMembersAcross', changes, (items, app, id) => ({
    method: 'POST',
    path: `/v1/cross/chatroom/${id}/members`,
    body: crossBody(items),
    expect: model => rooms.changeMembers(model, app, id, items),
  })),
]
