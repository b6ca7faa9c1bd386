import { expect, test } from 'vitest'
import { inbox } from './inbox-reader.ts'
import { APP, OTHER, ok, refusal, type World, world } from './world.ts'

const path = '/v1/cross/users/alice/friends'
const theirs = OTHER.appKey

/** alice, bob1 and dora in this app, bob1 and carl in the other. */
async function people() {
  const w = await world()
  await w.users('alice', 'bob1', 'dora')
  const others = ['bob1', 'carl'].map(username => ({ username, password: 'secret' }))
  ok(await w.callAs(OTHER, 'POST', '/v1/users', others), 201)
  return w
}

/** Name, app and note of someone's friends. */
async function friendsOf(w: World, app: typeof APP, username: string): Promise<unknown[]> {
  const { body } = ok(await w.callAs(app, 'GET', `/v1/users/${username}/friends`))
  return body.map((friend: Record<string, unknown>) => [friend.username, friend.appkey, friend.note_name])
}

test('makes friends of users of two apps, shown in both with their app', async () => {
  const w = await people()
  const added = await w.call('POST', path, { appkey: theirs, users: ['bob1', 'carl'] })
  expect([added.status, added.body]).toEqual([201, ''])
  expect(await friendsOf(w, APP, 'alice')).toEqual([
    ['bob1', theirs, undefined],
    ['carl', theirs, undefined],
  ])
  expect(await friendsOf(w, OTHER, 'carl')).toEqual([['alice', APP.appKey, undefined]])
})

test('tells users of one name in two apps apart', async () => {
  const w = await people()
  await w.call('POST', path, { appkey: theirs, users: ['bob1'] })
  expect((await w.call('POST', '/v1/users/alice/friends', ['bob1'])).status).toBe(201)
  const notes = [
    { appkey: theirs, username: 'bob1', note_name: 'their Bob' },
    { appkey: APP.appKey, username: 'bob1', note_name: 'our Bob' },
  ]
  expect((await w.call('PUT', path, notes)).status).toBe(204)
  expect(await friendsOf(w, APP, 'alice')).toEqual([
    ['bob1', APP.appKey, 'our Bob'],
    ['bob1', theirs, 'their Bob'],
  ])
  expect((await w.call('DELETE', path, { appkey: theirs, users: ['bob1'] })).status).toBe(204)
  expect(await friendsOf(w, APP, 'alice')).toEqual([['bob1', APP.appKey, 'our Bob']])
})

test('takes an appKey in any letter case, with blanks around it, and its own', async () => {
  const w = await people()
  const shouted = { appkey: ` ${theirs.toUpperCase()} `, users: ['bob1'] }
  expect((await w.call('POST', path, shouted)).status).toBe(201)
  expect((await w.call('POST', path, { appkey: APP.appKey, users: ['bob1'] })).status).toBe(201)
  expect(refusal(await w.call('POST', '/v1/users/alice/friends', ['bob1']))).toEqual([403, 899070])
  const note = { appkey: theirs.toUpperCase(), username: 'bob1', note_name: 'their Bob' }
  expect((await w.call('PUT', path, [note])).status).toBe(204)
  expect((await friendsOf(w, APP, 'alice'))[1]).toEqual(['bob1', theirs, 'their Bob'])
})

test('ends a friendship from either side', async () => {
  const w = await people()
  await w.call('POST', path, { appkey: theirs, users: ['carl'] })
  const end = { appkey: APP.appKey, users: ['alice', 'dora'] }
  expect((await w.callAs(OTHER, 'DELETE', '/v1/cross/users/carl/friends', end)).status).toBe(204)
  expect(await friendsOf(w, APP, 'alice')).toEqual([])
})

test('refuses what it cannot do, and does none of it', async () => {
  const w = await people()
  await w.call('POST', path, { appkey: theirs, users: ['carl'] })
  const own = APP.appKey
  const cases: [string, unknown, number, number][] = [
    ['POST', { appkey: 'unknown', users: ['nobody'] }, 403, 899020],
    ['POST', { appkey: theirs, users: ['bob1', 'dora'] }, 403, 899002],
    ['POST', { appkey: theirs, users: ['bob1', 'carl'] }, 403, 899070],
    ['POST', { appkey: own, users: ['alice'] }, 400, 899003],
    ['POST', { appkey: theirs, users: [] }, 400, 899003],
    ['POST', { users: ['bob1'] }, 400, 899003],
    ['POST', ['bob1'], 400, 899003],
    ['DELETE', { appkey: 'unknown', users: ['carl'] }, 403, 899020],
    ['DELETE', { appkey: theirs, users: ['carl', 'dora'] }, 403, 899002],
    ['PUT', [{ appkey: theirs, username: 'carl', note_name: 'C' }, { username: 'bob1' }], 400, 899003],
  ]
  const note = (appkey: string, username: string) => [
    { appkey: theirs, username: 'carl', note_name: 'C' },
    { appkey, username, note_name: 'X' },
  ]
  cases.push(['PUT', [...note(own, 'nobody'), ...note('unknown', 'carl')], 403, 899020])
  cases.push(['PUT', note(own, 'carl'), 403, 899002])
  cases.push(['PUT', note(theirs, 'bob1'), 403, 899071])
  for (const [method, body, status, code] of cases)
    expect(refusal(await w.call(method, path, body))).toEqual([status, code])
  expect(await friendsOf(w, APP, 'alice')).toEqual([['carl', theirs, undefined]])
})

test('looks for the user of the path first', async () => {
  const w = await people()
  const body = { appkey: 'unknown', users: ['bob1'] }
  const answer = await w.call('POST', '/v1/cross/users/nobody/friends', body)
  expect(refusal(answer)).toEqual([403, 899002])
})

test('tells the other side in its own app', async () => {
  const w = await people()
  const [ours, other] = [await inbox(w, 'bob1'), await inbox(w, 'bob1', 'j', OTHER)]
  await w.call('POST', path, { appkey: theirs, users: ['bob1'] })
  await w.call('PUT', '/v1/users/bob1', { nickname: 'Bob' })
  expect((await other.named())[1]).toMatchObject({ event_type: 5, from_username: 'alice' })
  expect((await ours.named())[1]).toMatchObject({ event_type: 40 })
})
