import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { page, Switch, text, UserRef, users } from './fields.ts'

const section = 'Chat rooms'

/** Names in one call that adds or removes members. */
export const ROOM_CALL_MEMBERS = 3000
/** Members of a chat room at most. */
export const ROOM_MEMBERS = 10_000

export const chatroomsCreate = endpoint({
  id: 'chatrooms.create',
  section,
  title: 'Create a chat room; the owner is its first member',
  method: 'POST',
  path: '/v1/chatroom/',
  body: z.object({
    owner_username: UserRef,
    name: text(1, 64),
    description: text(0, 250).optional(),
    members_username: z.array(UserRef).max(ROOM_CALL_MEMBERS).optional(),
    flag: z.literal([0, 1], 'must be 0 or 1').optional(),
  }),
  status: 201,
  response: z.object({ chatroom_id: z.int() }),
  errors: [899002, 899003, 851006],
})

export const RoomMember = z.object({
  username: z.string(),
  flag: z.int().describe('1 forbidden to post'),
  room_ctime: z.string().describe('entered the room'),
  mtime: z.string(),
  ctime: z.string(),
})

export const chatroomMembersList = endpoint({
  id: 'chatrooms.members.list',
  section,
  title: 'List the members of a chat room',
  method: 'GET',
  path: '/v1/chatroom/:roomId/members',
  query: page(500),
  status: 200,
  response: z.object({ total: z.int(), start: z.int(), count: z.int(), users: z.array(RoomMember) }),
  errors: [899003, 899081],
})

export const chatroomMembersAdd = endpoint({
  id: 'chatrooms.members.add',
  section,
  title: 'Add members; those inside already are passed over',
  method: 'PUT',
  path: '/v1/chatroom/:roomId/members',
  body: users(ROOM_CALL_MEMBERS),
  status: 204,
  errors: [899002, 899003, 899081, 851006],
})

export const chatroomMembersRemove = endpoint({
  id: 'chatrooms.members.remove',
  section,
  title: 'Remove members',
  method: 'DELETE',
  path: '/v1/chatroom/:roomId/members',
  body: users(ROOM_CALL_MEMBERS),
  status: 204,
  errors: [899003, 899081, 899082, 852004],
})

export const chatroomsForbidden = endpoint({
  id: 'chatrooms.forbidden',
  section,
  title: 'Forbid a member to post (status=1) or allow it again (status=0)',
  method: 'PUT',
  path: '/v1/chatroom/:roomId/forbidden/:username',
  query: { status: Switch },
  status: 204,
  errors: [899002, 899003, 899081, 899082],
})
