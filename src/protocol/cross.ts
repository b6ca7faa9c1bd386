import { z } from 'zod'
import { ROOM_CALL_MEMBERS } from './chatrooms.ts'
import { endpoint } from './endpoint.ts'
import {
  AppKey,
  CHANGES_NOTHING,
  changes,
  changesSomething,
  Id,
  listOf,
  UserRef,
  users as userList,
} from './fields.ts'
import { FRIENDS_PER_CALL, friendNotes, hasNote, NO_NOTE } from './friends.ts'
import { GROUP_MEMBERS, GroupMember, GroupRecord } from './groups.ts'
import { UserRecord } from './users.ts'

const section = 'Cross-application'

/** Apps, or users, in one call. */
const ITEMS = 500

/** For several apps; the limit holds for all of them together. */
const memberChanges = (max: number) =>
  listOf(
    changes(UserRef, max).extend({ appkey: AppKey }).refine(changesSomething, CHANGES_NOTHING),
    ITEMS,
  ).refine(
    items =>
      (['add', 'remove'] as const).every(
        key => items.reduce((names, item) => names + (item[key]?.length ?? 0), 0) <= max,
      ),
    `must add at most ${max} users in all, and remove as many`,
  )

export const crossGroupMembersUpdate = endpoint({
  id: 'cross.groups.members.update',
  section,
  title: 'Add users of any app of the account to a group, and remove them',
  method: 'POST',
  path: '/v1/cross/groups/:gid/members',
  body: memberChanges(GROUP_MEMBERS),
  status: 204,
  errors: [899002, 899003, 899006, 899011, 899012, 899014, 899015, 899020],
  notes: 'The group has to be one of the calling app. Additions come first and stay if a removal fails.',
})

export const crossGroupMembersList = endpoint({
  id: 'cross.groups.members.list',
  section,
  title: 'List the members of a group, with their apps',
  method: 'GET',
  path: '/v1/cross/groups/:gid/members/',
  status: 200,
  response: z.array(GroupMember.extend({ appkey: z.string() })),
  errors: [899003, 899006],
})

export const crossUserGroupsList = endpoint({
  id: 'cross.users.groups.list',
  section,
  title: 'List the groups of a user, those of other apps included',
  method: 'GET',
  path: '/v1/cross/users/:username/groups',
  status: 200,
  response: z.array(GroupRecord.extend({ max_member_count: z.int() })),
  errors: [899002, 899003],
})

const blacklistItems = listOf(z.object({ appkey: AppKey, usernames: userList(ITEMS) }), ITEMS)

export const crossBlacklistAdd = endpoint({
  id: 'cross.users.blacklist.add',
  section,
  title: 'Add users of any app of the account to a blacklist',
  method: 'PUT',
  path: '/v1/cross/users/:username/blacklist',
  body: blacklistItems,
  status: 204,
  errors: [899002, 899003, 899017, 899018, 899020],
})

export const crossBlacklistRemove = endpoint({
  id: 'cross.users.blacklist.remove',
  section,
  title: 'Remove users of any app of the account from a blacklist',
  method: 'DELETE',
  path: '/v1/cross/users/:username/blacklist',
  body: blacklistItems,
  status: 204,
  errors: [899002, 899003, 899019, 899020],
})

export const crossBlacklistList = endpoint({
  id: 'cross.users.blacklist.list',
  section,
  title: 'Get a blacklist, users of other apps included',
  method: 'GET',
  path: '/v1/cross/users/:username/blacklist',
  status: 200,
  response: z.array(UserRecord.extend({ appkey: z.string() })),
  errors: [899002, 899003],
})

export const crossNodisturb = endpoint({
  id: 'cross.users.nodisturb',
  section,
  title: 'Change do-not-disturb settings for users and groups of any app of the account, all or nothing',
  method: 'POST',
  path: '/v1/cross/users/:username/nodisturb',
  body: listOf(
    z
      .object({ appkey: AppKey, single: changes(UserRef).optional(), group: changes(Id).optional() })
      .refine(
        item => item.single !== undefined || item.group !== undefined,
        'must hold at least one of single, group',
      ),
    ITEMS,
  ),
  status: 204,
  errors: [899002, 899003, 899020, 899043, 899044, 899046, 899047, 899049, 899051],
})

const friends = z.object({ appkey: AppKey, users: userList(FRIENDS_PER_CALL) })

export const crossFriendsAdd = endpoint({
  id: 'cross.users.friends.add',
  section,
  title: 'Make users of another app friends of a user, mutual and at once',
  method: 'POST',
  path: '/v1/cross/users/:username/friends',
  body: friends,
  status: 201,
  errors: [899002, 899003, 899020, 899070],
  batch: { key: 'users', max: FRIENDS_PER_CALL },
})

export const crossFriendsRemove = endpoint({
  id: 'cross.users.friends.remove',
  section,
  title: 'End friendships with users of another app; who is no friend is passed over',
  method: 'DELETE',
  path: '/v1/cross/users/:username/friends',
  body: friends,
  status: 204,
  errors: [899002, 899003, 899020],
  batch: { key: 'users', max: FRIENDS_PER_CALL },
})

export const crossFriendsUpdate = endpoint({
  id: 'cross.users.friends.update',
  section,
  title: 'Change what a user notes of friends in any app of the account, all or nothing',
  method: 'PUT',
  path: '/v1/cross/users/:username/friends',
  body: listOf(
    z.object({ appkey: AppKey, username: UserRef, ...friendNotes }).refine(hasNote, NO_NOTE),
    FRIENDS_PER_CALL,
  ),
  status: 204,
  errors: [899002, 899003, 899020, 899071],
  batch: { max: FRIENDS_PER_CALL },
})

export const crossRoomMembersUpdate = endpoint({
  id: 'cross.chatroom.members.update',
  section,
  title: 'Add users of any app of the account to a chat room, and remove them',
  method: 'POST',
  path: '/v1/cross/chatroom/:roomId/members',
  aliases: ['/cross/chatroom/:roomId/members'],
  body: memberChanges(ROOM_CALL_MEMBERS),
  status: 204,
  errors: [899002, 899003, 899020, 899081, 899082, 851006, 852004],
  notes: 'The room has to be one of the calling app. Additions come first and stay if a removal fails.',
})
