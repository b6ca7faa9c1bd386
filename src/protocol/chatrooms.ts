import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Id, page, Switch, text, UserRef, users } from './fields.ts'

const section = 'Chat rooms'

/** Names in one call that adds or removes members. */
export const ROOM_CALL_MEMBERS = 3000
/** Members of a chat room at most, unless the server says otherwise. */
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

/** A chat room as lists show it. */
export const RoomRecord = z.object({
  id: z.int(),
  owner_username: z.string(),
  max_member_count: z.int(),
  appkey: z.string(),
  name: z.string(),
  description: z.string(),
  total_member_count: z.int(),
  ctime: z.string(),
  flag: z.int().optional().describe('1: only the owner and admins may post'),
})
export type RoomRecord = z.output<typeof RoomRecord>

export const chatroomsGetBatch = endpoint({
  id: 'chatrooms.getBatch',
  section,
  title: 'Get chat rooms by their ids',
  method: 'POST',
  path: '/v1/chatroom/batch',
  body: z
    .array(Id, 'must be an array of room ids')
    .min(1, 'must hold at least one room id')
    .max(500, 'must hold at most 500 room ids'),
  status: 200,
  response: z.array(RoomRecord),
  errors: [899003, 899081],
  batch: { max: 500 },
  notes: 'Answers in the order of the request. Unknown ids are left out; 899081 when all are unknown.',
})

export const userChatroomsList = endpoint({
  id: 'users.chatrooms.list',
  section,
  title: 'List the chat rooms a user is in',
  method: 'GET',
  path: '/v1/users/:username/chatroom',
  status: 200,
  response: z.array(RoomRecord),
  errors: [899002, 899003],
})

export const chatroomsList = endpoint({
  id: 'chatrooms.list',
  section,
  title: 'List the chat rooms of the app, oldest first',
  method: 'GET',
  path: '/v1/chatroom',
  query: page(500),
  status: 200,
  response: z.object({ total: z.int(), rooms: z.array(RoomRecord), start: z.int(), count: z.int() }),
  errors: [899003],
  paged: { by: 'start', items: 'rooms' },
})

export const chatroomsUpdate = endpoint({
  id: 'chatrooms.update',
  section,
  title: 'Change the owner, name or description of a chat room',
  method: 'PUT',
  path: '/v1/chatroom/:roomId',
  body: z
    .object({
      owner_username: UserRef.optional(),
      name: text(1, 64).optional(),
      description: text(0, 250).optional(),
    })
    .refine(
      room => room.owner_username !== undefined || room.name !== undefined || room.description !== undefined,
      'must hold at least one of owner_username, name, description',
    ),
  status: 204,
  errors: [899002, 899003, 899081, 853002],
})

export const chatroomsDelete = endpoint({
  id: 'chatrooms.delete',
  section,
  title: 'Delete a chat room',
  method: 'DELETE',
  path: '/v1/chatroom/:roomId',
  status: 204,
  errors: [899003, 899081],
  notes: 'Its message history stays.',
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
  paged: { by: 'start', items: 'users' },
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
  batch: { max: ROOM_CALL_MEMBERS },
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
  batch: { max: ROOM_CALL_MEMBERS },
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
  notes: 'The owner cannot be forbidden: 899003.',
})
