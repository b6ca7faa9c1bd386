import { expect, test } from 'vitest'
import { inbox } from './inbox-reader.ts'
import { APP, OTHER, ok, refusal, world } from './world.ts'

const path = '/v1/cross/users/alice/nodisturb'
const plain = '/v1/users/alice/nodisturb'
const ours = APP.appKey
const theirs = OTHER.appKey

/** alice is in a group of each app; a third group is without her. */
async function people() {
  const w = await world()
  await w.users('alice', 'bob1')
  const others = ['bob1', 'carl'].map(username => ({ username, password: 'secret' }))
  ok(await w.callAs(OTHER, 'POST', '/v1/users', others), 201)
  const group = { owner_username: 'carl', name: 'theirs' }
  const their: number = ok(await w.callAs(OTHER, 'POST', '/v1/groups', group), 201).body.gid
  const alien: number = ok(await w.callAs(OTHER, 'POST', '/v1/groups', group), 201).body.gid
  const alice = [{ appkey: ours, add: ['alice'] }]
  ok(await w.callAs(OTHER, 'POST', `/v1/cross/groups/${their}/members`, alice), 204)
  return { w, mine: await w.group('alice'), their, alien }
}

test('sets and clears users and groups of several apps', async () => {
  const { w, mine, their } = await people()
  const set = [
    { appkey: theirs.toUpperCase(), single: { add: ['bob1', 'carl'] }, group: { add: [String(their)] } },
    { appkey: ` ${ours}`, single: { add: ['bob1'] }, group: { add: [mine], remove: [] } },
  ]
  const done = await w.call('POST', path, set)
  expect([done.status, done.body]).toEqual([204, ''])
  expect(refusal(await w.call('POST', path, set.slice(0, 1)))).toEqual([403, 899043])
  const clear = [
    { appkey: theirs, single: { remove: ['carl'] }, group: { remove: [their] } },
    { appkey: ours, single: { remove: ['bob1'] } },
  ]
  expect((await w.call('POST', path, clear)).status).toBe(204)
  expect(refusal(await w.call('POST', path, clear.slice(1)))).toEqual([403, 899044])
  // One object counts as a list of one.
  expect((await w.call('POST', path, { appkey: theirs, single: { remove: ['bob1'] } })).status).toBe(204)
})

test('is one setting with that of the own app', async () => {
  const { w, mine } = await people()
  await w.call('POST', plain, { single: { add: ['bob1'] }, group: { add: [mine] } })
  const both = { appkey: ours, single: { remove: ['bob1'] }, group: { remove: [mine] } }
  expect((await w.call('POST', path, [both])).status).toBe(204)
  expect(refusal(await w.call('POST', plain, { single: { remove: ['bob1'] } }))).toEqual([403, 899044])
})

test('refuses what it cannot do, and changes nothing then', async () => {
  const { w, mine, their, alien } = await people()
  await w.call('POST', path, [{ appkey: theirs, single: { add: ['carl'] }, group: { add: [their] } }])
  const cases: [object, number, number][] = [
    [{ appkey: 'unknown', single: { add: ['nobody'] } }, 403, 899020],
    [{ appkey: ours, single: { add: ['carl'] } }, 403, 899002],
    [{ appkey: theirs, single: { remove: ['nobody'] }, group: { add: [999] } }, 403, 899002],
    [{ appkey: ours, group: { add: [their] } }, 403, 899051],
    [{ appkey: theirs, group: { remove: [mine] } }, 403, 899051],
    [{ appkey: theirs, group: { add: [alien] } }, 403, 899046],
    [{ appkey: theirs, single: { add: ['carl'] } }, 403, 899043],
    [{ appkey: ours, single: { remove: ['bob1'] } }, 403, 899044],
    [{ appkey: theirs, group: { add: [their] } }, 403, 899047],
    [{ appkey: ours, group: { remove: [mine] } }, 403, 899049],
    [{ appkey: ours, single: { add: ['bob1'], remove: ['bob1'] } }, 403, 899044],
    [{ appkey: ours }, 400, 899003],
    [{ single: { add: ['bob1'] } }, 400, 899003],
    [{ appkey: ours, global: 1 }, 400, 899003],
  ]
  const fine = { appkey: theirs, single: { add: ['bob1'], remove: ['carl'] }, group: { remove: [their] } }
  for (const [item, status, code] of cases) {
    // The other item would work by itself, and must not be kept.
    expect(refusal(await w.call('POST', path, [fine, item]))).toEqual([status, code])
  }
  expect((await w.call('POST', path, [fine])).status).toBe(204)
})

test('looks for the user of the path first', async () => {
  const { w } = await people()
  const body = [{ appkey: 'unknown', single: { add: ['bob1'] } }]
  expect(refusal(await w.call('POST', '/v1/cross/users/nobody/nodisturb', body))).toEqual([403, 899002])
})

test('tells the user that something changed', async () => {
  const { w } = await people()
  const alice = await inbox(w, 'alice')
  await w.call('POST', path, [{ appkey: theirs, single: { add: ['bob1'] } }])
  expect(await alice.named()).toEqual(['event', { event_type: 37, ctime: w.clock.now() }])
})
