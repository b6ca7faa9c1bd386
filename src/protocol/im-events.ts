import { z } from 'zod'

/**
 * What members and users are told of, by the numbers of the Web SDK. The REST API has no feed of them: Beadle's server
 * posts them to callbacks that want them, as an extension.
 */
export const imEventNames = {
  1: 'user.forced-offline',
  2: 'user.password-changed',
  5: 'friend.added',
  6: 'friend.removed',
  7: 'friend.updated',
  8: 'group.created',
  9: 'group.left',
  10: 'group.members-added',
  11: 'group.members-removed',
  12: 'group.updated',
  37: 'user.nodisturb-changed',
  38: 'user.blacklist-changed',
  39: 'user.shield-changed',
  40: 'user.updated',
  55: 'message.retracted',
  65: 'group.silence-changed',
  82: 'group.owner-changed',
} as const

export type ImEventType = keyof typeof imEventNames
export type ImEventName = (typeof imEventNames)[ImEventType]

/** Something that happened, as it is posted (Business objects, events). */
export const ImEventRecord = z.object({
  event_id: z.int().positive().describe('rises; the same event keeps it'),
  event_type: z.int().describe('number of the Web SDK'),
  extra: z.int().optional().describe('what kind of it: 1 on, 2 off, 69 dissolved and the like'),
  gid: z.int().optional(),
  usernames: z.array(z.string()).optional().describe('the users it is about, when no group is'),
  msgids: z.array(z.int()).optional(),
  from_username: z.string().optional(),
  to_username_list: z.array(z.string()).optional(),
  new_owner: z.string().optional(),
  description: z.string().optional(),
  ctime: z.int().describe('epoch ms'),
})
export type ImEventRecord = z.output<typeof ImEventRecord>
