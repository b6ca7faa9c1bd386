import { expect, test } from 'vitest'
import { inbox } from './inbox-reader.ts'
import { APP, OTHER, refusal, world } from './world.ts'

async function group() {
  const w = await world()
  await w.users('owner', 'bob1', 'carl')
  const gid = await w.group('owner', 'bob1')
  const hand = (body: unknown, prefix = '/v1') => w.call('PUT', `${prefix}/groups/owner/${gid}`, body)
  const owner = async () => (await w.call('GET', `/v1/groups/${gid}`)).body.owner_username
  return { w, gid, hand, owner }
}

test('hands a group to a member; the old owner stays, and members are told', async () => {
  const { w, gid, hand } = await group()
  const old = await inbox(w, 'owner')
  await w.clock.advance(5000)
  expect((await hand({ username: 'bob1' })).status).toBe(204)
  expect((await w.call('GET', `/v1/groups/${gid}/members`)).body).toEqual([
    { username: 'owner', flag: 0 },
    { username: 'bob1', flag: 1 },
  ])
  expect((await w.call('GET', `/v1/groups/${gid}`)).body).toMatchObject({
    owner_username: 'bob1',
    mtime: '2026-01-01 08:00:05',
  })
  expect(await old.named()).toEqual([
    'event',
    {
      event_type: 82,
      gid,
      from_username: 'owner',
      to_username_list: ['bob1'],
      new_owner: 'bob1',
      ctime: w.clock.now(),
    },
  ])
})

test('changes nothing for the present owner', async () => {
  const { w, gid, hand, owner } = await group()
  const bob = await inbox(w, 'bob1')
  await w.clock.advance(5000)
  expect((await hand({ username: 'owner' })).status).toBe(204)
  expect(await owner()).toBe('owner')
  expect((await w.call('GET', `/v1/groups/${gid}`)).body.mtime).toBe('2026-01-01 08:00:00')
  await hand({ username: 'bob1' }, '')
  expect(await bob.named()).toMatchObject(['event', { event_type: 82, new_owner: 'bob1' }])
})

test.each([
  [{ username: 'carl' }, [403, 899014]],
  [{ username: 'nobody' }, [403, 899002]],
  [{ username: 'bob1', appkey: OTHER.appKey }, [403, 899002]],
  [{ username: 'bob1', appkey: 'unknown' }, [403, 899020]],
  [{ username: 'bob1', appKey: 'unknown' }, [403, 899020]],
  [{ username: '' }, [400, 899003]],
  [{}, [400, 899003]],
  [['bob1'], [400, 899003]],
])('refuses %j', async (body, expected) => {
  const { hand, owner } = await group()
  expect(refusal(await hand(body))).toEqual(expected)
  expect(await owner()).toBe('owner')
})

test('hands a group to a member of another app, told apart from one of the same name', async () => {
  const { w, gid, hand } = await group()
  await w.callAs(OTHER, 'POST', '/v1/users', [{ username: 'bob1', password: 'secret' }])
  await w.call('POST', `/v1/cross/groups/${gid}/members`, { appkey: OTHER.appKey, add: ['bob1'] })
  expect((await hand({ username: 'bob1', appKey: ` ${OTHER.appKey.toUpperCase()} ` })).status).toBe(204)
  const { body } = await w.call('GET', `/v1/cross/groups/${gid}/members`)
  expect(body.at(-1)).toEqual({ username: 'bob1', flag: 1, appkey: OTHER.appKey })
  expect(body.filter((member: { flag: number }) => member.flag === 1)).toHaveLength(1)
  expect((await hand({ username: 'bob1', appkey: APP.appKey })).status).toBe(204)
  expect((await w.call('GET', `/v1/cross/groups/${gid}/members`)).body[1].flag).toBe(1)
})

test('lets a member speak who was silenced and becomes the owner', async () => {
  const { w, gid, hand } = await group()
  await w.call('PUT', `/v1/groups/messages/${gid}/silence?status=true`, ['bob1'])
  await hand({ username: 'bob1' })
  expect((await w.say('bob1', 'group', gid)).status).toBe(201)
})
