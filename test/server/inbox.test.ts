import { expect, test } from 'vitest'
import { inbox } from './inbox-reader.ts'
import { APP, refusal, world } from './world.ts'

test('streams single, group and room messages to their receivers only', async () => {
  const w = await world()
  await w.users('alice', 'bob1', 'carl')
  await w.admin('admin1')
  const gid = await w.group('alice', 'bob1')
  const room = await w.room('bob1', 'alice')
  const [alice, bob, carl] = [await inbox(w, 'alice'), await inbox(w, 'bob1'), await inbox(w, 'carl')]
  await w.send('admin1', 'single', 'alice', { msg_body: { text: '1' } })
  await w.say('bob1', 'group', gid, { msg_body: { text: '2' } })
  await w.say('alice', 'chatroom', room, { msg_body: { text: '3' } })
  await w.send('admin1', 'group', gid, { msg_body: { text: '4' } })
  await w.say('alice', 'single', 'carl', { msg_body: { text: '5' } })
  const said = async ({ named }: { named: () => Promise<unknown[]> }) => {
    const [event, record] = (await named()) as [string, { msg_body: { text: string } }]
    return event + record.msg_body.text
  }
  expect([await said(alice), await said(alice), await said(alice)]).toEqual([
    'message1',
    'message2',
    'message4',
  ])
  expect([await said(bob), await said(bob)]).toEqual(['message3', 'message4'])
  expect(await said(carl)).toBe('message5')
})

test('tells receivers of retractions, and members of changes', async () => {
  const w = await world()
  await w.users('alice', 'bob1')
  await w.admin('admin1')
  const gid = await w.group('alice')
  const bob = await inbox(w, 'bob1')
  const event = async () => {
    const [kind, data] = await bob.named()
    expect(kind).toBe('event')
    return data
  }
  await w.call('POST', `/v2/groups/${gid}/addMembers`, ['bob1'])
  expect(await event()).toMatchObject({ event_type: 10, gid, to_username_list: ['bob1'] })
  const { msg_id } = (await w.send('admin1', 'group', gid)).body
  await bob.named()
  await w.call('POST', `/v1/messages/admin1/${msg_id}/retract`)
  expect(await event()).toMatchObject({ event_type: 55, msgids: [msg_id], gid })
  await w.call('PUT', `/v1/groups/messages/${gid}/silence?status=true`, ['bob1'])
  expect(await event()).toMatchObject({ event_type: 65, extra: 1, to_username_list: ['bob1'] })
  await w.call('PUT', '/v1/users/bob1/blacklist', ['alice'])
  expect(await event()).toMatchObject({ event_type: 38, to_username_list: ['alice'] })
  await w.call('POST', `/v2/groups/${gid}/delMembers`, ['bob1'])
  expect(await event()).toMatchObject({ event_type: 11, gid })
  await w.call('DELETE', '/v1/users/bob1')
  expect(await event()).toMatchObject({ event_type: 1, extra: 2 })
  expect(await bob.next()).toBeUndefined()
})

test('shows every 15 seconds that it is alive', async () => {
  const w = await world()
  await w.users('alice')
  const alice = await inbox(w, 'alice')
  await w.clock.advance(15_000)
  await w.clock.advance(15_000)
  expect([await alice.next(), await alice.next()]).toEqual([': alive', ': alive'])
})

test('ends when the server closes', async () => {
  const w = await world()
  await w.users('alice')
  const alice = await inbox(w, 'alice')
  await w.server.close()
  expect(await alice.next()).toBeUndefined()
})

test('drops a reader that does not keep up', async () => {
  const w = await world({ listen: undefined })
  const ask = (path: string, body?: unknown) =>
    w.server.fetch(
      new Request(`http://localhost${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Basic ${btoa(`${APP.appKey}:${APP.masterSecret}`)}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
  await ask('/v1/users', [{ username: 'alice', password: 'secret' }])
  const stream = await ask(`/sandbox/apps/${APP.appKey}/users/alice/inbox`)
  const message = { target_type: 'single', target_id: 'alice', from_id: 'alice', text: 'x'.repeat(4000) }
  for (let i = 0; i < 400; i++) await ask(`/sandbox/apps/${APP.appKey}/messages`, message)
  const text = await stream.text()
  expect(text.length).toBeLessThan(1_100_000)
})

test('knows no strangers', async () => {
  const w = await world()
  expect(refusal(await w.raw(`/sandbox/apps/${APP.appKey}/users/nobody/inbox`))).toEqual([403, 899002])
  expect(refusal(await w.raw('/sandbox/apps/x/users/nobody/inbox'))).toEqual([401, 899009])
})
