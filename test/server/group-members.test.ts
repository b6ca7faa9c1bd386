import { expect, test } from 'vitest'
import { inbox } from './inbox-reader.ts'
import { openWorld } from './tables.ts'
import { refusal, type World, world } from './world.ts'

async function group() {
  const w = await world()
  await w.users('owner', 'bob1', 'carl', 'dora')
  const gid = await w.group('owner', 'bob1')
  return { w, gid, names: () => namesIn(w, gid) }
}
async function namesIn(w: World, gid: number): Promise<string[]> {
  const { body } = await w.call('GET', `/v1/groups/${gid}/members`)
  return body.map((member: { username: string }) => member.username)
}

test('adds first, then removes', async () => {
  const { w, gid, names } = await group()
  const both = await w.call('POST', `/v1/groups/${gid}/members`, { add: ['carl'], remove: ['bob1'] })
  expect(both.status).toBe(204)
  expect(await names()).toEqual(['owner', 'carl'])
  const java = await w.call('POST', `/v1/groups/${gid}/members`, { add: ['dora'], remove: [] })
  expect(java.status).toBe(204)
})

test('keeps additions when a removal is refused', async () => {
  const { w, gid, names } = await group()
  const answer = await w.call('POST', `/v1/groups/${gid}/members`, {
    add: ['carl'],
    remove: ['dora', 'bob1'],
  })
  expect(refusal(answer)).toEqual([403, 899014])
  expect(await names()).toEqual(['owner', 'bob1', 'carl'])
})

test.each([
  [{ add: ['carl', 'nobody'] }, [403, 899002]],
  [{ add: ['carl', 'bob1'] }, [403, 899011]],
  [{ remove: ['bob1', 'nobody'] }, [403, 899002]],
  [{ remove: ['bob1', 'carl'] }, [403, 899014]],
  [{ add: [], remove: [] }, [400, 899003]],
  [{}, [400, 899003]],
  [{ add: 'carl' }, [400, 899003]],
])('%j changes nothing', async (body, expected) => {
  const { w, gid, names } = await group()
  expect(refusal(await w.call('POST', `/v1/groups/${gid}/members`, body))).toEqual(expected)
  expect(await names()).toEqual(['owner', 'bob1'])
})

test('adds and removes over v2 too', async () => {
  const { w, gid, names } = await group()
  expect((await w.call('POST', `/v2/groups/${gid}/addMembers`, ['carl', 'dora'])).status).toBe(204)
  expect((await w.call('POST', `/v2/groups/${gid}/delMembers`, ['bob1', 'dora'])).status).toBe(204)
  expect(await names()).toEqual(['owner', 'carl'])
  for (const call of ['addMembers', 'delMembers'])
    expect(refusal(await w.call('POST', `/v2/groups/${gid}/${call}`, []))).toEqual([400, 899003])
  expect(refusal(await w.call('POST', `/v2/groups/${gid}/addMembers`, ['carl']))).toEqual([403, 899011])
  expect(refusal(await w.call('POST', `/v2/groups/${gid}/delMembers`, ['bob1']))).toEqual([403, 899014])
})

test('hands the group to the eldest member when its owner is removed', async () => {
  const { w, gid } = await group()
  await w.call('POST', `/v2/groups/${gid}/addMembers`, ['carl'])
  await w.call('POST', `/v2/groups/${gid}/delMembers`, ['owner', 'bob1'])
  expect((await w.call('GET', `/v1/groups/${gid}`)).body.owner_username).toBe('carl')
})

test('holds 500 members and lets a user into 500 groups', async () => {
  const { w, rows } = await openWorld()
  await w.users('last', 'owner')
  // Straight into the tables: to hash the passwords of 500 users takes seconds.
  await rows(`insert into im_user (app, username, admin, disabled, password, dnd, ctime, mtime)
    with recursive n(i) as (select 0 union all select i + 1 from n where i < 499)
    select app, 'user' || i, 0, 0, '', 0, 0, 0 from n, im_user where username = 'last' returning id`)
  const many = Array.from({ length: 500 }, (_, i) => `user${i}`)
  const create = (owner_username: string, members_username: string[]) =>
    w.call('POST', '/v1/groups', { owner_username, name: 'g', members_username })
  expect(refusal(await create('last', many))).toEqual([403, 899012])
  const gid = (await create('owner', many.slice(2))).body.gid
  const add = (names: string[], to = gid) => w.call('POST', `/v2/groups/${to}/addMembers`, names)
  expect(refusal(await add(['last', 'user0']))).toEqual([403, 899012])
  expect((await add(['user0'])).status).toBe(204)
  expect(refusal(await add(['last']))).toEqual([403, 899012])

  await rows(`insert into im_group_member (gid, "user", silenced, ctime)
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 499)
    select i, id, 0, 0 from n, im_user where username = 'last' returning id`)
  expect((await create('last', [])).status).toBe(201)
  expect(refusal(await create('last', []))).toEqual([403, 899015])
  const other = await w.group('user1')
  expect(refusal(await add(['user2', 'last'], other))).toEqual([403, 899015])
  expect(await namesIn(w, other)).toEqual(['user1'])
})

test('silences members until it is lifted or they leave', async () => {
  const { w, gid } = await group()
  const silence = (status: string, names: string[], prefix = '/v1') =>
    w.call('PUT', `${prefix}/groups/messages/${gid}/silence?status=${status}`, names)
  expect((await silence('true', ['bob1'])).status).toBe(204)
  expect((await silence('true', ['bob1'])).status).toBe(204)
  expect(refusal(await w.say('bob1', 'group', gid))).toEqual([403, 803012])
  expect((await silence('false', ['bob1'], '')).status).toBe(204)
  expect((await w.say('bob1', 'group', gid)).status).toBe(201)
  await silence('True', ['bob1'])
  await w.call('POST', `/v2/groups/${gid}/delMembers`, ['bob1'])
  await w.call('POST', `/v2/groups/${gid}/addMembers`, ['bob1'])
  expect((await w.say('bob1', 'group', gid)).status).toBe(201)

  expect(refusal(await silence('true', ['nobody']))).toEqual([403, 899002])
  expect(refusal(await silence('true', ['carl']))).toEqual([403, 899014])
  expect(refusal(await silence('true', ['owner']))).toEqual([400, 899003])
  expect(refusal(await silence('', ['bob1']))).toEqual([400, 899003])
})

test('tells members and those who left, and names the new owner', async () => {
  const { w, gid } = await group()
  const [owner, bob] = [await inbox(w, 'owner'), await inbox(w, 'bob1')]
  await w.clock.advance(5000)
  await w.call('POST', `/v1/groups/${gid}/members`, { add: ['carl', 'carl'], remove: ['owner'] })
  const added = { event_type: 10, gid, to_username_list: ['carl'], ctime: w.clock.now() }
  const removed = { ...added, event_type: 11, to_username_list: ['owner'], new_owner: 'bob1' }
  expect(await bob.named()).toEqual(['event', added])
  expect(await bob.named()).toEqual(['event', removed])
  expect(await owner.named()).toEqual(['event', removed])
  expect((await w.call('GET', `/v1/groups/${gid}`)).body).toMatchObject({
    owner_username: 'bob1',
    mtime: '2026-01-01 08:00:05',
  })
})

test('lets an owner by inheritance speak who was silenced', async () => {
  const { w, gid } = await group()
  await w.call('PUT', `/v1/groups/messages/${gid}/silence?status=true`, ['bob1'])
  await w.call('POST', `/v2/groups/${gid}/delMembers`, ['owner'])
  expect((await w.say('bob1', 'group', gid)).status).toBe(201)
})

test('goes with its last member', async () => {
  const { w, gid } = await group()
  await w.call('POST', `/v2/groups/${gid}/delMembers`, ['owner', 'bob1'])
  expect(refusal(await w.call('GET', `/v1/groups/${gid}`))).toEqual([403, 899006])
  expect((await w.call('GET', '/v1/groups')).body).toMatchObject({ total: 0, groups: [] })
})
