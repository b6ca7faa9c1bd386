import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { line, listOf, text, UserRef, users } from './fields.ts'
import { UserRecord } from './users.ts'

const section = 'Friends'

/** Friends in one call. */
export const FRIENDS_PER_CALL = 500

/** What a user keeps of a friend; only this user sees it. */
export const friendNotes = { note_name: line(0, 64).optional(), others: text(0, 250).optional() }

/** Whether there is a note to change. */
export const hasNote = (item: { note_name?: string | undefined; others?: string | undefined }): boolean =>
  item.note_name !== undefined || item.others !== undefined
export const NO_NOTE = 'must hold at least one of note_name, others'

/** A friend as the list shows it. */
export const FriendRecord = UserRecord.extend({
  appkey: z.string(),
  note_name: z.string().optional(),
  others: z.string().optional(),
})
export type FriendRecord = z.output<typeof FriendRecord>

export const friendsAdd = endpoint({
  id: 'friends.add',
  section,
  title: 'Make users friends of a user, mutual and at once',
  method: 'POST',
  path: '/v1/users/:username/friends',
  body: users(FRIENDS_PER_CALL),
  status: 201,
  errors: [899002, 899003, 899070],
  batch: { max: FRIENDS_PER_CALL },
  notes: 'Nobody is asked. One who is a friend already refuses the call as a whole.',
})

export const friendsRemove = endpoint({
  id: 'friends.remove',
  section,
  title: 'End friendships; who is no friend is passed over',
  method: 'DELETE',
  path: '/v1/users/:username/friends',
  body: users(FRIENDS_PER_CALL),
  status: 204,
  errors: [899002, 899003],
  batch: { max: FRIENDS_PER_CALL },
})

export const friendsUpdate = endpoint({
  id: 'friends.update',
  section,
  title: 'Change what a user notes of friends, all or nothing',
  method: 'PUT',
  path: '/v1/users/:username/friends',
  body: listOf(z.object({ username: UserRef, ...friendNotes }).refine(hasNote, NO_NOTE), FRIENDS_PER_CALL),
  status: 204,
  errors: [899002, 899003, 899071],
  batch: { max: FRIENDS_PER_CALL },
  notes: 'An empty string clears a note.',
})

export const friendsList = endpoint({
  id: 'friends.list',
  section,
  title: 'List the friends of a user, those of other apps included',
  method: 'GET',
  path: '/v1/users/:username/friends',
  status: 200,
  response: z.array(FriendRecord),
  errors: [899002, 899003],
})
