import { expect, test } from 'vitest'
import { APP, OTHER, refusal, world } from './world.ts'

async function room() {
  const w = await world()
  await w.users('owner', 'bob1', 'carl')
  const id = await w.room('owner', 'bob1')
  return { w, id, members: `/v1/chatroom/${id}/members` }
}

test('creates a room and lists who is in it', async () => {
  const { w, id, members } = await room()
  expect(id).toBe(20_000_001)
  await w.clock.advance(1000)
  expect((await w.call('PUT', members, ['carl', 'bob1'])).status).toBe(204)
  const { body } = await w.call('GET', `${members}?start=1&count=2`)
  const born = '2026-01-01 08:00:00'
  expect(body).toEqual({
    total: 3,
    start: 1,
    count: 2,
    users: [
      { username: 'bob1', flag: 0, room_ctime: born, mtime: born, ctime: born },
      { username: 'carl', flag: 0, room_ctime: '2026-01-01 08:00:01', mtime: born, ctime: born },
    ],
  })
  expect(refusal(await w.call('GET', `${members}?count=501`))).toEqual([400, 899003])
})

test.each([
  [{ name: 'r' }, [400, 899003]],
  [{ owner_username: 'owner', name: '' }, [400, 899003]],
  [{ owner_username: 'owner', name: `${'室'.repeat(21)}xx` }, [400, 899003]],
  [{ owner_username: 'owner', name: 'r', description: 'x'.repeat(251) }, [400, 899003]],
  [{ owner_username: 'owner', name: 'r', flag: 2 }, [400, 899003]],
  [{ owner_username: 'nobody', name: 'r' }, [403, 899002]],
  [{ owner_username: 'owner', name: 'r', members_username: ['nobody'] }, [403, 899002]],
])('refuses the room %j', async (body, expected) => {
  const { w } = await room()
  expect(refusal(await w.call('POST', '/v1/chatroom/', body))).toEqual(expected)
})

test('adds all or none, and removes all or none', async () => {
  const { w, members } = await room()
  expect(refusal(await w.call('PUT', members, ['carl', 'nobody']))).toEqual([403, 899002])
  expect(refusal(await w.call('DELETE', members, ['bob1', 'carl']))).toEqual([403, 899082])
  expect(refusal(await w.call('DELETE', members, ['bob1', 'nobody']))).toEqual([403, 899082])
  expect(refusal(await w.call('DELETE', members, ['bob1', 'owner']))).toEqual([403, 852004])
  expect((await w.call('GET', members)).body.total).toBe(2)
  expect((await w.call('DELETE', members, ['bob1'])).status).toBe(204)
  const tooMany = Array.from({ length: 3001 }, (_, i) => `user${i}`)
  for (const method of ['PUT', 'DELETE'])
    for (const body of [[], {}, tooMany])
      expect(refusal(await w.call(method, members, body))).toEqual([400, 899003])
})

test('forbids a member to post, and allows it again', async () => {
  const { w, id } = await room()
  const forbid = (name: string, status: string) =>
    w.call('PUT', `/v1/chatroom/${id}/forbidden/${name}?status=${status}`)
  expect((await forbid('bob1', '1')).status).toBe(204)
  expect((await w.call('GET', `/v1/chatroom/${id}/members`)).body.users[1].flag).toBe(1)
  expect(refusal(await w.say('bob1', 'chatroom', id))).toEqual([403, 847002])
  expect((await forbid('bob1', '0')).status).toBe(204)
  expect((await w.say('bob1', 'chatroom', id)).status).toBe(201)

  expect(refusal(await forbid('nobody', '1'))).toEqual([403, 899002])
  expect(refusal(await forbid('carl', '1'))).toEqual([403, 899082])
  expect(refusal(await forbid('owner', '1'))).toEqual([400, 899003])
  expect(refusal(await forbid('bob1', '2'))).toEqual([400, 899003])
})

test.each([
  ['GET', '/v1/chatroom/ID/members', undefined],
  ['PUT', '/v1/chatroom/ID/members', ['bob1']],
  ['DELETE', '/v1/chatroom/ID/members', ['bob1']],
  ['PUT', '/v1/chatroom/ID/forbidden/bob1?status=1', undefined],
  ['PUT', '/v1/chatroom/ID', { name: 'new' }],
  ['DELETE', '/v1/chatroom/ID', undefined],
  ['POST', '/v1/cross/chatroom/ID/members', { appkey: APP.appKey, add: ['bob1'] }],
])('%s %s knows only rooms of the app', async (method, path, body) => {
  const { w, id } = await room()
  expect(refusal(await w.call(method, path.replace('ID', '999'), body))).toEqual([403, 899081])
  const foreign = await w.callAs(OTHER, method, path.replace('ID', String(id)), body)
  expect(refusal(foreign)).toEqual([403, 899081])
  expect(refusal(await w.call(method, path.replace('ID', 'x'), body))).toEqual([400, 899003])
})

test('lets nobody but the owner and admins post in a closed room', async () => {
  const { w } = await room()
  await w.admin('admin1')
  const body = { owner_username: 'owner', name: 'r', members_username: ['bob1', 'admin1'], flag: 1 }
  const id = (await w.call('POST', '/v1/chatroom', body)).body.chatroom_id
  expect(refusal(await w.say('bob1', 'chatroom', id))).toEqual([403, 847002])
  expect((await w.say('owner', 'chatroom', id)).status).toBe(201)
  expect((await w.say('admin1', 'chatroom', id)).status).toBe(201)
})

test('holds as many members as the server says, 10000 unless told', async () => {
  const { w, id } = await room()
  const { body } = await w.call('POST', '/v1/chatroom/batch', [id])
  expect(body[0].max_member_count).toBe(10_000)

  const small = await world({ maxRoomMembers: 3 })
  await small.users('owner', 'bob1', 'carl', 'dora')
  const create = (...members_username: string[]) =>
    small.call('POST', '/v1/chatroom', { owner_username: 'owner', name: 'r', members_username })
  expect(refusal(await create('bob1', 'carl', 'dora'))).toEqual([403, 851006])
  expect((await small.call('GET', '/v1/chatroom')).body.total).toBe(0)
  const { chatroom_id } = (await create('bob1')).body
  const members = `/v1/chatroom/${chatroom_id}/members`
  expect(refusal(await small.call('PUT', members, ['bob1', 'carl', 'dora']))).toEqual([403, 851006])
  expect((await small.call('GET', members)).body.total).toBe(2)
  expect((await small.call('PUT', members, ['bob1', 'carl'])).status).toBe(204)
  expect((await small.call('PUT', members, ['owner', 'carl'])).status).toBe(204)
  expect(refusal(await small.call('PUT', members, ['dora']))).toEqual([403, 851006])
  expect((await small.call('POST', '/v1/chatroom/batch', [chatroom_id])).body[0]).toMatchObject({
    total_member_count: 3,
    max_member_count: 3,
  })
})
