import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import {
  AppKey,
  CHANGES_NOTHING,
  changes,
  changesSomething,
  Flag,
  Id,
  line,
  page,
  text,
  UserRef,
  users,
} from './fields.ts'

const section = 'Groups'

/** Members of a group at most, the owner included. */
export const GROUP_MEMBERS = 500
/** Groups a user can be in. */
export const GROUPS_PER_USER = 500

const name = line(1, 64)
const desc = text(0, 250).optional()
const avatar = text(0, 250).optional()

export const GroupRecord = z.object({
  gid: z.int(),
  name: z.string(),
  desc: z.string(),
  appkey: z.string(),
  MaxMemberCount: z.int(),
  mtime: z.string(),
  ctime: z.string(),
  avatar: z.string().optional(),
  owner_username: z.string().optional(),
  flag: z.int().optional().describe('1 private, 2 public'),
})
export type GroupRecord = z.output<typeof GroupRecord>

export const GroupMember = z.object({
  username: z.string(),
  nickname: z.string().optional(),
  avatar: z.string().optional(),
  birthday: z.string().optional(),
  gender: z.int().optional(),
  signature: z.string().optional(),
  region: z.string().optional(),
  address: z.string().optional(),
  flag: z.int().describe('0 member, 1 owner'),
})
export type GroupMember = z.output<typeof GroupMember>

export const groupsCreate = endpoint({
  id: 'groups.create',
  section,
  title: 'Create a group; the owner is its first member',
  method: 'POST',
  path: '/v1/groups/',
  body: z.object({
    owner_username: UserRef,
    name,
    members_username: z.array(UserRef).max(GROUP_MEMBERS).optional(),
    avatar,
    desc,
    flag: z
      .literal([0, 1, 2], 'must be 1 (private) or 2 (public)')
      .transform(flag => flag || 1)
      .optional(),
  }),
  status: 201,
  response: GroupRecord.extend({ members_username: z.array(z.string()) }),
  errors: [899002, 899003, 899012, 899015],
})

export const groupsGet = endpoint({
  id: 'groups.get',
  section,
  title: 'Get a group',
  method: 'GET',
  path: '/v1/groups/:gid',
  status: 200,
  response: GroupRecord,
  errors: [899003, 899006],
})

export const groupsList = endpoint({
  id: 'groups.list',
  section,
  title: 'List the groups of the app, oldest first',
  method: 'GET',
  path: '/v1/groups/',
  query: page(500),
  status: 200,
  response: z.object({ total: z.int(), start: z.int(), count: z.int(), groups: z.array(GroupRecord) }),
  errors: [899003],
  paged: { by: 'start', items: 'groups' },
})

export const groupsDelete = endpoint({
  id: 'groups.delete',
  section,
  title: 'Dissolve a group',
  method: 'DELETE',
  path: '/v1/groups/:gid',
  status: 204,
  errors: [899003, 899006],
  notes: 'Its message history stays.',
})

export const groupsUpdate = endpoint({
  id: 'groups.update',
  section,
  title: 'Update name, description or avatar',
  method: 'PUT',
  path: '/v1/groups/:gid',
  body: z
    .object({ name: name.optional(), desc, avatar })
    .refine(
      group => group.name !== undefined || group.desc !== undefined || group.avatar !== undefined,
      'must hold at least one of name, desc, avatar',
    ),
  status: 204,
  errors: [899003, 899006],
})

export const groupMembersUpdate = endpoint({
  id: 'groups.members.update',
  section,
  title: 'Add and remove members; additions come first and stay if a removal fails',
  method: 'POST',
  path: '/v1/groups/:gid/members',
  body: changes(UserRef, GROUP_MEMBERS).refine(changesSomething, CHANGES_NOTHING),
  status: 204,
  errors: [899002, 899003, 899006, 899011, 899012, 899014, 899015],
})

export const groupMembersAdd = endpoint({
  id: 'groups.members.add',
  section,
  title: 'Add members (v2)',
  method: 'POST',
  path: '/v2/groups/:gid/addMembers',
  body: users(GROUP_MEMBERS),
  status: 204,
  errors: [899002, 899003, 899006, 899011, 899012, 899015],
  batch: { max: GROUP_MEMBERS },
})

export const groupMembersRemove = endpoint({
  id: 'groups.members.remove',
  section,
  title: 'Remove members (v2)',
  method: 'POST',
  path: '/v2/groups/:gid/delMembers',
  body: users(GROUP_MEMBERS),
  status: 204,
  errors: [899002, 899003, 899006, 899014],
  batch: { max: GROUP_MEMBERS },
})

export const groupMembersList = endpoint({
  id: 'groups.members.list',
  section,
  title: 'List members',
  method: 'GET',
  path: '/v1/groups/:gid/members/',
  status: 200,
  response: z.array(GroupMember),
  errors: [899003, 899006, 899021],
})

export const userGroupsList = endpoint({
  id: 'users.groups.list',
  section,
  title: 'List the groups of a user',
  method: 'GET',
  path: '/v1/users/:username/groups/',
  status: 200,
  response: z.array(GroupRecord),
  errors: [899002, 899003],
})

export const groupsSilence = endpoint({
  id: 'groups.silence',
  section,
  title: 'Silence members (status=true) until it is lifted (status=false)',
  method: 'PUT',
  path: '/v1/groups/messages/:gid/silence',
  aliases: ['/groups/messages/:gid/silence'],
  query: { status: Flag },
  body: users(500),
  status: 204,
  errors: [899002, 899003, 899006, 899014],
  batch: { max: 500 },
  notes: 'The owner cannot be silenced: 899003. Leaving the group ends a silence.',
})

export const groupsShield = endpoint({
  id: 'users.groupsShield',
  section,
  title: 'Shield a user from the messages of groups, or end it; all or nothing',
  method: 'POST',
  path: '/v1/users/:username/groupsShield',
  body: changes(Id).refine(changesSomething, CHANGES_NOTHING),
  status: 204,
  errors: [842002, 899002, 899003, 899051, 899052, 899053],
})

export const groupsOwnerUpdate = endpoint({
  id: 'groups.owner.update',
  section: 'Extra: REST API (later revisions)',
  title: 'Hand a group over to another member; the old owner stays a member',
  method: 'PUT',
  path: '/v1/groups/owner/:gid',
  aliases: ['/groups/owner/:gid'],
  body: z.preprocess(
    // The Java client writes appKey.
    value => {
      if (typeof value !== 'object' || value === null || Array.isArray(value) || !('appKey' in value))
        return value
      const { appKey, ...rest } = value as Record<string, unknown>
      return { appkey: appKey, ...rest }
    },
    z.object({ username: UserRef, appkey: AppKey.optional().describe('app of the new owner, if another') }),
  ) as unknown as z.ZodType<
    { username: string; appkey?: string | undefined },
    { username: string; appkey?: string | undefined }
  >,
  status: 204,
  errors: [899002, 899003, 899006, 899014, 899020],
})
