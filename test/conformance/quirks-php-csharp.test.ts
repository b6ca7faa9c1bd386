import { expect, test } from 'vitest'
import { ABROAD, foundTown } from './town.ts'
import { send, sendEmpty, sendJson } from './wire.ts'

test('takes null for what the PHP client was not given', async () => {
  const town = await foundTown()
  const group = {
    owner_username: 'tommy',
    name: 'g',
    members_username: [],
    desc: null,
    avatar: null,
    flag: null,
  }
  const { status, body } = await sendJson(town, 'POST', '/v1/groups', group)
  expect([status, body.desc, 'avatar' in body]).toEqual([201, '', false])
})

test('takes [] for {} from the PHP client, in all maps', async () => {
  const town = await foundTown()
  const message = { ...town.message().body, notification: [], msg_body: { text: 'hello', extras: [] } }
  const sent = await sendJson(town, 'POST', '/v1/messages', message)
  expect(sent.status).toBe(201)
  const user = { username: 'novak', password: 'secret', extras: [] }
  expect((await sendJson(town, 'POST', '/v1/users', [user])).status).toBe(201)
  expect((await sendJson(town, 'PUT', '/v1/users/tommy', { nickname: 'Tom', extras: [] })).status).toBe(204)
  const dnd = { single: [], group: { add: [town.gid] } }
  expect((await sendJson(town, 'POST', '/v1/users/tommy/nodisturb', dnd)).status).toBe(204)
  const custom = { ...town.message().body, msg_type: 'custom', msg_body: [] }
  expect((await sendJson(town, 'POST', '/v1/messages', custom)).status).toBe(201)
})

test('takes ids as strings of digits, as the PHP client sends them', async () => {
  const town = await foundTown()
  const gids = { add: [String(town.gid)] }
  expect((await sendJson(town, 'POST', '/v1/users/tommy/nodisturb', { group: gids })).status).toBe(204)
  expect((await sendJson(town, 'POST', '/v1/users/tommy/groupsShield', gids)).status).toBe(204)
  expect((await sendJson(town, 'POST', '/v1/chatroom/batch', [String(town.roomId)])).body).toHaveLength(1)
  const message = { ...town.message().body, target_type: 'group', target_id: String(town.gid) }
  expect((await sendJson(town, 'POST', '/v1/messages', message)).status).toBe(201)
})

test.each([
  ['PUT', '/v1/users/tommy/blacklist'],
  ['DELETE', '/v1/users/tommy/blacklist'],
  ['POST', '/v1/users/tommy/friends'],
  ['POST', '/v1/users/tommy/nodisturb'],
  ['DELETE', '/v1/users'],
])('refuses %s %s without a body, which the PHP client makes of an empty array', async (method, path) => {
  const town = await foundTown()
  const { status, body } = await sendEmpty(town, method, path)
  expect([status, body.error.code]).toEqual([400, 899003])
})

test.each([
  '/v2//statistic/users?time_unit=DAY&start=2026-01-01&duration=1',
  '/v2//statistic/messages?time_unit=HOUR&start=2026-01-01+00&duration=2',
  '/v2//statistic/groups?time_unit=DAY&start=2026-01-01&duration=1',
  '/v1//users/tommy/messages?start=0&count=10',
  '/v1/messages?start=0&count=10&begin_time=2026-01-01+00%3A00%3A00',
])('finds %s, as the PHP client puts it together', async path => {
  const town = await foundTown()
  expect((await sendEmpty(town, 'GET', path)).status).toBe(200)
})

test('takes a group from the PHP client with `tommy` in it twice, as owner and as member', async () => {
  const town = await foundTown()
  const group = { owner_username: 'tommy', name: 'g', members_username: ['tommy', 'caiyi'] }
  const { status, body } = await sendJson(town, 'POST', '/v1/groups', group)
  expect([status, body.members_username]).toEqual([201, ['caiyi']])
})

/** The C# client indents. */
const indented = (value: unknown) => ({
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value, null, 2).replaceAll('\n', '\r\n'),
})

test('registers users for the C# client: nulls for all that is unset, gender 0, indented', async () => {
  const town = await foundTown()
  const user = {
    username: 'novak',
    password: 'secret',
    nickname: null,
    avatar: null,
    birthday: null,
    signature: null,
    gender: 0,
    region: null,
    address: null,
    extras: null,
  }
  expect((await send(town, 'POST', '/v1/users/', indented([user]))).status).toBe(201)
  expect((await send(town, 'POST', '/v1/admins/', indented({ ...user, username: 'newton' }))).status).toBe(
    201,
  )
  const shown = (await send(town, 'GET', '/v1/users/novak')).body
  expect(Object.keys(shown).sort()).toEqual(['appkey', 'ctime', 'gender', 'mtime', 'username'])
})

test.each(['True', 'False', 'TRUE', '1', '0'])(
  'takes %s for a switch, as the C# and Python clients write it',
  async value => {
    const town = await foundTown()
    expect((await sendEmpty(town, 'PUT', `/v1/users/tommy/forbidden?disable=${value}`)).status).toBe(204)
    const silence = `/v1/groups/messages/${town.gid}/silence?status=${value}`
    expect((await send(town, 'PUT', silence, indented(['caiyi']))).status).toBe(204)
  },
)

test('creates a group for the C# client, whose `item` nobody knows, without members', async () => {
  const town = await foundTown()
  const group = { name: 'g', owner_username: 'tommy', item: ['caiyi'] }
  const { status, body } = await send(town, 'POST', '/v1/groups/', indented(group))
  expect([status, body.members_username]).toEqual([201, []])
})

test('takes one object for a list of one, as the C# client sends it across apps', async () => {
  const town = await foundTown()
  const appkey = ABROAD.appKey
  const members = { appkey, add: ['olga1'], remove: null }
  expect((await send(town, 'POST', `/v1/cross/groups/${town.gid}/members`, indented(members))).status).toBe(
    204,
  )
  await town.must('cross.users.blacklist.add', {
    params: { username: 'tommy' },
    body: [{ appkey, usernames: ['olga1'] }],
  })
  const listed = { appkey, usernames: ['olga1'] }
  expect((await send(town, 'DELETE', '/v1/cross/users/tommy/blacklist', indented(listed))).status).toBe(204)
  const dnd = { appkey, single: { add: ['olga1'], remove: null }, group: [] }
  expect((await send(town, 'POST', '/v1/cross/users/tommy/nodisturb', indented(dnd))).status).toBe(204)
})

test('refuses the bare names that the C# client sends to a blacklist across apps: no app is in them', async () => {
  const town = await foundTown()
  const { status, body } = await send(town, 'PUT', '/v1/cross/users/tommy/blacklist', indented(['olga1']))
  expect([status, body.error.code]).toEqual([400, 899003])
})

test('takes messages of the C# client, with nulls inside the body', async () => {
  const town = await foundTown()
  const message = { ...town.message().body, from_name: null, msg_body: { text: 'hello', extras: null } }
  expect((await send(town, 'POST', '/v1/messages', indented(message))).status).toBe(201)
})
