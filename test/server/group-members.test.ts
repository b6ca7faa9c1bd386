import { expect, test } from 'vitest'
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
  const w = await world()
  const many = Array.from({ length: 500 }, (_, i) => `user${i}`)
  await w.users(...many)
  await w.users('last')
  const gid = await w.group('user0', ...many.slice(1))
  expect(refusal(await w.call('POST', `/v2/groups/${gid}/addMembers`, ['last']))).toEqual([403, 899012])
  const create = (members_username: string[]) =>
    w.call('POST', '/v1/groups', { owner_username: 'last', name: 'g', members_username })
  expect(refusal(await create(many))).toEqual([403, 899012])
  for (let i = 0; i < 500; i++) await w.group('last')
  expect(refusal(await create([]))).toEqual([403, 899015])
  const other = await w.group('user1')
  expect(refusal(await w.call('POST', `/v2/groups/${other}/addMembers`, ['last']))).toEqual([403, 899015])
}, 60_000)

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
