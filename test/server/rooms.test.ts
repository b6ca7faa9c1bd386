import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openWorld } from './tables.ts'
import { APP, OTHER, refusal, world } from './world.ts'

async function people() {
  const w = await world()
  await w.users('owner', 'bob1', 'carl')
  return w
}
const ids = (rooms: { id: number }[]) => rooms.map(room => room.id)

test('shows rooms in the order they are asked for, without those it does not know', async () => {
  const w = await people()
  const body = { owner_username: 'owner', name: '室', members_username: ['bob1'], description: 'd', flag: 1 }
  const { chatroom_id: first } = (await w.call('POST', '/v1/chatroom', body)).body
  const second = await w.room('carl')
  const { body: rooms } = await w.call('POST', '/v1/chatroom/batch', [second, 999, String(first), second])
  expect(rooms).toEqual([
    expect.objectContaining({ id: second, owner_username: 'carl', description: '', flag: 0 }),
    {
      id: first,
      owner_username: 'owner',
      max_member_count: 10_000,
      appkey: APP.appKey,
      name: '室',
      description: 'd',
      total_member_count: 2,
      ctime: '2026-01-01 08:00:00',
      flag: 1,
    },
  ])
  expect(refusal(await w.call('POST', '/v1/chatroom/batch', [999]))).toEqual([403, 899081])
  expect(refusal(await w.callAs(OTHER, 'POST', '/v1/chatroom/batch', [first]))).toEqual([403, 899081])
  const tooMany = Array.from({ length: 501 }, (_, i) => i + 1)
  for (const bad of [[], {}, ['x'], [0], [1.5], tooMany])
    expect(refusal(await w.call('POST', '/v1/chatroom/batch', bad))).toEqual([400, 899003])
  expect(refusal(await w.call('POST', '/v1/chatroom/batch', tooMany.slice(1)))).toEqual([403, 899081])
})

test('lists the rooms of the app page by page, oldest first', async () => {
  const w = await people()
  await w.callAs(OTHER, 'POST', '/v1/users', [{ username: 'else', password: 'secret' }])
  await w.callAs(OTHER, 'POST', '/v1/chatroom', { owner_username: 'else', name: 'other' })
  const all: number[] = []
  for (const owner of ['carl', 'owner', 'bob1', 'owner']) all.push(await w.room(owner))
  const anyPage = fc.asyncProperty(fc.nat(6), fc.integer({ min: 1, max: 500 }), async (start, count) => {
    const { body } = await w.call('GET', `/v1/chatroom?start=${start}&count=${count}`)
    const page = all.slice(start, start + count)
    expect(ids(body.rooms)).toEqual(page)
    expect([body.total, body.start, body.count]).toEqual([4, start, page.length])
  })
  await fc.assert(anyPage, { numRuns: 30 })
  for (const query of ['count=501', 'count=0', 'start=-1', 'start=x'])
    expect(refusal(await w.call('GET', `/v1/chatroom?${query}`))).toEqual([400, 899003])
})

test('lists the rooms a user is in', async () => {
  const w = await people()
  const [first, , third] = [await w.room('owner', 'bob1'), await w.room('owner'), await w.room('bob1')]
  const { body } = await w.call('GET', '/v1/users/bob1/chatroom')
  expect(ids(body)).toEqual([first, third])
  expect(body).toEqual((await w.call('POST', '/v1/chatroom/batch', [first, third])).body)
  expect((await w.call('GET', '/v1/users/carl/chatroom')).body).toEqual([])
  expect(refusal(await w.call('GET', '/v1/users/nobody/chatroom'))).toEqual([403, 899002])
})

test('updates what is named', async () => {
  const w = await people()
  const id = await w.room('owner', 'bob1')
  const shown = async () => (await w.call('POST', '/v1/chatroom/batch', [id])).body[0]
  const before = await shown()
  expect((await w.call('PUT', `/v1/chatroom/${id}`, { name: 'new', description: 'of it' })).status).toBe(204)
  expect(await shown()).toEqual({ ...before, name: 'new', description: 'of it' })
  expect((await w.call('PUT', `/v1/chatroom/${id}`, { owner_username: 'bob1' })).status).toBe(204)
  expect((await w.call('PUT', `/v1/chatroom/${id}`, { description: '', name: null })).status).toBe(204)
  expect(await shown()).toEqual({ ...before, name: 'new', description: '', owner_username: 'bob1' })
})

test.each([
  [{}, [400, 899003]],
  [{ flag: 1 }, [400, 899003]],
  [{ name: '' }, [400, 899003]],
  [{ name: 'x'.repeat(65) }, [400, 899003]],
  [{ name: 'new', description: 'x'.repeat(251) }, [400, 899003]],
  [{ name: 'new', owner_username: 'nobody' }, [403, 899002]],
  [{ name: 'new', owner_username: 'carl' }, [403, 853002]],
])('refuses the update %j and changes nothing', async (body, expected) => {
  const w = await people()
  const id = await w.room('owner', 'bob1')
  const before = (await w.call('GET', '/v1/chatroom')).body
  expect(refusal(await w.call('PUT', `/v1/chatroom/${id}`, body))).toEqual(expected)
  expect((await w.call('GET', '/v1/chatroom')).body).toEqual(before)
})

test('lets an owner post who was forbidden, and the old one be removed', async () => {
  const w = await people()
  const id = await w.room('owner', 'bob1')
  await w.call('PUT', `/v1/chatroom/${id}/forbidden/bob1?status=1`)
  await w.call('PUT', `/v1/chatroom/${id}`, { owner_username: 'bob1' })
  expect((await w.say('bob1', 'chatroom', id)).status).toBe(201)
  expect(refusal(await w.call('DELETE', `/v1/chatroom/${id}/members`, ['bob1']))).toEqual([403, 852004])
  expect((await w.call('DELETE', `/v1/chatroom/${id}/members`, ['owner'])).status).toBe(204)
})

test('deletes a room of many members with all of them', async () => {
  const { w, rows } = await openWorld()
  await w.users('owner', 'bob1')
  const [id, kept] = [await w.room('owner', 'bob1'), await w.room('owner', 'bob1')]
  // Straight into the table: the users need not exist for this.
  await rows(`insert into im_room_member (room, "user", forbidden, ctime)
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 7000)
    select ${id}, 1000 + i, 0, 0 from n returning id`)
  expect((await w.call('DELETE', `/v1/chatroom/${id}`)).status).toBe(204)
  expect(await rows('select distinct room from im_room_member')).toEqual([{ room: kept }])
  expect(refusal(await w.call('GET', `/v1/chatroom/${id}/members`))).toEqual([403, 899081])
  expect(refusal(await w.call('DELETE', `/v1/chatroom/${id}`))).toEqual([403, 899081])
  expect(ids((await w.call('GET', '/v1/users/bob1/chatroom')).body)).toEqual([kept])
  expect(await w.room('owner')).toBeGreaterThan(kept)
})

test('refuses the POST of a client that deletes rooms so', async () => {
  const w = await people()
  const id = await w.room('owner')
  expect((await w.call('POST', `/v1/chatroom/${id}`)).status).toBe(405)
})
