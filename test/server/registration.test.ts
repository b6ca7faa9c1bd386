import { expect, test } from 'vitest'
import { refusal, world } from './world.ts'

const user = (username: string, more = {}) => ({ username, password: 'secret', ...more })

test('gives each user of a batch its own result', async () => {
  const w = await world()
  await w.users('taken')
  const batch = [user('alice'), user('taken'), user('x!'), user('alice'), { username: 'nopass' }, 7]
  const { status, body } = await w.call('POST', '/v1/users/', batch.slice(0, 5))
  expect(status).toBe(201)
  expect(
    body.map((item: { username: string; error?: { code: number } }) => [item.username, item.error?.code]),
  ).toEqual([
    ['alice', undefined],
    ['taken', 899001],
    ['x!', 899003],
    ['alice', 899001],
    ['nopass', 899003],
  ])
})

test('answers with the status of the first failure when nobody was registered', async () => {
  const w = await world()
  await w.users('alice')
  const taken = await w.call('POST', '/v1/users', [user('alice'), user('x')])
  expect([taken.status, taken.body[0].error.code, taken.body[1].error.code]).toEqual([403, 899001, 899003])
  const bad = await w.call('POST', '/v1/users', [user('x'), user('alice')])
  expect(bad.status).toBe(400)
})

test('registers 500 users in a call, and no more', async () => {
  const w = await world()
  const many = Array.from({ length: 501 }, (_, i) => user(`user${i}`))
  expect(refusal(await w.call('POST', '/v1/users', many))).toEqual([400, 899013])
  const began = performance.now()
  expect((await w.call('POST', '/v1/users', many.slice(1))).status).toBe(201)
  expect(performance.now() - began).toBeLessThan(5000)
  expect((await w.call('GET', '/v1/users?count=1')).body.total).toBe(500)
}, 20_000)

test.each([{}, [], 'text', 5])('refuses the batch %j', async body => {
  const w = await world()
  expect(refusal(await w.call('POST', '/v1/users', body))).toEqual([400, 899003])
})

// The fields with a limit in bytes; three bytes a letter, and what is left in ASCII.
const wide = (bytes: number) => '信'.repeat(Math.floor(bytes / 3)) + 'x'.repeat(bytes % 3)
test.each([
  ['nickname', 64],
  ['avatar', 250],
  ['signature', 250],
  ['region', 250],
  ['address', 250],
  ['password', 128],
])('takes a %s of %d bytes and not one more', async (field, bytes) => {
  const w = await world()
  const result = await w.call('POST', '/v1/users', [
    user('fits', { [field]: wide(bytes) }),
    user('long', { [field]: wide(bytes + 1) }),
  ])
  expect(result.body.map((item: { error?: { code: number } }) => item.error?.code)).toEqual([
    undefined,
    899003,
  ])
})

test.each([
  ['abcd', true],
  ['abc', false],
  [`a${'b'.repeat(127)}`, true],
  [`a${'b'.repeat(128)}`, false],
  ['0_a.b-c@d', true],
  ['_abcd', false],
  ['naïve', false],
  ['with space', false],
])('registers %s: %s', async (name, works) => {
  const w = await world()
  expect((await w.call('POST', '/v1/users', [user(name)])).status).toBe(works ? 201 : 400)
})

test('measures extras as compact JSON of 512 bytes', async () => {
  const w = await world()
  const extras = (bytes: number) => ({ k: wide(bytes - '{"k":""}'.length) })
  const batch = [user('fits', { extras: extras(512) }), user('long', { extras: extras(513) })]
  const { body } = await w.call('POST', '/v1/users', batch)
  expect(body.map((item: { error?: object }) => item.error === undefined)).toEqual([true, false])
  expect((await w.call('GET', '/v1/users/fits')).body.extras).toEqual(extras(512))
})

test('registers one admin or several, all or none', async () => {
  const w = await world()
  const one = await w.call('POST', '/v1/admins/', user('admin1', { nickname: 'Boss' }))
  expect([one.status, one.body]).toEqual([201, ''])
  expect(refusal(await w.call('POST', '/v1/admins', [user('admin2'), user('admin1')]))).toEqual([403, 899001])
  expect((await w.call('POST', '/v1/admins', [user('admin2'), user('admin3')])).status).toBe(201)
  const { body } = await w.call('GET', '/v1/admins?start=1&count=500')
  expect([
    body.total,
    body.start,
    body.count,
    body.users.map((u: { username: string }) => u.username),
  ]).toEqual([3, 1, 2, ['admin2', 'admin3']])
})

test('does not make an admin of a user', async () => {
  const w = await world()
  await w.users('alice')
  expect(refusal(await w.call('POST', '/v1/admins', user('alice')))).toEqual([403, 899001])
  expect(refusal(await w.call('POST', '/v1/admins', { username: 'admin1' }))).toEqual([400, 899003])
})
