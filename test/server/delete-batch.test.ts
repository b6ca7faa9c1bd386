import { expect, test } from 'vitest'
import { type InboxReader, inbox } from './inbox-reader.ts'
import { columnsOf, openWorld } from './tables.ts'
import { APP, OTHER, ok, refusal, world } from './world.ts'

/** Reads a stream to its end. */
async function ended(stream: InboxReader): Promise<void> {
  while ((await stream.next()) !== undefined);
}

const many = Array.from({ length: 101 }, (_, i) => `user${i}`)

test('deletes up to 100 users in a call', async () => {
  const w = await world()
  await w.users(...many)
  expect(refusal(await w.call('DELETE', '/v1/users', many))).toEqual([400, 899003])
  const deleted = await w.call('DELETE', '/v1/users/', many.slice(1))
  expect([deleted.status, deleted.body]).toEqual([204, ''])
  const { body } = await w.call('GET', '/v1/users')
  expect(body.users.map((user: { username: string }) => user.username)).toEqual(['user0'])
})

test('deletes all of them or none', async () => {
  const w = await world()
  await w.users('alice', 'bob1')
  await w.callAs(OTHER, 'POST', '/v1/users', [{ username: 'carl', password: 'secret' }])
  expect(refusal(await w.call('DELETE', '/v1/users', ['alice', 'carl']))).toEqual([403, 899002])
  for (const body of [[], {}, ['alice', 7], undefined])
    expect(refusal(await w.call('DELETE', '/v1/users', body))).toEqual([400, 899003])
  expect((await w.call('GET', '/v1/users')).body.total).toBe(2)
  expect((await w.call('DELETE', '/v1/users', ['bob1', 'alice', 'bob1'])).status).toBe(204)
  expect((await w.call('GET', '/v1/users')).body.total).toBe(0)
})

test('leaves no trace of a user but its messages', async () => {
  const { w, rows } = await openWorld()
  await w.users('gone', 'bob1')
  ok(await w.callAs(OTHER, 'POST', '/v1/users', [{ username: 'dora', password: 'secret' }]), 201)
  const gid = await w.group('gone', 'bob1')
  const room = await w.room('gone', 'bob1')
  ok(await w.say('gone', 'single', 'bob1'), 201)
  const stream = await inbox(w, 'gone')
  ok(await w.say('bob1', 'single', 'gone'), 201)
  await stream.message()
  const other = await inbox(w, 'gone', 'a')
  ok(await w.call('DELETE', `/sandbox/apps/${APP.appKey}/users/gone/inbox?platform=a`), 204)
  await ended(other)
  const dora = { appkey: OTHER.appKey, usernames: ['dora'] }
  for (const [from, to] of [
    ['gone', 'bob1'],
    ['bob1', 'gone'],
  ]) {
    ok(await w.call('PUT', `/v1/users/${from}/blacklist`, [to]), 204)
    ok(
      await w.call('POST', `/v1/users/${from}/nodisturb`, { single: { add: [to] }, group: { add: [gid] } }),
      204,
    )
    ok(await w.call('POST', `/v1/users/${from}/groupsShield`, { add: [gid] }), 204)
  }
  ok(await w.call('POST', '/v1/users/gone/friends', ['bob1']), 201)
  ok(await w.call('PUT', '/v1/cross/users/gone/blacklist', [dora]), 204)
  ok(await w.call('POST', '/v1/cross/users/gone/friends', { appkey: dora.appkey, users: ['dora'] }), 201)
  const id = (await rows(`select id from im_user where username = 'gone'`))[0]!.id
  // Where its id may stand. Messages and the days it was active stay.
  const columns = (await columnsOf(rows)).filter(
    ({ table, column }) =>
      !['im_message', 'im_active'].includes(table) &&
      (['user', 'other', 'owner'].includes(column) || (table === 'im_user' && column === 'id')),
  )
  const traces = async () => {
    const found: typeof columns = []
    for (const one of columns)
      if ((await rows(`select 1 from ${one.table} where "${one.column}" = ${id}`)).length > 0) found.push(one)
    return found
  }
  const tables = (found: Record<string, unknown>[]) => new Set(found.map(({ table }) => table))
  expect(tables(await traces())).toEqual(tables(columns))

  ok(await w.call('DELETE', '/v1/users', ['gone']), 204)
  await ended(stream)
  // Whatever the end of the stream writes comes before this.
  await w.users('last')
  expect(await traces()).toEqual([])
  expect(await rows(`select username, members from im_room r join im_user u on u.id = r.owner`)).toEqual([
    { username: 'bob1', members: 1 },
  ])
  expect((await w.call('GET', `/v1/groups/${gid}/members`)).body).toEqual([{ username: 'bob1', flag: 1 }])
  expect((await w.call('GET', '/v1/users/bob1/friends')).body).toEqual([])
  // What bob1 set for the group is his, and stays.
  expect(refusal(await w.call('POST', '/v1/users/bob1/groupsShield', { add: [gid] }))).toEqual([403, 899052])
  expect(refusal(await w.call('DELETE', `/v1/chatroom/${room}/members`, ['bob1']))).toEqual([403, 852004])
})

test('hands groups and rooms past those deleted with their owner, and deletes empty ones', async () => {
  const { w, rows } = await openWorld()
  await w.users('owner', 'heir', 'young')
  const shared = await w.group('owner', 'heir', 'young')
  const empty = await w.group('owner', 'heir')
  await w.room('heir', 'owner', 'young')
  await w.room('owner', 'heir')
  await w.clock.advance(5000)
  ok(await w.call('DELETE', '/v1/users', ['owner', 'heir']), 204)
  const group = (await w.call('GET', `/v1/groups/${shared}`)).body
  expect([group.owner_username, group.mtime]).toEqual(['young', '2026-01-01 08:00:05'])
  expect(refusal(await w.call('GET', `/v1/groups/${empty}`))).toEqual([403, 899006])
  expect(await rows('select username, members from im_room r join im_user u on u.id = r.owner')).toEqual([
    { username: 'young', members: 1 },
  ])
  expect(await rows('select room from im_room_member')).toHaveLength(1)
})

test('ends the streams of those deleted, and tells their groups who owns them now', async () => {
  const w = await world()
  await w.users('owner', 'heir', 'young')
  const gid = await w.group('owner', 'heir', 'young')
  const [owner, young] = [await inbox(w, 'owner'), await inbox(w, 'young')]
  ok(await w.call('DELETE', '/v1/users', ['owner', 'heir']), 204)
  const ctime = w.clock.now()
  expect(await owner.named()).toEqual(['event', { event_type: 1, extra: 2, ctime }])
  expect(await owner.next()).toBeUndefined()
  const left = { event_type: 9, gid, ctime }
  expect((await young.named())[1]).toMatchObject({ ...left, from_username: 'owner', new_owner: 'heir' })
  expect((await young.named())[1]).toMatchObject({ ...left, from_username: 'heir', new_owner: 'young' })
})

test('gives a name back as that of someone new', async () => {
  const w = await world()
  await w.users('alice', 'bob1')
  await w.call('POST', '/v1/users/alice/friends', ['bob1'])
  await w.call('DELETE', '/v1/users', ['alice'])
  await w.users('alice')
  expect((await w.call('GET', '/v1/users/alice/friends')).body).toEqual([])
  expect((await w.call('POST', '/v1/users/bob1/friends', ['alice'])).status).toBe(201)
})
