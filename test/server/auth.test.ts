import { expect, test } from 'vitest'
import { APP, basic, OTHER, refusal, world } from './world.ts'

const asking = (authorization?: string): RequestInit =>
  authorization === undefined ? {} : { headers: { authorization } }

test.each([
  ['no header', undefined, 899007],
  ['another scheme', 'Bearer abc', 899007],
  ['no colon inside', `Basic ${btoa('nonsense')}`, 899008],
  ['a wrong secret', basic({ ...APP, masterSecret: OTHER.masterSecret }), 899008],
  ['an empty secret', basic({ ...APP, masterSecret: '' }), 899008],
  ['an unknown app', basic({ ...APP, appKey: 'c3'.repeat(12) }), 899009],
])('refuses %s with 401', async (_, header, code) => {
  const w = await world()
  expect(refusal(await w.raw('/v1/users', asking(header)))).toEqual([401, code])
})

test('takes the scheme in any case and the appKey without case', async () => {
  const w = await world()
  const header = basic({ ...APP, appKey: APP.appKey.toUpperCase() }).replace('Basic', 'bASIC')
  expect((await w.raw('/v1/users', asking(header))).status).toBe(200)
})

test('does not show one app the users of the other', async () => {
  const w = await world()
  await w.users('alice')
  expect(refusal(await w.callAs(OTHER, 'GET', '/v1/users/alice'))).toEqual([403, 899002])
  expect((await w.callAs(OTHER, 'GET', '/v1/users')).body.total).toBe(0)
})

test('checks who calls before what is asked', async () => {
  const w = await world()
  const answer = await w.raw('/v1/messages', { method: 'POST', body: 'nonsense' })
  expect(refusal(answer)).toEqual([401, 899007])
})
