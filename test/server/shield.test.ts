import { expect, test } from 'vitest'
import { inbox } from './inbox-reader.ts'
import { APP, OTHER, ok, refusal, world } from './world.ts'

const path = '/v1/users/alice/groupsShield'

async function people() {
  const w = await world()
  await w.users('alice', 'bob1')
  return {
    w,
    mine: await w.group('alice', 'bob1'),
    second: await w.group('alice'),
    alien: await w.group('bob1'),
  }
}

test('shields from groups, and ends it', async () => {
  const { w, mine, second } = await people()
  const done = await w.call('POST', path, { add: [mine, String(second), mine] })
  expect([done.status, done.body]).toEqual([204, ''])
  expect((await w.call('POST', path, { add: [], remove: [second] })).status).toBe(204)
  expect((await w.call('POST', path, { add: [second], remove: [mine] })).status).toBe(204)
  expect(refusal(await w.call('POST', path, { remove: [mine] }))).toEqual([403, 899053])
})

test('refuses what it cannot do, and changes nothing then', async () => {
  const { w, mine, second, alien } = await people()
  await w.call('POST', path, { add: [mine] })
  const cases: [unknown, number, number][] = [
    [{ add: [second, 999] }, 403, 899051],
    [{ add: [second], remove: [999] }, 403, 899051],
    [{ add: [second, alien] }, 403, 842002],
    [{ add: [alien, 999] }, 403, 899051],
    [{ add: [second, mine] }, 403, 899052],
    [{ remove: [mine, second] }, 403, 899053],
    [{ add: [second], remove: [second] }, 403, 899053],
    [{ add: [mine], remove: [mine] }, 403, 899052],
    [{}, 400, 899003],
    [{ add: [], remove: null }, 400, 899003],
    [{ add: mine }, 400, 899003],
    [{ add: ['x'] }, 400, 899003],
    [{ add: Array.from({ length: 501 }, () => second) }, 400, 899003],
  ]
  for (const [body, status, code] of cases)
    expect(refusal(await w.call('POST', path, body))).toEqual([status, code])
  expect((await w.call('POST', path, { add: [second], remove: [mine] })).status).toBe(204)
})

test('knows no such user', async () => {
  const { w } = await people()
  expect(refusal(await w.call('POST', '/v1/users/nobody/groupsShield', { add: [999] }))).toEqual([
    403, 899002,
  ])
})

test('shields from a group of another app the user is in', async () => {
  const { w } = await people()
  ok(await w.callAs(OTHER, 'POST', '/v1/users', [{ username: 'carl', password: 'secret' }]), 201)
  const group = { owner_username: 'carl', name: 'theirs' }
  const { gid } = ok(await w.callAs(OTHER, 'POST', '/v1/groups', group), 201).body
  expect(refusal(await w.call('POST', path, { add: [gid] }))).toEqual([403, 842002])
  const alice = [{ appkey: APP.appKey, add: ['alice'] }]
  ok(await w.callAs(OTHER, 'POST', `/v1/cross/groups/${gid}/members`, alice), 204)
  expect((await w.call('POST', path, { add: [gid] })).status).toBe(204)
})

test('ends when the user leaves the group', async () => {
  const { w, mine } = await people()
  await w.call('POST', path, { add: [mine] })
  await w.call('POST', `/v2/groups/${mine}/delMembers`, ['alice'])
  expect(refusal(await w.call('POST', path, { remove: [mine] }))).toEqual([403, 842002])
  await w.call('POST', `/v2/groups/${mine}/addMembers`, ['alice'])
  expect(refusal(await w.call('POST', path, { remove: [mine] }))).toEqual([403, 899053])
})

test('is for the user alone, who is told and stays a member', async () => {
  const { w, mine } = await people()
  const alice = await inbox(w, 'alice')
  await w.call('POST', path, { add: [mine] })
  expect(await alice.named()).toEqual(['event', { event_type: 39, ctime: w.clock.now() }])
  expect(refusal(await w.call('POST', '/v1/users/bob1/groupsShield', { remove: [mine] }))).toEqual([
    403, 899053,
  ])
  expect((await w.call('GET', `/v1/groups/${mine}/members`)).body).toHaveLength(2)
})
