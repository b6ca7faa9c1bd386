import { expect, test } from 'vitest'
import { refusal, world } from './world.ts'

test('forgets a deleted user everywhere but in history', async () => {
  const w = await world()
  await w.users('alice', 'bob1')
  await w.say('alice', 'single', 'bob1')
  await w.call('PUT', '/v1/users/bob1/blacklist', ['alice'])
  await w.call('POST', '/v1/users/bob1/nodisturb', { single: { add: ['alice'] } })
  expect((await w.call('DELETE', '/v1/users/alice')).status).toBe(204)
  expect(refusal(await w.call('GET', '/v1/users/alice'))).toEqual([403, 899002])
  expect((await w.call('GET', '/v1/users/bob1/blacklist')).body).toEqual([])
  const query = 'count=9&begin_time=2026-01-01+00:00:00&end_time=2026-01-02+00:00:00'
  expect((await w.call('GET', `/v2/users/bob1/messages?${query}`)).body.total).toBe(1)

  // Who comes under the name later is someone else.
  await w.users('alice')
  expect((await w.call('GET', `/v2/users/alice/messages?${query}`)).body.total).toBe(0)
  expect((await w.call('PUT', '/v1/users/bob1/blacklist', ['alice'])).status).toBe(204)
  expect((await w.call('POST', '/v1/users/bob1/nodisturb', { single: { add: ['alice'] } })).status).toBe(204)
})

test('hands the groups of a deleted owner to the eldest member', async () => {
  const w = await world()
  await w.users('owner', 'eldest', 'young')
  const shared = await w.group('owner', 'eldest', 'young')
  const lonely = await w.group('owner')
  await w.call('DELETE', '/v1/users/owner')
  expect((await w.call('GET', `/v1/groups/${shared}`)).body.owner_username).toBe('eldest')
  expect((await w.call('GET', `/v1/groups/${shared}/members`)).body).toEqual([
    { username: 'eldest', flag: 1 },
    { username: 'young', flag: 0 },
  ])
  expect(refusal(await w.call('GET', `/v1/groups/${lonely}`))).toEqual([403, 899006])
})

test('hands the rooms of a deleted owner on, and deletes empty ones', async () => {
  const w = await world()
  await w.users('owner', 'eldest', 'young')
  const shared = await w.room('owner', 'eldest', 'young')
  const lonely = await w.room('owner')
  await w.call('DELETE', '/v1/users/owner')
  const removed = await w.call('DELETE', `/v1/chatroom/${shared}/members`, ['eldest'])
  expect(refusal(removed)).toEqual([403, 852004])
  expect(refusal(await w.call('GET', `/v1/chatroom/${lonely}/members`))).toEqual([403, 899081])
})

test('never gives the id of a deleted group again', async () => {
  const w = await world()
  await w.users('owner')
  const first = await w.group('owner')
  await w.call('POST', `/v2/groups/${first}/delMembers`, ['owner'])
  expect(refusal(await w.call('GET', `/v1/groups/${first}`))).toEqual([403, 899006])
  expect([first, await w.group('owner')]).toEqual([10_000_001, 10_000_002])
})

test('the history of a deleted user is found by its name, until someone else has it', async () => {
  const w = await world()
  await w.users('alice', 'bob1')
  await w.admin('admin1')
  await w.send('admin1', 'single', 'alice')
  await w.call('DELETE', '/v1/users/alice')
  await w.call('DELETE', '/v1/users/bob1')
  const history = async (name: string) => w.call('GET', `/v1/users/${name}/messages?start=0&count=10`)
  expect((await history('alice')).body.total).toBe(1)
  expect(refusal(await history('bob1'))).toEqual([403, 899002])
  await w.users('alice')
  expect((await history('alice')).body.total).toBe(0)
})
