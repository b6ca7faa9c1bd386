import { expect, test } from 'vitest'
import { APP, refusal, world } from './world.ts'

test('shows the keys that have a value', async () => {
  const w = await world()
  const profile = {
    nickname: 'hello',
    avatar: '/avatar',
    birthday: '1990-01-24',
    gender: 0,
    signature: 'orz',
    region: 'shenzhen',
    address: '深圳',
    extras: { a: [1, null] },
  }
  await w.call('POST', '/v1/users', [{ username: 'javen', password: 'secret', ...profile }])
  const times = { mtime: '2026-01-01 08:00:00', ctime: '2026-01-01 08:00:00' }
  expect((await w.call('GET', '/v1/users/javen')).body).toEqual({
    username: 'javen',
    ...profile,
    birthday: '1990-01-24 00:00:00',
    appkey: APP.appKey,
    ...times,
  })
})

test('changes only what is named, clears what is empty, and tells when', async () => {
  const w = await world()
  await w.users('alice')
  await w.call('PUT', '/v1/users/alice', { nickname: 'A', region: 'B' })
  await w.clock.advance(1000)
  const changed = await w.call('PUT', '/v1/users/alice', { nickname: '', gender: 2, username: 'mallory' })
  expect(changed.status).toBe(204)
  expect((await w.call('GET', '/v1/users/alice')).body).toEqual({
    username: 'alice',
    region: 'B',
    gender: 2,
    appkey: APP.appKey,
    mtime: '2026-01-01 08:00:01',
    ctime: '2026-01-01 08:00:00',
  })
})

test.each([{}, { unknown: 1 }, { nickname: 'two\nlines' }, { gender: 3 }, { birthday: '24.1.1990' }, [7]])(
  'refuses the profile %j',
  async body => {
    const w = await world()
    await w.users('alice')
    expect(refusal(await w.call('PUT', '/v1/users/alice', body))).toEqual([400, 899003])
  },
)

test.each([
  ['GET', '/v1/users/nobody', undefined],
  ['PUT', '/v1/users/nobody', { nickname: 'x' }],
  ['DELETE', '/v1/users/nobody', undefined],
  ['PUT', '/v1/users/nobody/forbidden?disable=true', undefined],
  ['GET', '/v1/users/nobody/groups', undefined],
  ['GET', '/v1/users/nobody/blacklist', undefined],
  ['PUT', '/v1/users/nobody/blacklist', ['alice']],
  ['DELETE', '/v1/users/nobody/blacklist', ['alice']],
  ['POST', '/v1/users/nobody/nodisturb', { global: 1 }],
])('%s %s knows no such user', async (method, path, body) => {
  const w = await world()
  expect(refusal(await w.call(method, path, body))).toEqual([403, 899002])
})

test('lists users by age, then name, in pages', async () => {
  const w = await world()
  await w.users('zoe1', 'amy1')
  await w.clock.advance(1)
  await w.users('bob1')
  await w.admin('admin1')
  const names = async (query: string) => {
    const { body } = await w.call('GET', `/v1/users/${query}`)
    return [body.total, body.start, body.count, ...body.users.map((u: { username: string }) => u.username)]
  }
  expect(await names('')).toEqual([4, 0, 4, 'amy1', 'zoe1', 'admin1', 'bob1'])
  expect(await names('?start=1&count=2')).toEqual([4, 1, 2, 'zoe1', 'admin1'])
  expect(await names('?start=9')).toEqual([4, 9, 0])
})

test.each(['start=-1', 'count=0', 'count=501', 'count=x', 'start=1.5', 'start='])(
  'refuses the page %s',
  async query => {
    const w = await world()
    expect(refusal(await w.call('GET', `/v1/users?${query}`))).toEqual([400, 899003])
    expect(refusal(await w.call('GET', `/v1/admins?${query}`))).toEqual([400, 899003])
  },
)

test('disables an admin and enables it again', async () => {
  const w = await world()
  await w.users('alice')
  await w.admin('admin1')
  expect((await w.call('PUT', '/v1/users/admin1/forbidden?disable=True')).status).toBe(204)
  expect((await w.call('PUT', '/v1/users/admin1/forbidden?disable=1')).status).toBe(204)
  expect(refusal(await w.send('admin1', 'single', 'alice'))).toEqual([403, 899016])
  expect((await w.call('PUT', '/v1/users/admin1/forbidden?disable=false')).status).toBe(204)
  expect((await w.send('admin1', 'single', 'alice')).status).toBe(201)
  expect(refusal(await w.call('PUT', '/v1/users/admin1/forbidden?disable=maybe'))).toEqual([400, 899003])
  expect(refusal(await w.call('PUT', '/v1/users/admin1/forbidden'))).toEqual([400, 899003])
})
