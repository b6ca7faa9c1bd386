import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Flag, JsonObject, jsonObject, line, listOf, page, text, Username, users } from './fields.ts'

const section = 'User maintenance'

/** The profile fields a caller can set. */
export const profileFields = {
  nickname: line(0, 64).optional(),
  avatar: text(0, 250).optional().describe('media_id returned by the upload'),
  birthday: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])( \d\d:\d\d:\d\d)?$/, 'must be a date yyyy-MM-dd')
    .transform(value => (value.length === 10 ? `${value} 00:00:00` : value))
    .optional(),
  signature: text(0, 250).optional(),
  gender: z.literal([0, 1, 2], 'must be 0 (unknown), 1 (male) or 2 (female)').optional(),
  region: text(0, 250).optional(),
  address: text(0, 250).optional(),
  extras: jsonObject(512).optional(),
}

/** A new account; answers never show the password. */
export const NewUser = z.object({ username: Username, password: text(4, 128), ...profileFields })
export type NewUser = z.output<typeof NewUser>

/** A user as lists show it: keys without a value are absent. */
export const UserRecord = z.object({
  username: z.string(),
  nickname: z.string().optional(),
  avatar: z.string().optional(),
  birthday: z.string().optional(),
  gender: z.int().optional(),
  signature: z.string().optional(),
  region: z.string().optional(),
  address: z.string().optional(),
  extras: JsonObject.optional(),
  appkey: z.string().optional(),
  mtime: z.string(),
  ctime: z.string(),
})
export type UserRecord = z.output<typeof UserRecord>

const UserPage = z.object({ total: z.int(), start: z.int(), count: z.int(), users: z.array(UserRecord) })

/** Outcome of one item of a batch registration: with `error` when it failed. */
export const Registration = z.object({
  username: z.string(),
  error: z.object({ code: z.int(), message: z.string() }).optional(),
})

/** An item of a batch is checked by itself, so that one bad item does not refuse the others. */
export const usersRegister = endpoint({
  id: 'users.register',
  section: 'User registration',
  title: 'Register users in a batch; each has its own result',
  method: 'POST',
  path: '/v1/users/',
  body: z
    .array(z.record(z.string(), z.unknown()), 'must be an array of users')
    .min(1, 'must hold at least one user') as unknown as z.ZodType<NewUser[], z.input<typeof NewUser>[]>,
  status: 201,
  response: z.array(Registration),
  errors: [899001, 899003, 899013],
  batch: { max: 500, perItem: true },
  notes:
    'When no user of the batch was registered, the status is that of the first failure. More than 500 users are refused as a whole.',
})

export const adminsRegister = endpoint({
  id: 'admins.register',
  section: 'Admin registration',
  title: 'Register an admin: a user that may send over this API',
  method: 'POST',
  path: '/v1/admins/',
  body: listOf(NewUser, 500),
  status: 201,
  errors: [899001, 899003],
  notes: 'A list of admins is registered whole or not at all.',
})

export const adminsList = endpoint({
  id: 'admins.list',
  section: 'Admin registration',
  title: 'List the admins of the app',
  method: 'GET',
  path: '/v1/admins',
  query: page(500),
  status: 200,
  response: UserPage,
  errors: [899003],
  paged: { by: 'start', items: 'users' },
})

export const usersGet = endpoint({
  id: 'users.get',
  section,
  title: 'Get one user',
  method: 'GET',
  path: '/v1/users/:username',
  status: 200,
  response: UserRecord,
  errors: [899002, 899003],
})

export const usersUpdate = endpoint({
  id: 'users.update',
  section,
  title: 'Update a profile; an empty string clears a text field',
  method: 'PUT',
  path: '/v1/users/:username',
  body: z
    .object(profileFields)
    .refine(
      profile => Object.values(profile).some(value => value !== undefined),
      `must hold at least one of ${Object.keys(profileFields).join(', ')}`,
    ),
  status: 204,
  errors: [899002, 899003],
})

export const usersList = endpoint({
  id: 'users.list',
  section,
  title: 'List the users of the app, oldest first, admins included',
  method: 'GET',
  path: '/v1/users/',
  query: page(500),
  status: 200,
  response: UserPage,
  errors: [899003],
  paged: { by: 'start', items: 'users' },
})

export const usersPasswordUpdate = endpoint({
  id: 'users.password.update',
  section,
  title: 'Set a new password',
  method: 'PUT',
  path: '/v1/users/:username/password',
  body: z.object({ new_password: text(4, 128) }),
  status: 204,
  errors: [899002, 899003],
})

export const usersDeleteBatch = endpoint({
  id: 'users.deleteBatch',
  section,
  title: 'Delete up to 100 users, all or none',
  method: 'DELETE',
  path: '/v1/users/',
  body: users(100),
  status: 204,
  errors: [899002, 899003],
  batch: { max: 100 },
})

export const usersDelete = endpoint({
  id: 'users.delete',
  section,
  title: 'Delete one user',
  method: 'DELETE',
  path: '/v1/users/:username',
  status: 204,
  errors: [899002, 899003],
})

export const usersForbidden = endpoint({
  id: 'users.forbidden',
  section: 'Do-not-disturb and forbidden',
  title: 'Disable a user (disable=true) or enable it again',
  method: 'PUT',
  path: '/v1/users/:username/forbidden',
  query: { disable: Flag },
  status: 204,
  errors: [899002, 899003],
})
