import { expect, test } from 'vitest'
import { inbox } from './inbox-reader.ts'
import { place } from './place.ts'
import { OTHER, ok, type World, world } from './world.ts'

const DAY = 86_400_000

async function town() {
  const w = await world()
  await w.users('alice', 'bobby')
  await w.admin('admin1')
  return w
}

const say = (w: World, text: string, more = {}) =>
  w.send('admin1', 'single', 'alice', { msg_body: { text }, ...more })

/** The texts that a stream begins with, up to one that is sent to end it. */
async function missed(w: World, username: string): Promise<string[]> {
  const reader = await inbox(w, username)
  ok(await w.send('admin1', 'single', username, { msg_body: { text: 'end' } }), 201)
  const texts: string[] = []
  for (;;) {
    const message = await reader.message()
    if (message.msg_body.text === 'end') break
    expect(message.offline).toBe(true)
    texts.push(message.msg_body.text)
  }
  reader.stop()
  while ((await w.call('GET', `/v1/users/${username}/userstat`)).body.online)
    await new Promise(resolve => setImmediate(resolve))
  return texts
}

test('a user receives what it missed, oldest first, and once', async () => {
  const w = await town()
  const gid = await w.group('bobby', 'alice')
  await say(w, '1')
  await w.send('admin1', 'group', gid, { msg_body: { text: '2' } })
  await say(w, '3')
  expect(await missed(w, 'alice')).toEqual(['1', '2', '3'])
  await say(w, '4')
  expect(await missed(w, 'alice')).toEqual(['4'])
})

test('what was said in a group before joining it is not missed, nor one’s own words', async () => {
  const w = await town()
  const gid = await w.group('bobby')
  await w.send('admin1', 'group', gid, { msg_body: { text: 'before' } })
  await w.clock.advance(1)
  await w.call('POST', `/v2/groups/${gid}/addMembers`, ['alice'])
  await w.say('alice', 'group', gid, { msg_body: { text: 'own' } })
  await w.send('admin1', 'group', gid, { msg_body: { text: 'after' } })
  expect(await missed(w, 'alice')).toEqual(['after'])
})

test('messages with no_offline reach only who is online', async () => {
  const w = await town()
  await say(w, 'lost', { no_offline: true })
  await say(w, 'kept')
  expect(await missed(w, 'alice')).toEqual(['kept'])
  const alice = await inbox(w, 'alice')
  await say(w, 'now', { no_offline: true })
  expect(await alice.message()).toMatchObject({ msg_body: { text: 'now' }, no_offline: true })
})

test('a conversation keeps its last 100 messages, for 15 days', async () => {
  const w = await town()
  await say(w, 'old')
  await w.clock.advance(15 * DAY)
  for (let i = 0; i < 101; i++) await say(w, String(i))
  const texts = await missed(w, 'alice')
  expect([texts.length, texts[0], texts.at(-1)]).toEqual([100, '1', '100'])
})

test('retracted messages and those of chat rooms are not kept', async () => {
  const w = await town()
  const room = await w.room('bobby', 'alice')
  await w.send('admin1', 'chatroom', room, { msg_body: { text: 'room' } })
  const { msg_id } = (await say(w, 'gone')).body
  await w.call('POST', `/v1/messages/admin1/${msg_id}/retract`)
  expect(await missed(w, 'alice')).toEqual([])
})

test('who enters a chat room gets its last 50 messages', async () => {
  const w = await town()
  const room = await w.room('bobby')
  for (let i = 0; i < 51; i++) await w.send('admin1', 'chatroom', room, { msg_body: { text: String(i) } })
  const alice = await inbox(w, 'alice')
  await w.call('PUT', `/v1/chatroom/${room}/members`, ['alice'])
  const texts: string[] = []
  for (let i = 0; i < 50; i++) texts.push((await alice.message()).msg_body.text)
  expect([texts[0], texts.at(-1)]).toEqual(['1', '50'])
})

test('a shielded group delivers nothing, now or later, but its events', async () => {
  const w = await town()
  const gid = await w.group('bobby', 'alice')
  ok(await w.call('POST', '/v1/users/alice/groupsShield', { add: [gid] }), 204)
  await w.send('admin1', 'group', gid, { msg_body: { text: 'shielded' } })
  expect(await missed(w, 'alice')).toEqual([])
  const alice = await inbox(w, 'alice')
  await w.send('admin1', 'group', gid)
  await w.call('PUT', `/v1/groups/${gid}`, { name: 'renamed' })
  expect(await alice.named()).toMatchObject(['event', { event_type: 12, gid }])
})

test('do-not-disturb marks messages and holds none back', async () => {
  const w = await town()
  const gid = await w.group('bobby', 'alice')
  const loud = await w.group('bobby', 'alice')
  const dnd = (body: object) => w.call('POST', '/v1/users/alice/nodisturb', body)
  ok(await dnd({ single: { add: ['admin1'] }, group: { add: [gid] } }), 204)
  await say(w, 'missed')
  const alice = await inbox(w, 'alice')
  expect(await alice.message()).toMatchObject({ offline: true, no_disturb: true })
  await say(w, 'quiet')
  expect(await alice.message()).toMatchObject({ no_disturb: true })
  await w.say('bobby', 'single', 'alice')
  expect(await alice.message()).not.toHaveProperty('no_disturb')
  await w.send('admin1', 'group', gid)
  expect(await alice.message()).toMatchObject({ no_disturb: true })
  await w.send('admin1', 'group', loud)
  expect(await alice.message()).not.toHaveProperty('no_disturb')
  ok(await dnd({ global: 1 }), 204)
  expect(await alice.named()).toMatchObject(['event', { event_type: 37 }])
  await w.say('bobby', 'single', 'alice')
  expect(await alice.message()).toMatchObject({ no_disturb: true })
})

test('members of other apps hear their group', async () => {
  const w = await town()
  await w.callAs(OTHER, 'POST', '/v1/users', [{ username: 'alice', password: 'secret' }])
  const gid = await w.group('bobby')
  const item = { appkey: OTHER.appKey, add: ['alice'] }
  ok(await w.call('POST', `/v1/cross/groups/${gid}/members`, [item]), 204)
  const url = `${w.server.url}/sandbox/apps/${OTHER.appKey}/users/alice/inbox`
  const stop = new AbortController()
  const stream = (await fetch(url, { signal: stop.signal })).body!.pipeThrough(new TextDecoderStream())
  await w.send('admin1', 'group', gid, { msg_body: { text: 'to all' } })
  let text = ''
  for await (const part of stream) {
    text += part
    if (text.includes('to all')) break
  }
  expect(text).toContain('event: message')
})

test('what was received is remembered over a restart', async () => {
  const data = await place()
  const first = await world(data)
  await first.users('alice')
  await first.admin('admin1')
  await say(first, '1')
  expect(await missed(first, 'alice')).toEqual(['1'])
  await say(first, '2')
  await first.server.close()
  const second = await world({ ...data, clock: first.clock })
  expect(await missed(second, 'alice')).toEqual(['2'])
})
