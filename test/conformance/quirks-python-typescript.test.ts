import { expect, test } from 'vitest'
import { foundTown } from './town.ts'
import { send, sendEmpty, sendJson } from './wire.ts'

const MALFORMED = { 'content-type': 'application/json;charset:utf-8' }

test('reads JSON of the malformed type that the Python client sends', async () => {
  const town = await foundTown()
  const body = JSON.stringify([{ username: 'novak', password: 'secret', star: 1, mtime: 'x', ctime: 'x' }])
  expect((await send(town, 'POST', '/v1/users/', { headers: MALFORMED, body })).status).toBe(201)
})

test('passes over the body that the Python client sends with GET', async () => {
  const town = await foundTown()
  const answer = await send(town, 'GET', '/v1/users/tommy/blacklist', { headers: MALFORMED, body: 'tommy' })
  expect([answer.status, answer.body]).toEqual([200, []])
})

test.each(['PUT', 'DELETE'])(
  'refuses %s of the bare name that the Python client blacklists',
  async method => {
    const town = await foundTown()
    const answer = await send(town, method, '/v1/users/tommy/blacklist', {
      headers: MALFORMED,
      body: 'caiyi',
    })
    expect([answer.status, answer.body.error.code]).toEqual([400, 899003])
  },
)

test('adds members for the Python client, which never sends remove', async () => {
  const town = await foundTown()
  expect((await sendJson(town, 'POST', `/v1/groups/${town.gid}/members`, { add: ['yiyun'] })).status).toBe(
    204,
  )
})

test('ignores the owner and members that the Python client sends when it renames a group', async () => {
  const town = await foundTown()
  const change = { owner_username: 'caiyi', name: 'renamed', members_username: ['lucas'], desc: 'd' }
  expect((await sendJson(town, 'PUT', `/v1/groups/${town.gid}`, change)).status).toBe(204)
  const { body } = await send(town, 'GET', `/v1/groups/${town.gid}`)
  expect([body.name, body.owner_username]).toEqual(['renamed', 'tommy'])
})

test('registers the array of admins that the later Python client sends, all or none', async () => {
  const town = await foundTown()
  const admins = ['novak', 'newton'].map(username => ({ username, password: 'secret' }))
  const answer = await sendJson(town, 'POST', '/v1/admins/', admins)
  expect([answer.status, answer.body]).toEqual([201, ''])
  const mixed = [{ username: 'nelson', password: 'secret' }, admins[0]]
  const { status, body } = await sendJson(town, 'POST', '/v1/admins/', mixed)
  expect([status, body.error.code]).toEqual([403, 899001])
  expect((await send(town, 'GET', '/v1/users/nelson')).status).toBe(403)
})

test('finds the collections with the slash that the later Python client ends them with', async () => {
  const town = await foundTown()
  const paths = [
    'users',
    'admins',
    'groups',
    'chatroom',
    'sensitiveword',
    'users/tommy/friends',
    'users/tommy/groups',
  ]
  for (const path of paths)
    expect([path, (await send(town, 'GET', `/v1/${path}/?start=0&count=10`)).status]).toEqual([path, 200])
})

test('does not delete the room that the later Python client means to delete by POST', async () => {
  const town = await foundTown()
  const { status, body } = await sendEmpty(town, 'POST', `/v1/chatroom/${town.roomId}`)
  expect([status, body.error.code]).toEqual([405, 405])
})

/** The TypeScript client sends `{}` when it has nothing to say, and a header of its own. */
const EMPTY = { headers: { 'content-type': 'application/json', 'request-time': '1767225600000' }, body: '{}' }

test('passes over the {} that the TypeScript client sends where no body is due', async () => {
  const town = await foundTown()
  const { msg_id } = (await town.must('messages.send', town.message())).body
  const calls = [
    ['POST', `/v1/messages/boss1/${msg_id}/retract`],
    ['PUT', '/v1/users/lucas/forbidden?disable=true'],
    ['PUT', `/v1/chatroom/${town.roomId}/forbidden/caiyi?status=1`],
    ['DELETE', '/v1/users/lucas'],
    ['DELETE', `/v1/groups/${town.gid}`],
    ['DELETE', `/v1/chatroom/${town.roomId}`],
  ] as const
  for (const [method, path] of calls)
    expect([path, (await send(town, method, path, EMPTY)).status]).toEqual([path, 204])
})

test.each(['/v1/sensitiveword/status', '/v1/sdkregister/status', '/sdkregister/status'])(
  'reads the status of %s from the body, where the TypeScript client puts it',
  async path => {
    const town = await foundTown()
    for (const status of [0, 1]) {
      expect((await sendJson(town, 'PUT', path, { status })).status).toBe(204)
      expect((await send(town, 'GET', path)).body).toEqual({ status })
    }
    // What the query says counts.
    expect((await sendJson(town, 'PUT', `${path}?status=0`, { status: 1 })).status).toBe(204)
    expect((await send(town, 'GET', path)).body).toEqual({ status: 0 })
  },
)

test.each([{ status: 2 }, {}, [], { status: 'on' }])('refuses the status %j of a body', async odd => {
  const town = await foundTown()
  const { status, body } = await sendJson(town, 'PUT', '/v1/sdkregister/status', odd)
  expect([status, body.error.code]).toEqual([400, 899003])
})

test('deletes the array of words that the TypeScript client sends, all or none', async () => {
  const town = await foundTown()
  await town.must('sensitivewords.add', { body: ['one', 'two', 'three'] })
  const refused = await sendJson(town, 'DELETE', '/v1/sensitiveword', ['one', 'four'])
  expect([refused.status, refused.body.error.code]).toEqual([400, 899003])
  expect((await sendJson(town, 'DELETE', '/v1/sensitiveword', ['one', 'two'])).status).toBe(204)
  const { words } = (await send(town, 'GET', '/v1/sensitiveword?start=0&count=10')).body
  expect(words.map((word: { name: string }) => word.name)).toEqual(['three'])
})

test('finds a file with the slash that the TypeScript client writes before the query', async () => {
  const town = await foundTown()
  const { status, body } = await send(town, 'GET', '/v1/resource/?mediaId=qiniu%2Fimage%2Fj%2F0')
  // It is the file that is unknown, not the path.
  expect([status, body.error.code]).toEqual([400, 899003])
})

test('answers the states of users where the TypeScript client asks for them', async () => {
  const town = await foundTown()
  const { status, body } = await sendJson(town, 'POST', '/v2/users/userstat', ['tommy', 'nobody'])
  expect(status).toBe(200)
  expect(body).toMatchObject([
    { username: 'tommy', statuscode: 0 },
    { username: 'nobody', statuscode: 1, statusmsg: 'no_exist', devices: [] },
  ])
})

test('does not disable the user whom the TypeScript client disables by PUT of nodisturb', async () => {
  const town = await foundTown()
  const { status } = await send(town, 'PUT', '/v1/users/tommy/nodisturb?disable=true', EMPTY)
  expect(status).toBe(405)
})

test('refuses the JSON that the TypeScript client uploads', async () => {
  const town = await foundTown()
  const { status, body } = await sendJson(town, 'POST', '/v1/resource?type=image', { filename: '/tmp/a.png' })
  expect([status, body.error.code]).toEqual([400, 899003])
})

test('refuses the {} that the TypeScript client blacklists', async () => {
  const town = await foundTown()
  const { status, body } = await send(town, 'PUT', '/v1/users/tommy/blacklist', EMPTY)
  expect([status, body.error.code]).toEqual([400, 899003])
})
