import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { changes, Id, UserRef, users } from './fields.ts'
import { UserRecord } from './users.ts'

const section = 'User maintenance'

export const blacklistAdd = endpoint({
  id: 'users.blacklist.add',
  section,
  title: 'Add users to a blacklist',
  method: 'PUT',
  path: '/v1/users/:username/blacklist',
  body: users(500),
  status: 204,
  errors: [899002, 899003, 899017, 899018],
  batch: { max: 500 },
})

export const blacklistRemove = endpoint({
  id: 'users.blacklist.remove',
  section,
  title: 'Remove users from a blacklist',
  method: 'DELETE',
  path: '/v1/users/:username/blacklist',
  body: users(500),
  status: 204,
  errors: [899002, 899003, 899019],
  batch: { max: 500 },
})

export const blacklistList = endpoint({
  id: 'users.blacklist.list',
  section,
  title: 'Get a blacklist',
  method: 'GET',
  path: '/v1/users/:username/blacklist',
  status: 200,
  response: z.array(UserRecord),
  errors: [899002, 899003],
  notes: 'Users of other apps are left out: cross.users.blacklist.list has them.',
})

export const nodisturb = endpoint({
  id: 'users.nodisturb',
  section: 'Do-not-disturb and forbidden',
  title: 'Change do-not-disturb settings, all or nothing',
  method: 'POST',
  path: '/v1/users/:username/nodisturb',
  body: z
    .object({
      single: changes(UserRef).optional(),
      group: changes(Id).optional(),
      global: z.literal([0, 1], 'must be 0 or 1').optional(),
    })
    .refine(
      body => body.single !== undefined || body.group !== undefined || body.global !== undefined,
      'must hold at least one of single, group, global',
    ),
  status: 204,
  errors: [899002, 899003, 899043, 899044, 899046, 899047, 899048, 899049, 899050, 899051],
})
