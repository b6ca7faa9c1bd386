import { expect, test } from 'vitest'
import { administer } from '../../postgres/start.ts'
import { type InboxReader, inbox } from '../inbox-reader.ts'
import { ok, type World } from '../world.ts'
import { names, twoWorlds } from './two-worlds.ts'

/** The ids of the next messages. */
async function ids(reader: InboxReader, count: number): Promise<number[]> {
  const read: number[] = []
  while (read.length < count) {
    const [kind, data] = await reader.named()
    if (kind === 'message') read.push(data.msgid)
  }
  return read
}
const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b)

const sending = async (
  w: World,
  gid: number,
  count: number,
  by: 'send' | 'say' = 'send',
): Promise<number[]> => {
  const sent: number[] = []
  for (let i = 0; i < count; i++) sent.push(ok(await w[by]('admin1', 'group', gid), 201).body.msg_id)
  return sent
}

async function crowd() {
  const two = await twoWorlds()
  await two.a.users('alice', 'bobby', 'carol')
  return { ...two, gid: await two.a.group('alice', 'bobby', 'carol', 'admin1') }
}

test('every stream has every message once, in the order of ids, while two processes send at the same time', async () => {
  const { a, b, gid } = await crowd()
  const readers = [await inbox(a, 'alice'), await inbox(b, 'bobby')]
  const half = Promise.all([sending(a, gid, 50), sending(b, gid, 50), sending(b, gid, 50, 'say')])
  const others = Promise.all([sending(a, gid, 50, 'say'), sending(a, gid, 50), sending(b, gid, 50)])
  // Opened in the midst of it: what it begins with and what comes then make a whole.
  const late = (async () => {
    await half
    return inbox(b, 'carol')
  })()
  const sent = sorted([...(await half), ...(await others)].flat())
  for (const reader of [...readers]) expect(await ids(reader, 300)).toEqual(sent)
  const carol = await ids(await late, 100)
  expect(carol).toEqual(sorted(carol))
  expect(new Set(carol).size).toBe(100)
})

test('a stream opened under load begins with what was missed, and goes on without a gap or a repetition', async () => {
  const { a, b } = await twoWorlds()
  await a.users('alice')
  const to = async (w: World, count: number) => {
    const sent: number[] = []
    for (let i = 0; i < count; i++) sent.push((await w.send('admin1', 'single', 'alice')).body.msg_id)
    return sent
  }
  // No more than is kept of a conversation for who is away.
  const under = Promise.all([to(a, 40), to(b, 40)])
  await to(b, 10)
  const reader = await inbox(a, 'alice')
  const all = await under
  const more = await to(b, 5)
  const read = await ids(reader, 95)
  expect(read).toEqual(sorted(read))
  expect(new Set(read).size).toBe(95)
  for (const id of [...all.flat(), ...more]) expect(read).toContain(id)
  reader.stop()
  await expect.poll(async () => (await b.call('GET', '/v1/users/alice/userstat')).body.online).toBe(false)
  const next = await to(a, 3)
  expect(await ids(await inbox(b, 'alice'), 3)).toEqual(next)
})

test('nothing is lost while notifications are, as connections are cut', async () => {
  const { a, b, gid, database } = await crowd()
  const reader = await inbox(a, 'alice')
  let cut = 0
  let isSending = true
  const cutting = administer(database, async client => {
    while (isSending) {
      const { rowCount } = await client.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%' and datname = current_database()",
      )
      cut += rowCount ?? 0
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  })
  const sent = sorted((await Promise.all([sending(a, gid, 100), sending(b, gid, 100)])).flat())
  const last = await sending(b, gid, 1)
  isSending = false
  await cutting
  expect(cut).toBeGreaterThan(0)
  expect(await ids(reader, 201)).toEqual([...sent, ...last])
})

test('events and rooms entered reach the streams of another process, in order with messages', async () => {
  const { a, b, gid } = await crowd()
  await a.users('dave1')
  const alice = await inbox(b, 'alice')
  const before = await sending(b, gid, 1)
  ok(await a.call('POST', `/v2/groups/${gid}/addMembers`, ['dave1']), 204)
  const after = await sending(b, gid, 1)
  const got = [await alice.named(), await alice.named(), await alice.named()]
  expect(got.map(([kind, data]) => (kind === 'message' ? data.msgid : data.event_type))).toEqual([
    ...before,
    10,
    ...after,
  ])
  const room = await a.room('bobby')
  const said = []
  for (const _ of names(3)) said.push(ok(await a.say('bobby', 'chatroom', room), 201).body.msg_id)
  ok(await a.call('PUT', `/v1/chatroom/${room}/members`, ['alice']), 204)
  said.push(ok(await b.say('bobby', 'chatroom', room), 201).body.msg_id)
  expect(await ids(alice, 4)).toEqual(said)
})
