import { expect, test } from 'vitest'
import { inbox } from './inbox-reader.ts'
import { APP, refusal, type World, world } from './world.ts'

const stat = async (w: World, username: string) =>
  (await w.call('GET', `/v1/users/${username}/userstat`)).body
const devices = async (w: World, ...names: string[]) =>
  (await w.call('POST', '/v1/users/userstat', names)).body

/** Until the server has noticed that a stream has ended. */
async function untilOffline(w: World, username: string): Promise<void> {
  while ((await stat(w, username)).online) await new Promise(resolve => setImmediate(resolve))
}

test('users.stat tells who is logged in, and who is online', async () => {
  const w = await world()
  await w.users('alice')
  expect(await stat(w, 'alice')).toEqual({ login: false, online: false })
  const alice = await inbox(w, 'alice')
  expect(await stat(w, 'alice')).toEqual({ login: true, online: true })
  alice.stop()
  await untilOffline(w, 'alice')
  expect(await stat(w, 'alice')).toEqual({ login: true, online: false })
})

test('users.statBatch shows each device, in the order of the request', async () => {
  const w = await world()
  await w.users('alice', 'bobby')
  await inbox(w, 'alice', 'w')
  const phone = await inbox(w, 'alice', 'a')
  phone.stop()
  while ((await devices(w, 'alice'))[0].devices[0].online) await new Promise(resolve => setImmediate(resolve))
  expect(await devices(w, 'bobby', 'alice')).toEqual([
    { username: 'bobby', devices: [] },
    {
      username: 'alice',
      devices: [
        { login: true, online: false, platform: 'a' },
        { login: true, online: true, platform: 'w' },
      ],
    },
  ])
  expect(refusal(await w.call('POST', '/v1/users/userstat', ['alice', 'nobody']))).toEqual([403, 899002])
  expect(refusal(await w.call('POST', '/v1/users/userstat', ['x']))).toEqual([400, 899003])
})

test('users.statBatchV2 tells unknown users apart', async () => {
  const w = await world()
  await w.users('alice')
  expect((await w.call('POST', '/v2/users/statuser', ['nobody', 'alice'])).body).toEqual([
    { username: 'nobody', devices: [], statuscode: 1, statusmsg: 'no_exist' },
    { username: 'alice', devices: [], statuscode: 0 },
  ])
})

test('a user who logs out has no session any more', async () => {
  const w = await world()
  await w.users('alice')
  const alice = await inbox(w, 'alice', 'i')
  const path = `/sandbox/apps/${APP.appKey}/users/alice/inbox`
  expect((await w.raw(`${path}?platform=i`, { method: 'DELETE' })).status).toBe(204)
  expect(await alice.next()).toBeUndefined()
  expect(await stat(w, 'alice')).toEqual({ login: false, online: false })
  expect(refusal(await w.raw(`${path}?platform=x`))).toEqual([400, 899003])
})

test('a disabled user is dropped, and cannot log in', async () => {
  const w = await world()
  await w.users('alice')
  const alice = await inbox(w, 'alice')
  await w.call('PUT', '/v1/users/alice/forbidden?disable=true')
  expect(await alice.named()).toEqual(['event', { event_type: 1, extra: 1, ctime: w.clock.now() }])
  expect(await alice.next()).toBeUndefined()
  expect(await stat(w, 'alice')).toEqual({ login: false, online: false })
  const again = await w.raw(`/sandbox/apps/${APP.appKey}/users/alice/inbox`)
  expect(refusal(again)).toEqual([403, 801006])
})
