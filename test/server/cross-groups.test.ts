import { expect, test } from 'vitest'
import { inbox } from './inbox-reader.ts'
import { APP, OTHER, refusal, world } from './world.ts'

/** A group of one app; `bob1` exists in both apps, `else` in the other only. */
async function group() {
  const w = await world()
  await w.users('owner', 'bob1')
  const people = ['bob1', 'else'].map(username => ({ username, password: 'secret' }))
  await w.callAs(OTHER, 'POST', '/v1/users', people)
  const gid = await w.group('owner')
  const update = (body: unknown) => w.call('POST', `/v1/cross/groups/${gid}/members`, body)
  const members = async (): Promise<string[]> => {
    const { body } = await w.call('GET', `/v1/cross/groups/${gid}/members/`)
    return body.map(
      (member: { username: string; appkey: string }) =>
        `${member.username}@${member.appkey === APP.appKey ? 'here' : 'there'}`,
    )
  }
  return { w, gid, update, members }
}
const here = { appkey: APP.appKey }
const there = { appkey: OTHER.appKey }

test('adds and removes users of several apps in one call', async () => {
  const { w, gid, update, members } = await group()
  const first = [
    { appkey: ` ${OTHER.appKey}`, add: ['else', 'bob1', 'else'] },
    { ...here, add: ['bob1'], remove: [] },
  ]
  expect((await update(first)).status).toBe(204)
  expect(await members()).toEqual(['owner@here', 'else@there', 'bob1@there', 'bob1@here'])
  // One item by itself is taken for a list of one.
  expect((await update({ ...there, remove: ['bob1'] })).status).toBe(204)
  expect(await members()).toEqual(['owner@here', 'else@there', 'bob1@here'])
  expect((await w.call('GET', `/v1/cross/groups/${gid}/members`)).body[1]).toEqual({
    username: 'else',
    flag: 0,
    appkey: OTHER.appKey,
  })
})

test.each([
  [
    [
      { ...there, add: ['else'] },
      { appkey: 'unknown', add: ['bob1'] },
    ],
    [403, 899020],
  ],
  [[{ ...there, add: ['else', 'owner'] }], [403, 899002]],
  [[{ ...there, remove: ['owner'] }], [403, 899002]],
  [[{ ...there, remove: ['else'] }], [403, 899014]],
  [[{ ...here, add: ['bob1', 'owner'] }], [403, 899011]],
  [[{ ...there }], [400, 899003]],
  [[{ ...there, add: [], remove: [] }], [400, 899003]],
  [[{ add: ['else'] }], [400, 899003]],
  [[{ appkey: ' ', add: ['else'] }], [400, 899003]],
  [[{ ...there, add: 'else' }], [400, 899003]],
  [[], [400, 899003]],
  ['else', [400, 899003]],
  [Array.from({ length: 501 }, () => ({ ...there, add: ['else'] })), [400, 899003]],
])('%j changes nothing', async (body, expected) => {
  const { update, members } = await group()
  expect(refusal(await update(body))).toEqual(expected)
  expect(await members()).toEqual(['owner@here'])
})

test('takes at most 500 names to add in a call, and as many to remove, over all its items', async () => {
  const { update } = await group()
  const names = (count: number) => Array.from({ length: count }, (_, i) => `user${i}`)
  const of = (key: 'add' | 'remove', count: number) => [
    { ...here, [key]: names(300) },
    { ...there, [key]: names(count - 300) },
  ]
  for (const key of ['add', 'remove'] as const) {
    expect(refusal(await update(of(key, 501)))).toEqual([400, 899003])
    expect(refusal(await update(of(key, 500)))).toEqual([403, 899002])
  }
  expect(refusal(await update({ ...here, add: names(500), remove: names(500) }))).toEqual([403, 899002])
})

test('keeps what came before the list that is refused, and tells of it', async () => {
  const { w, gid, update, members } = await group()
  const owner = await inbox(w, 'owner')
  const answer = await update([
    { ...there, add: ['else'], remove: ['bob1'] },
    { ...here, add: ['bob1'] },
  ])
  expect(refusal(answer)).toEqual([403, 899014])
  expect(await members()).toEqual(['owner@here', 'else@there'])
  expect(await owner.named()).toMatchObject(['event', { event_type: 10, to_username_list: ['else'] }])
  await update({ ...there, remove: ['else'] })
  expect(await owner.named()).toMatchObject(['event', { event_type: 11, gid, to_username_list: ['else'] }])
})

test('tells members of another app, and those who are removed', async () => {
  const { w, gid, update } = await group()
  const stranger = await inbox(w, 'else', 'j', OTHER)
  const namesake = await inbox(w, 'bob1')
  await update({ ...there, add: ['else', 'bob1'] })
  expect(await stranger.named()).toMatchObject([
    'event',
    { event_type: 10, to_username_list: ['else', 'bob1'] },
  ])
  await update({ ...there, remove: ['bob1', 'else'] })
  expect(await stranger.named()).toMatchObject([
    'event',
    { event_type: 11, to_username_list: ['bob1', 'else'] },
  ])
  await update({ ...there, add: ['else'] })
  expect(await stranger.named()).toMatchObject(['event', { event_type: 10 }])
  await w.call('DELETE', `/v1/groups/${gid}`)
  expect(await stranger.named()).toMatchObject(['event', { event_type: 9, extra: 69, gid }])
  // Someone of the same name in another app is told nothing of all that.
  const own = await w.group('bob1')
  expect(await namesake.named()).toMatchObject(['event', { event_type: 8, gid: own }])
})

test('passes a group to a member of another app, and lets it go with the last one', async () => {
  const { w, gid, update, members } = await group()
  await update([
    { ...there, add: ['else'] },
    { ...here, add: ['bob1'], remove: ['owner'] },
  ])
  expect(await members()).toEqual(['else@there', 'bob1@here'])
  expect((await w.call('GET', `/v1/groups/${gid}`)).body.owner_username).toBe('else')
  const rest = [
    { ...here, remove: ['bob1'] },
    { ...there, remove: ['else'] },
    { ...here, add: ['bob1'] },
  ]
  expect(refusal(await update(rest))).toEqual([403, 899006])
  expect(refusal(await w.call('GET', `/v1/groups/${gid}`))).toEqual([403, 899006])
})

test('sends callers to the cross calls where several apps meet', async () => {
  const { w, gid, update } = await group()
  const own = (await w.callAs(OTHER, 'POST', '/v1/groups', { owner_username: 'else', name: 'own' })).body
  await update({ ...there, add: ['else'] })
  expect(refusal(await w.call('GET', `/v1/groups/${gid}/members`))).toEqual([403, 899021])
  const gids = ({ body }: { body: { gid: number }[] }) => body.map(one => one.gid)
  expect(gids(await w.callAs(OTHER, 'GET', '/v1/users/else/groups'))).toEqual([own.gid])
  const all = await w.callAs(OTHER, 'GET', '/v1/cross/users/else/groups')
  expect(gids(all)).toEqual([gid, own.gid])
  expect(all.body[0]).toEqual({
    ...(await w.call('GET', `/v1/groups/${gid}`)).body,
    appkey: APP.appKey,
    MaxMemberCount: 500,
    max_member_count: 500,
  })
  expect(all.body[1].appkey).toBe(OTHER.appKey)
  expect(refusal(await w.call('GET', '/v1/cross/users/else/groups'))).toEqual([403, 899002])
  await update({ ...there, remove: ['else'] })
  expect((await w.call('GET', `/v1/groups/${gid}/members`)).body).toEqual([{ username: 'owner', flag: 1 }])
})

test('forgets a user of another app who is deleted', async () => {
  const { w, update, members } = await group()
  await update({ ...there, add: ['else'], remove: undefined })
  await w.callAs(OTHER, 'DELETE', '/v1/users/else')
  expect(await members()).toEqual(['owner@here'])
})
