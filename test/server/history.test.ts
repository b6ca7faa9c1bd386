import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { OTHER, refusal, type World, world } from './world.ts'

const path = (base: string, query: Record<string, string | number>) =>
  `${base}?${new URLSearchParams(Object.entries(query).map(([k, v]): [string, string] => [k, String(v)]))}`
const DAY = { begin_time: '2026-01-01 08:00:00', end_time: '2026-01-01 20:00:00' }

async function people() {
  const w = await world()
  await w.users('alice', 'bob1')
  await w.admin('admin1')
  return w
}

async function allPages(w: World, base: string, count: number) {
  const ids: number[] = []
  let query: Record<string, string | number> = { ...DAY, count }
  for (;;) {
    const { status, body } = await w.call('GET', path(base, query))
    expect(status).toBe(200)
    expect(body.count).toBe(body.messages.length)
    ids.push(...body.messages.map((message: { msgid: number }) => message.msgid))
    if (body.cursor === undefined) return { ids, total: body.total }
    expect(body.count).toBe(count)
    query = { cursor: body.cursor }
  }
}

test('gives each message once and in order, whatever the page size', async () => {
  const w = await people()
  const gid = await w.group('alice', 'bob1')
  const room = await w.room('bob1')
  const lists: Record<string, number[]> = {
    '/v2/messages': [],
    '/v2/users/alice/messages': [],
    [`/v2/groups/${gid}/messages`]: [],
    [`/v2/chatrooms/${room}/messages`]: [],
  }
  const send = async (from: string, type: string, target: string | number, ...into: string[]) => {
    const sent = from === 'admin1' ? await w.send(from, type, target) : await w.say(from, type, target)
    expect(sent.status).toBe(201)
    for (const base of ['/v2/messages', ...into]) lists[base]?.push(sent.body.msg_id)
  }
  for (let i = 0; i < 6; i++) {
    await send('admin1', 'single', 'alice', '/v2/users/alice/messages')
    await send('alice', 'single', 'alice', '/v2/users/alice/messages')
    await send('alice', 'group', gid, '/v2/users/alice/messages', `/v2/groups/${gid}/messages`)
    await send('bob1', 'group', gid, `/v2/groups/${gid}/messages`)
    if (i % 2) await w.clock.advance(700)
    await send('bob1', 'chatroom', room, `/v2/chatrooms/${room}/messages`)
    await send('bob1', 'single', 'admin1')
  }
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(lists)),
      fc.integer({ min: 1, max: 40 }),
      async (base, count) => {
        const { ids, total } = await allPages(w, base, count)
        expect(ids).toEqual(lists[base])
        expect(total).toBe(ids.length)
      },
    ),
    { numRuns: 40 },
  )
})

test('counts both bounds in', async () => {
  const w = await people()
  await w.clock.advance(1999)
  const sent = await w.send('admin1', 'single', 'alice')
  const total = async (begin_time: string, end_time: string) =>
    (await w.call('GET', path('/v2/messages', { count: 9, begin_time, end_time }))).body.total
  expect(sent.status).toBe(201)
  expect(await total('2026-01-01 08:00:01', '2026-01-01 08:00:01')).toBe(1)
  expect(await total('2026-01-01 08:00:00', '2026-01-01 08:00:00')).toBe(0)
  expect(await total('2026-01-01 08:00:02', '2026-01-01 08:00:03')).toBe(0)
})

test.each<[Record<string, string | number>, string]>([
  [{}, 'nothing'],
  [{ ...DAY }, 'no count'],
  [{ ...DAY, count: 0 }, 'count 0'],
  [{ ...DAY, count: 1001 }, 'count 1001'],
  [{ count: 1, end_time: DAY.end_time }, 'no begin_time'],
  [{ count: 1, begin_time: DAY.begin_time }, 'no end_time'],
  [{ count: 1, begin_time: DAY.end_time, end_time: DAY.begin_time }, 'bounds the wrong way round'],
  [{ count: 1, begin_time: '2026-01-01 00:00:00', end_time: '2026-01-08 00:00:01' }, 'more than 7 days'],
  [{ count: 1, begin_time: '2026-02-30 00:00:00', end_time: '2026-02-30 00:00:01' }, 'no such day'],
  [{ count: 1, begin_time: '2026-01-01', end_time: '2026-01-02' }, 'no time of day'],
  [{ cursor: 'nonsense' }, 'a cursor that was made up'],
])('refuses %j: %s', async query => {
  const w = await people()
  expect(refusal(await w.call('GET', path('/v2/messages', query)))).toEqual([400, 899003])
})

test('takes seven whole days, and + or %20 for a space', async () => {
  const w = await people()
  for (const space of ['+', '%20'])
    for (const base of ['/v2/messages', '/v2//messages/']) {
      const query = `count=1&begin_time=2026-01-01${space}00:00:00&end_time=2026-01-08${space}00:00:00`
      expect((await w.call('GET', `${base}?${query}`)).status).toBe(200)
    }
})

test('takes a cursor for two minutes, from the same app and for the same list', async () => {
  const w = await people()
  await w.send('admin1', 'single', 'alice')
  await w.send('admin1', 'single', 'alice')
  const first = await w.call('GET', path('/v2/users/alice/messages', { ...DAY, count: 1 }))
  const { cursor } = first.body
  expect(cursor).toMatch(/^[\w.-]+$/)
  const at = (base: string) => path(base, { cursor })
  expect(refusal(await w.call('GET', at('/v2/messages')))).toEqual([400, 899003])
  expect(refusal(await w.call('GET', at('/v2/users/bob1/messages')))).toEqual([400, 899003])
  await w.callAs(OTHER, 'POST', '/v1/users', [{ username: 'alice', password: 'secret' }])
  expect(refusal(await w.callAs(OTHER, 'GET', at('/v2/users/alice/messages')))).toEqual([400, 899003])
  await w.clock.advance(120_000)
  expect((await w.call('GET', at('/v2/users/alice/messages'))).status).toBe(200)
  await w.clock.advance(1)
  expect(refusal(await w.call('GET', at('/v2/users/alice/messages')))).toEqual([400, 899003])
})

test('leaves messages that come in between out of later pages', async () => {
  const w = await people()
  for (let i = 0; i < 3; i++) await w.send('admin1', 'single', 'alice')
  const first = await w.call('GET', path('/v2/messages', { ...DAY, count: 2 }))
  await w.send('admin1', 'single', 'alice')
  const second = await w.call('GET', path('/v2/messages', { cursor: first.body.cursor }))
  expect([second.body.total, second.body.count, second.body.cursor]).toEqual([3, 1, undefined])
})

test('keeps sixty days', async () => {
  const w = await people()
  await w.send('admin1', 'single', 'alice')
  const total = async () => (await w.call('GET', path('/v2/messages', { ...DAY, count: 9 }))).body.total
  await w.clock.advance(60 * 86_400_000)
  expect(await total()).toBe(1)
  await w.clock.advance(1)
  expect(await total()).toBe(0)
})

test.each([
  ['/v2/users/nobody/messages', [403, 899002]],
  ['/v2/groups/999/messages', [403, 899006]],
  ['/v2/chatrooms/999/messages', [403, 899081]],
  ['/v2/groups/x/messages', [400, 899003]],
  ['/v2/chatrooms/0/messages', [400, 899003]],
])('%s is refused', async (base, expected) => {
  const w = await people()
  expect(refusal(await w.call('GET', path(base, { ...DAY, count: 1 })))).toEqual(expected)
})

test('shows an app only its own groups and rooms', async () => {
  const w = await people()
  const gid = await w.group('alice')
  const room = await w.room('alice')
  for (const [base, code] of [
    [`/v2/groups/${gid}/messages`, 899006],
    [`/v2/chatrooms/${room}/messages`, 899081],
  ] as const)
    expect(refusal(await w.callAs(OTHER, 'GET', path(base, { ...DAY, count: 1 })))).toEqual([403, code])
})

test('keeps the history of a group and a room that are gone', async () => {
  const w = await people()
  const gid = await w.group('alice')
  const room = await w.room('alice')
  await w.send('admin1', 'group', gid)
  await w.send('admin1', 'chatroom', room)
  await w.call('DELETE', `/v1/groups/${gid}`)
  await w.call('DELETE', `/v1/chatroom/${room}`)
  for (const [base, code] of [
    [`/v2/groups/${gid}/messages`, 899006],
    [`/v2/chatrooms/${room}/messages`, 899081],
  ] as const) {
    expect((await w.call('GET', path(base, { ...DAY, count: 1 }))).body).toMatchObject({ total: 1, count: 1 })
    expect(refusal(await w.callAs(OTHER, 'GET', path(base, { ...DAY, count: 1 })))).toEqual([403, code])
  }
})
