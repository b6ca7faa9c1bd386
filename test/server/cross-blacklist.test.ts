import { expect, test } from 'vitest'
import { inbox } from './inbox-reader.ts'
import { APP, OTHER, ok, refusal, type World, world } from './world.ts'

const path = '/v1/cross/users/alice/blacklist'
const ours = APP.appKey
const theirs = OTHER.appKey

/** alice and bob1 in this app, bob1, carl and an admin in the other. */
async function people() {
  const w = await world()
  await w.users('alice', 'bob1')
  const others = ['bob1', 'carl'].map(username => ({ username, password: 'secret' }))
  ok(await w.callAs(OTHER, 'POST', '/v1/users', others), 201)
  ok(await w.callAs(OTHER, 'POST', '/v1/admins', { username: 'admin1', password: 'secret' }), 201)
  return w
}

async function listed(w: World, at = path): Promise<[string, string][]> {
  const { body } = ok(await w.call('GET', at))
  return body.map((user: { username: string; appkey: string }) => [user.username, user.appkey])
}

test('adds, lists and removes users of several apps', async () => {
  const w = await people()
  const body = [
    { appkey: ` ${theirs.toUpperCase()}`, usernames: ['bob1', 'carl'] },
    { appkey: ours, usernames: ['bob1'] },
    { appkey: theirs, usernames: ['carl'] },
  ]
  const added = await w.call('PUT', path, body)
  expect([added.status, added.body]).toEqual([204, ''])
  expect((await listed(w)).sort()).toEqual([
    ['bob1', ours],
    ['bob1', theirs],
    ['carl', theirs],
  ])
  expect((await w.call('DELETE', path, { appkey: theirs, usernames: ['bob1'] })).status).toBe(204)
  expect((await listed(w)).sort()).toEqual([
    ['bob1', ours],
    ['carl', theirs],
  ])
})

test('is one list with the one that shows the own app only', async () => {
  const w = await people()
  const plain = '/v1/users/alice/blacklist'
  await w.call('PUT', plain, ['bob1'])
  await w.call('PUT', path, [{ appkey: theirs, usernames: ['carl'] }])
  expect(await listed(w, plain)).toEqual([['bob1', ours]])
  expect(refusal(await w.call('PUT', path, [{ appkey: ours, usernames: ['bob1'] }]))).toEqual([403, 899017])
  expect(refusal(await w.call('DELETE', plain, ['carl']))).toEqual([403, 899002])
  await w.call('DELETE', path, [{ appkey: ours, usernames: ['bob1'] }])
  expect(await listed(w, plain)).toEqual([])
})

test('keeps messages out by app, not by name alone', async () => {
  const w = await people()
  await w.call('PUT', path, [{ appkey: theirs, usernames: ['bob1'] }])
  expect((await w.say('bob1', 'single', 'alice')).status).toBe(201)
  await w.call('PUT', path, [{ appkey: ours, usernames: ['bob1'] }])
  expect(refusal(await w.say('bob1', 'single', 'alice'))).toEqual([403, 803008])
})

test('refuses what it cannot do, and does none of it', async () => {
  const w = await people()
  await w.call('PUT', path, [{ appkey: theirs, usernames: ['carl'] }])
  const bob = { appkey: theirs, usernames: ['bob1'] }
  const cases: [string, unknown, number, number][] = [
    [
      'PUT',
      [
        { appkey: ours, usernames: ['nobody'] },
        { ...bob, appkey: 'unknown' },
      ],
      403,
      899020,
    ],
    ['PUT', [bob, { appkey: ours, usernames: ['carl'] }], 403, 899002],
    ['PUT', [bob, { appkey: ours, usernames: ['alice'] }], 400, 899003],
    ['PUT', [bob, { appkey: theirs, usernames: ['admin1'] }], 403, 899018],
    ['PUT', [bob, { appkey: theirs, usernames: ['carl'] }], 403, 899017],
    ['PUT', [bob, { appkey: theirs, usernames: [] }], 400, 899003],
    ['PUT', [bob, { usernames: ['carl'] }], 400, 899003],
    ['PUT', ['bob1'], 400, 899003],
    ['PUT', [], 400, 899003],
    ['DELETE', [{ ...bob, usernames: ['carl'] }, bob], 403, 899019],
    [
      'DELETE',
      [
        { ...bob, usernames: ['carl'] },
        { ...bob, appkey: 'unknown' },
      ],
      403,
      899020,
    ],
    ['DELETE', [{ ...bob, usernames: ['carl', 'nobody'] }], 403, 899002],
  ]
  for (const [method, body, status, code] of cases)
    expect(refusal(await w.call(method, path, body))).toEqual([status, code])
  expect(await listed(w)).toEqual([['carl', theirs]])
})

test.each([
  ['PUT', [{ appkey: 'unknown', usernames: ['bob1'] }]],
  ['DELETE', [{ appkey: 'unknown', usernames: ['bob1'] }]],
  ['GET', undefined],
])('%s looks for the user of the path first', async (method, body) => {
  const w = await people()
  const answer = await w.call(method, '/v1/cross/users/nobody/blacklist', body)
  expect(refusal(answer)).toEqual([403, 899002])
})

test('tells the user what changed', async () => {
  const w = await people()
  const alice = await inbox(w, 'alice')
  await w.call('PUT', path, [{ appkey: theirs, usernames: ['bob1', 'carl'] }])
  await w.call('DELETE', path, [{ appkey: theirs, usernames: ['carl'] }])
  const event = { event_type: 38, ctime: w.clock.now() }
  const names = [['bob1', 'carl'], ['carl']]
  expect((await alice.named())[1]).toEqual({ ...event, to_username_list: names[0], description: 'added' })
  expect((await alice.named())[1]).toEqual({ ...event, to_username_list: names[1], description: 'removed' })
})
