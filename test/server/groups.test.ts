import { expect, test } from 'vitest'
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
