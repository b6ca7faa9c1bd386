// Long because it is generated: what the protocol says of each of its endpoints.
// Made by scripts/generate-client.mjs of src/protocol: do not edit, run `npm run generate`.
import type { Method } from './method.ts'

/** Every endpoint as a method under its id: `client.users.get({ username })`, `client.messages.send({ body })`. */
export interface Methods {
  readonly admins: AdminsMethods
  readonly chatrooms: ChatroomsMethods
  readonly cross: CrossMethods
  readonly friends: FriendsMethods
  readonly groups: GroupsMethods
  readonly messages: MessagesMethods
  readonly report: ReportMethods
  readonly resource: ResourceMethods
  readonly sdkregister: SdkregisterMethods
  readonly sensitivewords: SensitivewordsMethods
  readonly users: UsersMethods
}

export interface AdminsMethods {
  /**
   * List the admins of the app.
   *
   * `GET /v1/admins`
   *
   * Paged: `.each(…)` reads all of it item by item, `.pages(…)` page by page.
   *
   * - `start`: zero-based offset of the first record; default 0; 0 or more
   * - `count`: page size; default 500; 1 to 500
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Admin registration"
   */
  readonly list: Method<'admins.list'>
  /**
   * Register an admin: a user that may send over this API.
   *
   * `POST /v1/admins/`
   *
   * A list of admins is registered whole or not at all.
   *
   * - `body`: at most 500 items
   * - `body[].username`: 4 to 128 letters, digits and `_ . - @`; first a letter or digit
   * - `body[].password`: 4 to 128 bytes
   * - `body[].nickname`: 0 to 64 bytes
   * - `body[].avatar`: media_id returned by the upload; 0 to 250 bytes
   * - `body[].signature`: 0 to 250 bytes
   * - `body[].gender`: 0, 1, 2
   * - `body[].region`: 0 to 250 bytes
   * - `body[].address`: 0 to 250 bytes
   * - `body[].extras`: at most 512 bytes of JSON
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899001 User exist
   * - 899003 parameter invalid
   *
   * @see "Admin registration"
   */
  readonly register: Method<'admins.register'>
}

export interface ChatroomsMethods {
  /**
   * Create a chat room; the owner is its first member.
   *
   * `POST /v1/chatroom/`
   *
   * - `body.name`: 1 to 64 bytes
   * - `body.description`: 0 to 250 bytes
   * - `body.members_username`: at most 3000 items
   * - `body.flag`: 0, 1
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 851006 amount of member exceed chatroom limit
   *
   * @see "Chat rooms"
   */
  readonly create: Method<'chatrooms.create'>
  /**
   * Delete a chat room.
   *
   * `DELETE /v1/chatroom/:roomId`
   *
   * Its message history stays.
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   * - 899081 room id no exist
   *
   * @see "Chat rooms"
   */
  readonly delete: Method<'chatrooms.delete'>
  /**
   * Forbid a member to post (status=1) or allow it again (status=0).
   *
   * `PUT /v1/chatroom/:roomId/forbidden/:username`
   *
   * The owner cannot be forbidden: 899003.
   *
   * - `status`: 0 or 1
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899081 room id no exist
   * - 899082 user not in room
   *
   * @see "Chat rooms"
   */
  readonly forbidden: Method<'chatrooms.forbidden'>
  /**
   * Get chat rooms by their ids.
   *
   * `POST /v1/chatroom/batch`
   *
   * Answers in the order of the request. Unknown ids are left out; 899081 when all are unknown.
   *
   * At most 500 items a call: `.many(…)` takes any number of them.
   *
   * - `body`: at most 500 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   * - 899081 room id no exist
   *
   * @see "Chat rooms"
   */
  readonly getBatch: Method<'chatrooms.getBatch'>
  /**
   * List the chat rooms of the app, oldest first.
   *
   * `GET /v1/chatroom`
   *
   * Paged: `.each(…)` reads all of it item by item, `.pages(…)` page by page.
   *
   * - `start`: zero-based offset of the first record; default 0; 0 or more
   * - `count`: page size; default 500; 1 to 500
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Chat rooms"
   */
  readonly list: Method<'chatrooms.list'>
  readonly members: ChatroomsMembersMethods
  /**
   * Change the owner, name or description of a chat room.
   *
   * `PUT /v1/chatroom/:roomId`
   *
   * - `body.name`: 1 to 64 bytes
   * - `body.description`: 0 to 250 bytes
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899081 room id no exist
   * - 853002 owner not in chatroom
   *
   * @see "Chat rooms"
   */
  readonly update: Method<'chatrooms.update'>
}

export interface ChatroomsMembersMethods {
  /**
   * Add members; those inside already are passed over.
   *
   * `PUT /v1/chatroom/:roomId/members`
   *
   * At most 3000 items a call: `.many(…)` takes any number of them.
   *
   * - `body`: at most 3000 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899081 room id no exist
   * - 851006 amount of member exceed chatroom limit
   *
   * @see "Chat rooms"
   */
  readonly add: Method<'chatrooms.members.add'>
  /**
   * List the members of a chat room.
   *
   * `GET /v1/chatroom/:roomId/members`
   *
   * Paged: `.each(…)` reads all of it item by item, `.pages(…)` page by page.
   *
   * - `start`: zero-based offset of the first record; default 0; 0 or more
   * - `count`: page size; default 500; 1 to 500
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   * - 899081 room id no exist
   *
   * @see "Chat rooms"
   */
  readonly list: Method<'chatrooms.members.list'>
  /**
   * Remove members.
   *
   * `DELETE /v1/chatroom/:roomId/members`
   *
   * At most 3000 items a call: `.many(…)` takes any number of them.
   *
   * - `body`: at most 3000 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   * - 899081 room id no exist
   * - 899082 user not in room
   * - 852004 owner can not leave chatroom
   *
   * @see "Chat rooms"
   */
  readonly remove: Method<'chatrooms.members.remove'>
}

export interface CrossMethods {
  readonly chatroom: CrossChatroomMethods
  readonly groups: CrossGroupsMethods
  readonly users: CrossUsersMethods
}

export interface CrossChatroomMethods {
  readonly members: CrossChatroomMembersMethods
}

export interface CrossChatroomMembersMethods {
  /**
   * Add users of any app of the account to a chat room, and remove them.
   *
   * `POST /v1/cross/chatroom/:roomId/members`
   *
   * The room has to be one of the calling app. Additions come first and stay if a removal fails.
   *
   * - `body`: at most 500 items
   * - `body[].add`: at most 3000 items
   * - `body[].remove`: at most 3000 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899020 no auth to operating other appkey
   * - 899081 room id no exist
   * - 899082 user not in room
   * - 851006 amount of member exceed chatroom limit
   * - 852004 owner can not leave chatroom
   *
   * @see "Cross-application"
   */
  readonly update: Method<'cross.chatroom.members.update'>
}

export interface CrossGroupsMethods {
  readonly members: CrossGroupsMembersMethods
}

export interface CrossGroupsMembersMethods {
  /**
   * List the members of a group, with their apps.
   *
   * `GET /v1/cross/groups/:gid/members/`
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   * - 899006 Group id invalid
   *
   * @see "Cross-application"
   */
  readonly list: Method<'cross.groups.members.list'>
  /**
   * Add users of any app of the account to a group, and remove them.
   *
   * `POST /v1/cross/groups/:gid/members`
   *
   * The group has to be one of the calling app. Additions come first and stay if a removal fails.
   *
   * - `body`: at most 500 items
   * - `body[].add`: at most 500 items
   * - `body[].remove`: at most 500 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899006 Group id invalid
   * - 899011 Repeat to add the members
   * - 899012 No enough space for members
   * - 899014 User is not in the group
   * - 899015 User 's group are full can not continue
   * - 899020 no auth to operating other appkey
   *
   * @see "Cross-application"
   */
  readonly update: Method<'cross.groups.members.update'>
}

export interface CrossUsersMethods {
  readonly blacklist: CrossUsersBlacklistMethods
  readonly friends: CrossUsersFriendsMethods
  readonly groups: CrossUsersGroupsMethods
  /**
   * Change do-not-disturb settings for users and groups of any app of the account, all or nothing.
   *
   * `POST /v1/cross/users/:username/nodisturb`
   *
   * - `body`: at most 500 items
   * - `body[].single.add`: at most 500 items
   * - `body[].single.remove`: at most 500 items
   * - `body[].group.add`: at most 500 items
   * - `body[].group.remove`: at most 500 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899020 no auth to operating other appkey
   * - 899043 duplicate add user
   * - 899044 user is not exist in setting
   * - 899046 user is not in group
   * - 899047 duplicate add group
   * - 899049 group is not exist in setting
   * - 899051 group is not exist
   *
   * @see "Cross-application"
   */
  readonly nodisturb: Method<'cross.users.nodisturb'>
}

export interface CrossUsersBlacklistMethods {
  /**
   * Add users of any app of the account to a blacklist.
   *
   * `PUT /v1/cross/users/:username/blacklist`
   *
   * - `body`: at most 500 items
   * - `body[].usernames`: at most 500 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899017 There are usernames exist in blacklist
   * - 899018 Admin can not be added into blacklist
   * - 899020 no auth to operating other appkey
   *
   * @see "Cross-application"
   */
  readonly add: Method<'cross.users.blacklist.add'>
  /**
   * Get a blacklist, users of other apps included.
   *
   * `GET /v1/cross/users/:username/blacklist`
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "Cross-application"
   */
  readonly list: Method<'cross.users.blacklist.list'>
  /**
   * Remove users of any app of the account from a blacklist.
   *
   * `DELETE /v1/cross/users/:username/blacklist`
   *
   * - `body`: at most 500 items
   * - `body[].usernames`: at most 500 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899019 Here are usernames not exist in blacklist
   * - 899020 no auth to operating other appkey
   *
   * @see "Cross-application"
   */
  readonly remove: Method<'cross.users.blacklist.remove'>
}

export interface CrossUsersFriendsMethods {
  /**
   * Make users of another app friends of a user, mutual and at once.
   *
   * `POST /v1/cross/users/:username/friends`
   *
   * At most 500 items a call: `.many(…)` takes any number of them.
   *
   * - `body.users`: at most 500 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899020 no auth to operating other appkey
   * - 899070 friend already exist
   *
   * @see "Cross-application"
   */
  readonly add: Method<'cross.users.friends.add'>
  /**
   * End friendships with users of another app; who is no friend is passed over.
   *
   * `DELETE /v1/cross/users/:username/friends`
   *
   * At most 500 items a call: `.many(…)` takes any number of them.
   *
   * - `body.users`: at most 500 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899020 no auth to operating other appkey
   *
   * @see "Cross-application"
   */
  readonly remove: Method<'cross.users.friends.remove'>
  /**
   * Change what a user notes of friends in any app of the account, all or nothing.
   *
   * `PUT /v1/cross/users/:username/friends`
   *
   * At most 500 items a call: `.many(…)` takes any number of them.
   *
   * - `body`: at most 500 items
   * - `body[].note_name`: 0 to 64 bytes
   * - `body[].others`: 0 to 250 bytes
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899020 no auth to operating other appkey
   * - 899071 friend not exist
   *
   * @see "Cross-application"
   */
  readonly update: Method<'cross.users.friends.update'>
}

export interface CrossUsersGroupsMethods {
  /**
   * List the groups of a user, those of other apps included.
   *
   * `GET /v1/cross/users/:username/groups`
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "Cross-application"
   */
  readonly list: Method<'cross.users.groups.list'>
}

export interface FriendsMethods {
  /**
   * Make users friends of a user, mutual and at once.
   *
   * `POST /v1/users/:username/friends`
   *
   * Nobody is asked. One who is a friend already refuses the call as a whole.
   *
   * At most 500 items a call: `.many(…)` takes any number of them.
   *
   * - `body`: at most 500 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899070 friend already exist
   *
   * @see "Friends"
   */
  readonly add: Method<'friends.add'>
  /**
   * List the friends of a user, those of other apps included.
   *
   * `GET /v1/users/:username/friends`
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "Friends"
   */
  readonly list: Method<'friends.list'>
  /**
   * End friendships; who is no friend is passed over.
   *
   * `DELETE /v1/users/:username/friends`
   *
   * At most 500 items a call: `.many(…)` takes any number of them.
   *
   * - `body`: at most 500 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "Friends"
   */
  readonly remove: Method<'friends.remove'>
  /**
   * Change what a user notes of friends, all or nothing.
   *
   * `PUT /v1/users/:username/friends`
   *
   * An empty string clears a note.
   *
   * At most 500 items a call: `.many(…)` takes any number of them.
   *
   * - `body`: at most 500 items
   * - `body[].note_name`: 0 to 64 bytes
   * - `body[].others`: 0 to 250 bytes
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899071 friend not exist
   *
   * @see "Friends"
   */
  readonly update: Method<'friends.update'>
}

export interface GroupsMethods {
  /**
   * Create a group; the owner is its first member.
   *
   * `POST /v1/groups/`
   *
   * - `body.name`: 1 to 64 bytes
   * - `body.members_username`: at most 500 items
   * - `body.avatar`: 0 to 250 bytes
   * - `body.desc`: 0 to 250 bytes
   * - `body.flag`: 0, 1, 2
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899012 No enough space for members
   * - 899015 User 's group are full can not continue
   *
   * @see "Groups"
   */
  readonly create: Method<'groups.create'>
  /**
   * Dissolve a group.
   *
   * `DELETE /v1/groups/:gid`
   *
   * Its message history stays.
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   * - 899006 Group id invalid
   *
   * @see "Groups"
   */
  readonly delete: Method<'groups.delete'>
  /**
   * Get a group.
   *
   * `GET /v1/groups/:gid`
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   * - 899006 Group id invalid
   *
   * @see "Groups"
   */
  readonly get: Method<'groups.get'>
  /**
   * List the groups of the app, oldest first.
   *
   * `GET /v1/groups/`
   *
   * Paged: `.each(…)` reads all of it item by item, `.pages(…)` page by page.
   *
   * - `start`: zero-based offset of the first record; default 0; 0 or more
   * - `count`: page size; default 500; 1 to 500
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Groups"
   */
  readonly list: Method<'groups.list'>
  readonly members: GroupsMembersMethods
  readonly owner: GroupsOwnerMethods
  /**
   * Silence members (status=true) until it is lifted (status=false).
   *
   * `PUT /v1/groups/messages/:gid/silence`
   *
   * The owner cannot be silenced: 899003. Leaving the group ends a silence.
   *
   * At most 500 items a call: `.many(…)` takes any number of them.
   *
   * - `status`: true or false
   * - `body`: at most 500 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899006 Group id invalid
   * - 899014 User is not in the group
   *
   * @see "Groups"
   */
  readonly silence: Method<'groups.silence'>
  /**
   * Update name, description or avatar.
   *
   * `PUT /v1/groups/:gid`
   *
   * - `body.name`: 1 to 64 bytes
   * - `body.desc`: 0 to 250 bytes
   * - `body.avatar`: 0 to 250 bytes
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   * - 899006 Group id invalid
   *
   * @see "Groups"
   */
  readonly update: Method<'groups.update'>
}

export interface GroupsMembersMethods {
  /**
   * Add members (v2).
   *
   * `POST /v2/groups/:gid/addMembers`
   *
   * At most 500 items a call: `.many(…)` takes any number of them.
   *
   * - `body`: at most 500 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899006 Group id invalid
   * - 899011 Repeat to add the members
   * - 899012 No enough space for members
   * - 899015 User 's group are full can not continue
   *
   * @see "Groups"
   */
  readonly add: Method<'groups.members.add'>
  /**
   * List members.
   *
   * `GET /v1/groups/:gid/members/`
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   * - 899006 Group id invalid
   * - 899021 should use cross app api
   *
   * @see "Groups"
   */
  readonly list: Method<'groups.members.list'>
  /**
   * Remove members (v2).
   *
   * `POST /v2/groups/:gid/delMembers`
   *
   * At most 500 items a call: `.many(…)` takes any number of them.
   *
   * - `body`: at most 500 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899006 Group id invalid
   * - 899014 User is not in the group
   *
   * @see "Groups"
   */
  readonly remove: Method<'groups.members.remove'>
  /**
   * Add and remove members; additions come first and stay if a removal fails.
   *
   * `POST /v1/groups/:gid/members`
   *
   * - `body.add`: at most 500 items
   * - `body.remove`: at most 500 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899006 Group id invalid
   * - 899011 Repeat to add the members
   * - 899012 No enough space for members
   * - 899014 User is not in the group
   * - 899015 User 's group are full can not continue
   *
   * @see "Groups"
   */
  readonly update: Method<'groups.members.update'>
}

export interface GroupsOwnerMethods {
  /**
   * Hand a group over to another member; the old owner stays a member.
   *
   * `PUT /v1/groups/owner/:gid`
   *
   * - `body.appkey`: app of the new owner, if another
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899006 Group id invalid
   * - 899014 User is not in the group
   * - 899020 no auth to operating other appkey
   *
   * @see "Extra: REST API (later revisions)"
   */
  readonly update: Method<'groups.owner.update'>
}

export interface MessagesMethods {
  /**
   * Withdraw a message, for three minutes after it was sent.
   *
   * `POST /v1/messages/:username/:msgid/retract`
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 855001 out of time
   * - 855002 request user is not message sender
   * - 855003 request message not exist
   * - 855004 message already retract
   * - 899003 parameter invalid
   *
   * @see "Messages"
   */
  readonly retract: Method<'messages.retract'>
  /**
   * Send a message as an admin.
   *
   * `POST /v1/messages`
   *
   * An admin may send to groups and rooms it is not in, and is not bound by mutes there.
   *
   * - `body.version`: 1
   * - `body.target_type`: single, group, chatroom
   * - `body.target_id`: username, gid or chat room id
   * - `body.target_name`: 0 to 250 bytes
   * - `body.from_type`: admin, user
   * - `body.from_name`: 0 to 250 bytes
   * - `body.no_offline`: true or false
   * - `body.no_notification`: true or false
   * - `body.msg_type`: text; image; voice; custom; file; location; video
   * - `body.msg_body`: at most 4096 bytes of JSON
   * - `body.msg_body.text`: 1 to 4096 bytes
   * - `body.msg_body.media_id`: 1 to 250 bytes
   * - `body.msg_body.duration`: seconds
   * - `body.msg_body.label`: 0 to 4096 bytes
   * - `body.msg_body.video.media_id`: 1 to 250 bytes
   * - `body.msg_body.thumb.media_id`: 1 to 250 bytes
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 803005 user not in group
   * - 803008 user in blacklist
   * - 803009 the message contains sensitive word
   * - 803012 can not chat while silent
   * - 847001 user not in chatroom
   * - 847002 user baned to post
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899006 Group id invalid
   * - 899016 No authority to send message
   * - 899020 no auth to operating other appkey
   * - 899081 room id no exist
   *
   * @see "Messages"
   */
  readonly send: Method<'messages.send'>
}

export interface ReportMethods {
  readonly chatrooms: ReportChatroomsMethods
  readonly groups: ReportGroupsMethods
  readonly messages: ReportMessagesMethods
  readonly statistic: ReportStatisticMethods
  readonly users: ReportUsersMethods
  readonly v1: ReportV1Methods
}

export interface ReportChatroomsMethods {
  readonly messages: ReportChatroomsMessagesMethods
}

export interface ReportChatroomsMessagesMethods {
  /**
   * Message history of a chat room.
   *
   * `GET /v2/chatrooms/:roomId/messages`
   *
   * Kept for 60 days; retracted messages are left out.
   *
   * Paged: `.each(…)` reads a range of any length message by message, `.pages(…)` page by page.
   *
   * - `count`: page size; needed without cursor; 1 to 1000
   * - `begin_time`: inclusive; needed without cursor
   * - `end_time`: inclusive, at most 7 days after begin_time; needed without cursor
   * - `cursor`: of the page before; alone; good for 120 seconds
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   * - 899081 room id no exist
   *
   * @see "Extra: Report V2 (history and statistics)"
   */
  readonly list: Method<'report.chatrooms.messages.list'>
}

export interface ReportGroupsMethods {
  readonly messages: ReportGroupsMessagesMethods
}

export interface ReportGroupsMessagesMethods {
  /**
   * Message history of a group.
   *
   * `GET /v2/groups/:gid/messages`
   *
   * Kept for 60 days; retracted messages are left out.
   *
   * Paged: `.each(…)` reads a range of any length message by message, `.pages(…)` page by page.
   *
   * - `count`: page size; needed without cursor; 1 to 1000
   * - `begin_time`: inclusive; needed without cursor
   * - `end_time`: inclusive, at most 7 days after begin_time; needed without cursor
   * - `cursor`: of the page before; alone; good for 120 seconds
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   * - 899006 Group id invalid
   *
   * @see "Extra: Report V2 (history and statistics)"
   */
  readonly list: Method<'report.groups.messages.list'>
}

export interface ReportMessagesMethods {
  /**
   * Message history of the app.
   *
   * `GET /v2/messages`
   *
   * Kept for 60 days; retracted messages are left out.
   *
   * Paged: `.each(…)` reads a range of any length message by message, `.pages(…)` page by page.
   *
   * - `count`: page size; needed without cursor; 1 to 1000
   * - `begin_time`: inclusive; needed without cursor
   * - `end_time`: inclusive, at most 7 days after begin_time; needed without cursor
   * - `cursor`: of the page before; alone; good for 120 seconds
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Extra: Report V2 (history and statistics)"
   */
  readonly list: Method<'report.messages.list'>
}

export interface ReportStatisticMethods {
  /**
   * Groups by day: how many there are, are new and active.
   *
   * `GET /v2/statistic/groups`
   *
   * - `time_unit`: DAY
   * - `start`: HOUR yyyy-MM-dd HH, DAY yyyy-MM-dd, MONTH yyyy-MM (UTC+8)
   * - `duration`: units from start: HOUR up to 24 within one day, DAY up to 60, MONTH up to 2; 0 to 60
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Extra: Report V2 (history and statistics)"
   */
  readonly groups: Method<'report.statistic.groups'>
  /**
   * Messages by hour, day or month, and by type; chat rooms are not counted.
   *
   * `GET /v2/statistic/messages`
   *
   * - `time_unit`: HOUR, DAY, MONTH
   * - `start`: HOUR yyyy-MM-dd HH, DAY yyyy-MM-dd, MONTH yyyy-MM (UTC+8)
   * - `duration`: units from start: HOUR up to 24 within one day, DAY up to 60, MONTH up to 2; 0 to 60
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Extra: Report V2 (history and statistics)"
   */
  readonly messages: Method<'report.statistic.messages'>
  /**
   * Users by day: how many there are, are new, active and sending.
   *
   * `GET /v2/statistic/users`
   *
   * - `time_unit`: DAY
   * - `start`: HOUR yyyy-MM-dd HH, DAY yyyy-MM-dd, MONTH yyyy-MM (UTC+8)
   * - `duration`: units from start: HOUR up to 24 within one day, DAY up to 60, MONTH up to 2; 0 to 60
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Extra: Report V2 (history and statistics)"
   */
  readonly users: Method<'report.statistic.users'>
}

export interface ReportUsersMethods {
  readonly messages: ReportUsersMessagesMethods
}

export interface ReportUsersMessagesMethods {
  /**
   * Messages a user sent, and single-chat messages sent to the user.
   *
   * `GET /v2/users/:username/messages`
   *
   * Kept for 60 days; retracted messages are left out.
   *
   * Paged: `.each(…)` reads a range of any length message by message, `.pages(…)` page by page.
   *
   * - `count`: page size; needed without cursor; 1 to 1000
   * - `begin_time`: inclusive; needed without cursor
   * - `end_time`: inclusive, at most 7 days after begin_time; needed without cursor
   * - `cursor`: of the page before; alone; good for 120 seconds
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "Extra: Report V2 (history and statistics)"
   */
  readonly list: Method<'report.users.messages.list'>
}

export interface ReportV1Methods {
  readonly messages: ReportV1MessagesMethods
  readonly users: ReportV1UsersMethods
}

export interface ReportV1MessagesMethods {
  /**
   * Message history of the app (V1).
   *
   * `GET /v1/messages`
   *
   * Superseded by V2, whose pages cost the same however far they are.
   *
   * Paged: `.each(…)` reads all of it item by item, `.pages(…)` page by page.
   *
   * - `start`: zero-based offset of the first record; 0 or more
   * - `count`: page size; 1 to 1000
   * - `begin_time`: inclusive
   * - `end_time`: inclusive
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Extra: Report V1 (history)"
   */
  readonly list: Method<'report.v1.messages.list'>
}

export interface ReportV1UsersMethods {
  readonly messages: ReportV1UsersMessagesMethods
}

export interface ReportV1UsersMessagesMethods {
  /**
   * Messages a user sent, and single-chat messages sent to the user (V1).
   *
   * `GET /v1/users/:username/messages`
   *
   * Superseded by V2, whose pages cost the same however far they are.
   *
   * Paged: `.each(…)` reads all of it item by item, `.pages(…)` page by page.
   *
   * - `start`: zero-based offset of the first record; 0 or more
   * - `count`: page size; 1 to 1000
   * - `begin_time`: inclusive
   * - `end_time`: inclusive
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "Extra: Report V1 (history)"
   */
  readonly list: Method<'report.v1.users.messages.list'>
}

export interface ResourceMethods {
  /**
   * Get a download URL for a media_id.
   *
   * `GET /v1/resource`
   *
   * - `mediaId`: 1 to 250 bytes
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Media files"
   */
  readonly download: Method<'resource.download'>
  /**
   * Upload an image, voice clip or file of at most 8 MiB.
   *
   * `POST /v1/resource`
   *
   * - `type`: image, file, voice
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Media files"
   */
  readonly upload: Method<'resource.upload'>
}

export interface SdkregisterMethods {
  /**
   * Get whether users can register themselves in client apps.
   *
   * `GET /v1/sdkregister/status`
   *
   * @see "Configuration"
   */
  readonly get: Method<'sdkregister.get'>
  /**
   * Let users register themselves in client apps (status=1), or not (status=0).
   *
   * `PUT /v1/sdkregister/status`
   *
   * On at first. Registration over this API is not touched.
   *
   * - `status`: 0 or 1
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Configuration"
   */
  readonly set: Method<'sdkregister.set'>
}

export interface SensitivewordsMethods {
  /**
   * Add sensitive words; those listed already are passed over.
   *
   * `POST /v1/sensitiveword`
   *
   * An app has at most 100 words. Words are told apart by case.
   *
   * - `body`: at most 100 items
   * - `body[]`: 1 to 10 characters
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Sensitive words"
   */
  readonly add: Method<'sensitivewords.add'>
  /**
   * Delete a sensitive word.
   *
   * `DELETE /v1/sensitiveword`
   *
   * - `body.word`: 1 to 10 characters
   * - `body`: as the TypeScript client sends it: all or none; at most 100 items
   * - `body[]`: 1 to 10 characters
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Sensitive words"
   */
  readonly delete: Method<'sensitivewords.delete'>
  /**
   * List the sensitive words, oldest first.
   *
   * `GET /v1/sensitiveword`
   *
   * Paged: `.each(…)` reads all of it item by item, `.pages(…)` page by page.
   *
   * - `start`: zero-based offset of the first record; default 0; 0 or more
   * - `count`: page size; default 100; 1 to 2000
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Sensitive words"
   */
  readonly list: Method<'sensitivewords.list'>
  readonly status: SensitivewordsStatusMethods
  /**
   * Replace one sensitive word by another.
   *
   * `PUT /v1/sensitiveword`
   *
   * - `body.old_word`: 1 to 10 characters
   * - `body.new_word`: 1 to 10 characters
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Sensitive words"
   */
  readonly update: Method<'sensitivewords.update'>
}

export interface SensitivewordsStatusMethods {
  /**
   * Get whether the filter of sensitive words is on.
   *
   * `GET /v1/sensitiveword/status`
   *
   * @see "Sensitive words"
   */
  readonly get: Method<'sensitivewords.status.get'>
  /**
   * Switch the filter of sensitive words on (status=1) or off (status=0).
   *
   * `PUT /v1/sensitiveword/status`
   *
   * Off at first. While it is on, a text message that contains a word is refused: 803009.
   *
   * - `status`: 0 or 1
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Sensitive words"
   */
  readonly set: Method<'sensitivewords.status.set'>
}

export interface UsersMethods {
  readonly blacklist: UsersBlacklistMethods
  readonly chatrooms: UsersChatroomsMethods
  /**
   * Delete one user.
   *
   * `DELETE /v1/users/:username`
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "User maintenance"
   */
  readonly delete: Method<'users.delete'>
  /**
   * Delete up to 100 users, all or none.
   *
   * `DELETE /v1/users/`
   *
   * At most 100 items a call: `.many(…)` takes any number of them.
   *
   * - `body`: at most 100 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "User maintenance"
   */
  readonly deleteBatch: Method<'users.deleteBatch'>
  /**
   * Disable a user (disable=true) or enable it again.
   *
   * `PUT /v1/users/:username/forbidden`
   *
   * - `disable`: true or false
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "Do-not-disturb and forbidden"
   */
  readonly forbidden: Method<'users.forbidden'>
  /**
   * Get one user.
   *
   * `GET /v1/users/:username`
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "User maintenance"
   */
  readonly get: Method<'users.get'>
  readonly groups: UsersGroupsMethods
  /**
   * Shield a user from the messages of groups, or end it; all or nothing.
   *
   * `POST /v1/users/:username/groupsShield`
   *
   * - `body.add`: at most 500 items
   * - `body.remove`: at most 500 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 842002 user not in group
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899051 group is not exist
   * - 899052 group shield already open
   * - 899053 group shield already close
   *
   * @see "Groups"
   */
  readonly groupsShield: Method<'users.groupsShield'>
  /**
   * List the users of the app, oldest first, admins included.
   *
   * `GET /v1/users/`
   *
   * Paged: `.each(…)` reads all of it item by item, `.pages(…)` page by page.
   *
   * - `start`: zero-based offset of the first record; default 0; 0 or more
   * - `count`: page size; default 500; 1 to 500
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "User maintenance"
   */
  readonly list: Method<'users.list'>
  /**
   * Change do-not-disturb settings, all or nothing.
   *
   * `POST /v1/users/:username/nodisturb`
   *
   * - `body.single.add`: at most 500 items
   * - `body.single.remove`: at most 500 items
   * - `body.group.add`: at most 500 items
   * - `body.group.remove`: at most 500 items
   * - `body.global`: 0, 1
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899043 duplicate add user
   * - 899044 user is not exist in setting
   * - 899046 user is not in group
   * - 899047 duplicate add group
   * - 899048 already open global
   * - 899049 group is not exist in setting
   * - 899050 already close global
   * - 899051 group is not exist
   *
   * @see "Do-not-disturb and forbidden"
   */
  readonly nodisturb: Method<'users.nodisturb'>
  readonly password: UsersPasswordMethods
  /**
   * Register users in a batch; each has its own result.
   *
   * `POST /v1/users/`
   *
   * When no user of the batch was registered, the status is that of the first failure. More than 500 users are refused as a whole.
   *
   * At most 500 items a call: `.many(…)` takes any number of them.
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899001 User exist
   * - 899003 parameter invalid
   * - 899013 User list is bigger than 500
   *
   * @see "User registration"
   */
  readonly register: Method<'users.register'>
  /**
   * Get the login and online state of one user.
   *
   * `GET /v1/users/:username/userstat`
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "User maintenance"
   */
  readonly stat: Method<'users.stat'>
  /**
   * Get the state of several users, by device.
   *
   * `POST /v1/users/userstat`
   *
   * Answers in the order of the request. One unknown user refuses the call as a whole.
   *
   * At most 500 items a call: `.many(…)` takes any number of them.
   *
   * - `body`: at most 500 items
   * - `body[]`: 4 to 128 letters, digits and `_ . - @`; first a letter or digit
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "User maintenance"
   */
  readonly statBatch: Method<'users.statBatch'>
  /**
   * Get the state of several users, by device; unknown users are told apart.
   *
   * `POST /v2/users/statuser`
   *
   * Answers in the order of the request.
   *
   * At most 500 items a call: `.many(…)` takes any number of them.
   *
   * - `body`: at most 500 items
   * - `body[]`: 4 to 128 letters, digits and `_ . - @`; first a letter or digit
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899003 parameter invalid
   *
   * @see "Extra: REST API (later revisions)"
   */
  readonly statBatchV2: Method<'users.statBatchV2'>
  /**
   * Update a profile; an empty string clears a text field.
   *
   * `PUT /v1/users/:username`
   *
   * - `body.nickname`: 0 to 64 bytes
   * - `body.avatar`: media_id returned by the upload; 0 to 250 bytes
   * - `body.signature`: 0 to 250 bytes
   * - `body.gender`: 0, 1, 2
   * - `body.region`: 0 to 250 bytes
   * - `body.address`: 0 to 250 bytes
   * - `body.extras`: at most 512 bytes of JSON
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "User maintenance"
   */
  readonly update: Method<'users.update'>
}

export interface UsersBlacklistMethods {
  /**
   * Add users to a blacklist.
   *
   * `PUT /v1/users/:username/blacklist`
   *
   * At most 500 items a call: `.many(…)` takes any number of them.
   *
   * - `body`: at most 500 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899017 There are usernames exist in blacklist
   * - 899018 Admin can not be added into blacklist
   *
   * @see "User maintenance"
   */
  readonly add: Method<'users.blacklist.add'>
  /**
   * Get a blacklist.
   *
   * `GET /v1/users/:username/blacklist`
   *
   * Users of other apps are left out: cross.users.blacklist.list has them.
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "User maintenance"
   */
  readonly list: Method<'users.blacklist.list'>
  /**
   * Remove users from a blacklist.
   *
   * `DELETE /v1/users/:username/blacklist`
   *
   * At most 500 items a call: `.many(…)` takes any number of them.
   *
   * - `body`: at most 500 items
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   * - 899019 Here are usernames not exist in blacklist
   *
   * @see "User maintenance"
   */
  readonly remove: Method<'users.blacklist.remove'>
}

export interface UsersChatroomsMethods {
  /**
   * List the chat rooms a user is in.
   *
   * `GET /v1/users/:username/chatroom`
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "Chat rooms"
   */
  readonly list: Method<'users.chatrooms.list'>
}

export interface UsersGroupsMethods {
  /**
   * List the groups of a user.
   *
   * `GET /v1/users/:username/groups/`
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "Groups"
   */
  readonly list: Method<'users.groups.list'>
}

export interface UsersPasswordMethods {
  /**
   * Set a new password.
   *
   * `PUT /v1/users/:username/password`
   *
   * - `body.new_password`: 4 to 128 bytes
   *
   * @throws ApiError with one of these codes, or one that any call can have:
   * - 899002 No such user
   * - 899003 parameter invalid
   *
   * @see "User maintenance"
   */
  readonly update: Method<'users.password.update'>
}
