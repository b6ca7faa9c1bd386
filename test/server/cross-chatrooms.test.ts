import { expect, test } from 'vitest'
import { inbox } from './inbox-reader.ts'
import { APP, OTHER, refusal, type World, world } from './world.ts'

/** A room of one app; `bob1` exists in both apps, `else` in the other only. */
async function room(options = {}) {
  const w = await world(options)
  await w.users('owner', 'bob1')
  const people = ['bob1', 'else'].map(username => ({ username, password: 'secret' }))
  await w.callAs(OTHER, 'POST', '/v1/users', people)
  const id = await w.room('owner')
  const update = (body: unknown, prefix = '/v1') =>
    w.call('POST', `${prefix}/cross/chatroom/${id}/members`, body)
  return { w, id, update, names: () => namesIn(w, id) }
}
async function namesIn(w: World, id: number): Promise<string[]> {
  const { body } = await w.call('GET', `/v1/chatroom/${id}/members`)
  expect(body.total).toBe(body.users.length)
  return body.users.map((user: { username: string }) => user.username)
}
const here = { appkey: APP.appKey }
const there = { appkey: OTHER.appKey }

test('adds and removes users of several apps in one call', async () => {
  const { w, id, update, names } = await room()
  const first = [
    { ...there, add: ['else', 'bob1'] },
    { ...here, add: ['owner', 'bob1'] },
  ]
  expect((await update(first)).status).toBe(204)
  expect(await names()).toEqual(['owner', 'else', 'bob1', 'bob1'])
  expect((await update({ appkey: ` ${OTHER.appKey}`, remove: ['bob1'], add: [] }, '')).status).toBe(204)
  expect(await names()).toEqual(['owner', 'else', 'bob1'])
  const rooms = (await w.callAs(OTHER, 'GET', '/v1/users/else/chatroom')).body
  expect(rooms).toMatchObject([{ id, appkey: APP.appKey, owner_username: 'owner', total_member_count: 3 }])
})

test.each([
  [
    [
      { ...there, add: ['else'] },
      { appkey: 'unknown', add: ['bob1'] },
    ],
    [403, 899020],
  ],
  [[{ ...there, add: ['else', 'owner'] }], [403, 899002]],
  [[{ ...there, remove: ['owner'] }], [403, 899002]],
  [[{ ...there, remove: ['else'] }], [403, 899082]],
  [[{ ...here, remove: ['owner'] }], [403, 852004]],
  [[{ ...there }], [400, 899003]],
  [[{ add: ['else'] }], [400, 899003]],
  [[], [400, 899003]],
  [['else'], [400, 899003]],
])('%j changes nothing', async (body, expected) => {
  const { update, names } = await room()
  expect(refusal(await update(body))).toEqual(expected)
  expect(await names()).toEqual(['owner'])
})

test('takes at most 3000 names to add in a call, over all its items', async () => {
  const { update } = await room()
  const names = (count: number) => Array.from({ length: count }, (_, i) => `user${i}`)
  const of = (count: number) => [
    { ...here, add: names(2000) },
    { ...there, add: names(count - 2000) },
  ]
  expect(refusal(await update(of(3001)))).toEqual([400, 899003])
  expect(refusal(await update(of(3000)))).toEqual([403, 899002])
})

test('keeps what came before the list that is refused', async () => {
  const { update, names } = await room({ maxRoomMembers: 2 })
  const answer = await update([
    { ...there, add: ['else'], remove: ['bob1'] },
    { ...here, add: ['bob1'] },
  ])
  expect(refusal(answer)).toEqual([403, 899082])
  expect(await names()).toEqual(['owner', 'else'])
  expect(refusal(await update({ ...there, add: ['bob1'] }))).toEqual([403, 851006])
  expect((await update({ ...there, add: ['else'], remove: ['else'] })).status).toBe(204)
  expect(await names()).toEqual(['owner'])
})

test('hands the last messages to whoever comes in', async () => {
  const { w, id, update } = await room()
  await w.say('owner', 'chatroom', id, { msg_body: { text: 'before' } })
  const stranger = await inbox(w, 'else', 'j', OTHER)
  await update({ ...there, add: ['else'] })
  expect((await stranger.message()).msg_body).toEqual({ text: 'before' })
})

test('passes to a member of another app when its owner is deleted', async () => {
  const { w, id, update, names } = await room()
  await update([
    { ...there, add: ['else'] },
    { ...here, add: ['bob1'] },
  ])
  await w.call('DELETE', '/v1/users/owner')
  expect(await names()).toEqual(['else', 'bob1'])
  expect((await w.call('GET', '/v1/chatroom')).body.rooms[0]).toMatchObject({ id, owner_username: 'else' })
  await w.callAs(OTHER, 'DELETE', '/v1/users/else')
  await w.call('DELETE', '/v1/users/bob1')
  expect((await w.call('GET', '/v1/chatroom')).body).toMatchObject({ total: 0, rooms: [] })
})
