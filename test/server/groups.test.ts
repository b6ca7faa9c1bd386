import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { inbox } from './inbox-reader.ts'
import { openWorld } from './tables.ts'
import { APP, OTHER, refusal, world } from './world.ts'

const times = { ctime: '2026-01-01 08:00:00', mtime: '2026-01-01 08:00:00' }

async function people() {
  const w = await world()
  await w.users('owner', 'bob1', 'carl')
  return w
}

test('creates a group with its owner as first member', async () => {
  const w = await people()
  const body = {
    owner_username: 'owner',
    name: '群聊天室',
    members_username: ['bob1', 'owner', 'carl', 'bob1'],
    desc: '运动',
    avatar: null,
    flag: 0,
  }
  const created = await w.call('POST', '/v1/groups/', body)
  const record = {
    gid: 10_000_001,
    owner_username: 'owner',
    name: '群聊天室',
    desc: '运动',
    appkey: APP.appKey,
    MaxMemberCount: 500,
    flag: 1,
    ...times,
  }
  expect([created.status, created.body]).toEqual([201, { ...record, members_username: ['bob1', 'carl'] }])
  expect((await w.call('GET', '/v1/groups/10000001')).body).toEqual(record)
  expect((await w.call('GET', '/v1/users/carl/groups/')).body).toEqual([record])
  expect((await w.call('GET', '/v1/groups/10000001/members/')).body).toEqual([
    { username: 'owner', flag: 1 },
    { username: 'bob1', flag: 0 },
    { username: 'carl', flag: 0 },
  ])
})

test.each([
  [{ name: 'g' }, [400, 899003]],
  [{ owner_username: 'owner' }, [400, 899003]],
  [{ owner_username: 'owner', name: '' }, [400, 899003]],
  [{ owner_username: 'owner', name: 'a\nb' }, [400, 899003]],
  [{ owner_username: 'owner', name: 'g', flag: 3 }, [400, 899003]],
  [{ owner_username: 'owner', name: `${'群'.repeat(21)}xx` }, [400, 899003]],
  [{ owner_username: 'owner', name: 'g', desc: `${'群'.repeat(83)}xx` }, [400, 899003]],
  [{ owner_username: 'nobody', name: 'g' }, [403, 899002]],
  [{ owner_username: 'owner', name: 'g', members_username: ['bob1', 'nobody'] }, [403, 899002]],
])('refuses the group %j', async (body, expected) => {
  const w = await people()
  expect(refusal(await w.call('POST', '/v1/groups', body))).toEqual(expected)
  expect((await w.call('GET', '/v1/users/bob1/groups')).body).toEqual([])
})

test('takes a name of 64 bytes and a description of 250', async () => {
  const w = await people()
  const body = { owner_username: 'owner', name: `${'群'.repeat(21)}x`, desc: `${'群'.repeat(83)}x`, flag: 2 }
  expect((await w.call('POST', '/v1/groups', body)).body).toMatchObject({ name: body.name, flag: 2 })
})

test('updates what is named', async () => {
  const w = await people()
  const gid = await w.group('owner')
  await w.clock.advance(5000)
  const changed = await w.call('PUT', `/v1/groups/${gid}`, { name: 'new', desc: '', avatar: 'qiniu/x' })
  expect(changed.status).toBe(204)
  expect((await w.call('GET', `/v1/groups/${gid}`)).body).toMatchObject({
    name: 'new',
    desc: '',
    avatar: 'qiniu/x',
    mtime: '2026-01-01 08:00:05',
    ctime: '2026-01-01 08:00:00',
  })
  for (const body of [{}, { flag: 1 }, { name: '' }, []])
    expect(refusal(await w.call('PUT', `/v1/groups/${gid}`, body))).toEqual([400, 899003])
})

test.each([
  ['GET', '/v1/groups/ID', undefined],
  ['PUT', '/v1/groups/ID', { name: 'new' }],
  ['DELETE', '/v1/groups/ID', undefined],
  ['PUT', '/v1/groups/owner/ID', { username: 'bob1' }],
  ['GET', '/v1/cross/groups/ID/members', undefined],
  ['POST', '/v1/cross/groups/ID/members', { appkey: APP.appKey, add: ['bob1'] }],
  ['GET', '/v1/groups/ID/members', undefined],
  ['POST', '/v1/groups/ID/members', { add: ['bob1'] }],
  ['POST', '/v2/groups/ID/addMembers', ['bob1']],
  ['POST', '/v2/groups/ID/delMembers', ['bob1']],
  ['PUT', '/v1/groups/messages/ID/silence?status=true', ['bob1']],
])('%s %s knows only groups of the app', async (method, path, body) => {
  const w = await people()
  const gid = await w.group('owner')
  const at = (id: unknown) => path.replace('ID', String(id))
  expect(refusal(await w.call(method, at(999), body))).toEqual([403, 899006])
  expect(refusal(await w.callAs(OTHER, method, at(gid), body))).toEqual([403, 899006])
  for (const bad of ['x', '0', '-1', '1.5', '99999999999999999999'])
    expect(refusal(await w.call(method, at(bad), body))).toEqual([400, 899003])
})

test('lists the groups of the app page by page, oldest first', async () => {
  const w = await people()
  await w.callAs(OTHER, 'POST', '/v1/users', [{ username: 'else', password: 'secret' }])
  await w.callAs(OTHER, 'POST', '/v1/groups', { owner_username: 'else', name: 'other' })
  const gids: number[] = []
  for (const owner of ['owner', 'bob1', 'owner', 'carl']) gids.push(await w.group(owner))
  const first = (await w.call('GET', `/v1/groups/${gids[0]}`)).body
  expect((await w.call('GET', '/v1/groups/?start=0&count=1')).body).toEqual({
    total: 4,
    start: 0,
    count: 1,
    groups: [first],
  })
  const anyPage = fc.asyncProperty(fc.nat(6), fc.integer({ min: 1, max: 500 }), async (start, count) => {
    const { body } = await w.call('GET', `/v1/groups?start=${start}&count=${count}`)
    const page = gids.slice(start, start + count)
    expect(body.groups.map((group: { gid: number }) => group.gid)).toEqual(page)
    expect([body.total, body.start, body.count]).toEqual([4, start, page.length])
  })
  await fc.assert(anyPage, { numRuns: 30 })
  for (const query of ['count=501', 'count=0', 'start=-1', 'start=x'])
    expect(refusal(await w.call('GET', `/v1/groups?${query}`))).toEqual([400, 899003])
})

test('dissolves a group with what its members set for it, and tells them', async () => {
  const { w, rows } = await openWorld()
  await w.users('owner', 'bob1', 'carl')
  const [gid, kept] = [await w.group('owner', 'bob1'), await w.group('owner', 'bob1')]
  for (const one of [gid, kept]) {
    await w.call('POST', '/v1/users/bob1/nodisturb', { group: { add: [one] } })
    await w.call('POST', '/v1/users/bob1/groupsShield', { add: [one] })
  }
  const [bob, carl] = [await inbox(w, 'bob1'), await inbox(w, 'carl')]
  expect((await w.call('DELETE', `/v1/groups/${gid}`)).status).toBe(204)
  expect(await bob.named()).toEqual(['event', { event_type: 9, extra: 69, gid, ctime: w.clock.now() }])
  expect(refusal(await w.call('GET', `/v1/groups/${gid}`))).toEqual([403, 899006])
  expect(refusal(await w.call('DELETE', `/v1/groups/${gid}`))).toEqual([403, 899006])
  expect((await w.call('GET', '/v1/users/bob1/groups')).body).toMatchObject([{ gid: kept }])
  for (const table of ['im_group', 'im_dnd_group', 'im_shield'])
    expect(await rows(`select gid from ${table}`)).toEqual([{ gid: kept }])
  expect(await rows(`select gid from im_group_member where gid = ${gid}`)).toEqual([])
  // Nobody else was told: the next thing that reaches carl is what concerns it.
  await w.call('POST', `/v2/groups/${kept}/addMembers`, ['carl'])
  expect(await carl.named()).toMatchObject(['event', { event_type: 10, gid: kept }])
  expect(await w.group('owner')).toBeGreaterThan(kept)
})
