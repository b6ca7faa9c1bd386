import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Username } from './fields.ts'

const section = 'User maintenance'

export const usersStat = endpoint({
  id: 'users.stat',
  section,
  title: 'Get the login and online state of one user',
  method: 'GET',
  path: '/v1/users/:username/userstat',
  status: 200,
  response: z.object({
    login: z.boolean().describe('some device holds a session'),
    online: z.boolean().describe('some device is connected now'),
  }),
  errors: [899002, 899003],
})

/** A device of a user. */
export const Device = z.object({
  login: z.boolean().describe('holds a session'),
  online: z.boolean().describe('is connected now'),
  platform: z.string().describe('a Android, i iOS, j JavaScript, w Windows'),
})
export type Device = z.output<typeof Device>

/** Names whose form is checked, as in paths. */
const usernames = (max: number) =>
  z
    .array(Username, 'must be an array of usernames')
    .min(1, 'must name at least one user')
    .max(max, `must name at most ${max} users`)

export const usersStatBatch = endpoint({
  id: 'users.statBatch',
  section,
  title: 'Get the state of several users, by device',
  method: 'POST',
  path: '/v1/users/userstat',
  body: usernames(500),
  status: 200,
  response: z.array(z.object({ devices: z.array(Device), username: z.string() })),
  errors: [899002, 899003],
  batch: { max: 500 },
  notes: 'Answers in the order of the request. One unknown user refuses the call as a whole.',
})

export const usersStatBatchV2 = endpoint({
  id: 'users.statBatchV2',
  section: 'Extra: REST API (later revisions)',
  title: 'Get the state of several users, by device; unknown users are told apart',
  method: 'POST',
  path: '/v2/users/statuser',
  aliases: ['/v2/users/userstat'],
  body: usernames(500),
  status: 200,
  response: z.array(
    z.object({
      devices: z.array(Device),
      username: z.string(),
      statuscode: z.int().describe('0 known, 1 unknown'),
      statusmsg: z.string().optional().describe('no_exist for an unknown user'),
    }),
  ),
  errors: [899003],
  batch: { max: 500 },
  notes: 'Answers in the order of the request.',
})
