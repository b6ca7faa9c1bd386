import { expect, test } from 'vitest'
import { inbox } from '../inbox-reader.ts'
import { APP, basic, ok, refusal, type World } from '../world.ts'
import { names, twoWorlds } from './two-worlds.ts'

const at = (w: World, path: string, init: RequestInit) => w.raw(path, init)

test('a room holds no more members than it may, and counts them right', async () => {
  const { a, b } = await twoWorlds({ maxRoomMembers: 10 })
  await a.users('owner', ...names(30))
  const room = await a.room('owner')
  const enter = (w: World, name: string) => w.call('PUT', `/v1/chatroom/${room}/members`, [name])
  const answers = await Promise.all(names(30).map((name, i) => enter(i % 2 === 0 ? a : b, name)))
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(9)
  const listed = (await b.call('GET', `/v1/chatroom/${room}/members?start=0&count=100`)).body
  expect([listed.total, listed.users.length]).toEqual([10, 10])
})

test('a name is taken once', async () => {
  const { a, b } = await twoWorlds()
  const register = (w: World) =>
    w.call(
      'POST',
      '/v1/users',
      names(50).map(username => ({ username, password: 'secret' })),
    )
  const answers = await Promise.all([a, b, a, b].map(register))
  const results = answers.flatMap(({ body }) => body as { error?: { code: number } }[])
  expect(results.filter(({ error }) => error === undefined)).toHaveLength(50)
  expect(results.every(({ error }) => error === undefined || error.code === 899001)).toBe(true)
  expect((await a.call('GET', '/v1/users?start=0&count=100')).body.total).toBe(51)
})

test('a message is retracted once', async () => {
  const { a, b } = await twoWorlds()
  for (let i = 0; i < 10; i++) {
    const id = (await a.send('admin1', 'single', 'admin1')).body.msg_id
    const answers = await Promise.all([a, b].map(w => w.call('POST', `/v1/messages/admin1/${id}/retract`)))
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 403])
    expect(answers.find(({ status }) => status === 403)!.body.error.code).toBe(855004)
  }
})

test('sensitive words hold everywhere as soon as they are answered, and no longer', async () => {
  const { a, b } = await twoWorlds()
  const say = (w: World) => w.send('admin1', 'single', 'admin1', { msg_body: { text: 'a bad word' } })
  ok(await a.call('PUT', '/v1/sensitiveword/status?status=1'), 204)
  for (let i = 0; i < 10; i++) {
    ok(await say(b), 201)
    ok(await a.call('POST', '/v1/sensitiveword', ['bad']), 204)
    expect(refusal(await say(b))).toEqual([403, 803009])
    expect((await b.say('admin1', 'single', 'admin1', { msg_body: { text: 'bad' } })).status).toBe(403)
    ok(await a.call('DELETE', '/v1/sensitiveword', { word: 'bad' }), 204)
    ok(await b.say('admin1', 'single', 'admin1', { msg_body: { text: 'bad' } }), 201)
  }
})

test('the clock that is moved at one process has moved at the others', async () => {
  const { a, b } = await twoWorlds()
  const id = (await a.send('admin1', 'single', 'admin1')).body.msg_id
  const moved = await a.raw('/sandbox/clock', { method: 'POST', body: '{"advance_ms": 181000}' })
  expect(refusal(await b.call('POST', `/v1/messages/admin1/${id}/retract`))).toEqual([403, 855001])
  expect((await b.raw('/sandbox/clock', { method: 'POST', body: '{"advance_ms": 0}' })).body).toEqual(
    moved.body,
  )
  expect((await b.send('admin1', 'single', 'admin1')).body.msg_ctime).toBe(moved.body.now)
})

test('the totals of histories and the statistics know what another process retracted', async () => {
  const { a, b, clock } = await twoWorlds()
  const ids = await Promise.all(
    names(40).map(async () => (await a.send('admin1', 'single', 'admin1')).body.msg_id),
  )
  await clock.advance(1000)
  const totals = async (w: World) => {
    const range = 'begin_time=2026-01-01 07:00:00&end_time=2026-01-01 09:00:00&count=5'
    const history = await w.call('GET', `/v2/messages?${range}`)
    const day = await w.call('GET', '/v2/statistic/messages?time_unit=DAY&start=2026-01-01&duration=1')
    return [history.body.total, day.body.send_msg_stat[0].single_send_msg]
  }
  expect(await totals(b)).toEqual([40, 40])
  for (const id of ids.slice(0, 7)) ok(await a.call('POST', `/v1/messages/admin1/${id}/retract`), 204)
  expect(await totals(b)).toEqual([33, 33])
  expect(await totals(a)).toEqual([33, 33])
})

test('a history is read on at another process', async () => {
  const { a, b } = await twoWorlds()
  for (const _ of names(7)) await a.send('admin1', 'single', 'admin1')
  const range = 'begin_time=2026-01-01 07:00:00&end_time=2026-01-01 09:00:00&count=5'
  const first = (await a.call('GET', `/v2/messages?${range}`)).body
  const second = (await b.call('GET', `/v2/messages?cursor=${first.cursor}`)).body
  expect([first.count, second.count, second.total]).toEqual([5, 2, 7])
})

test('calls are counted over all processes', async () => {
  const { a, b } = await twoWorlds({ rateLimit: 30 })
  const call = (w: World) => w.call('GET', '/v1/users/admin1')
  const answers = await Promise.all(names(60).map((_, i) => call(i % 2 === 0 ? a : b)))
  // The admin was registered with one.
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(29)
  expect(refusal(answers.find(({ status }) => status === 429)!)).toEqual([429, 2002])
  await a.clock.advance(60_000)
  expect((await call(b)).headers.get('x-rate-limit-remaining')).toBe('29')
  expect((await call(a)).headers.get('x-rate-limit-remaining')).toBe('28')
})

test('a quota that is set at one process holds at the others', async () => {
  const { a, b } = await twoWorlds()
  const set = (w: World, body: string) =>
    w.raw(`/sandbox/apps/${APP.appKey}/rate-limit`, { method: 'PUT', body })
  await set(a, '{"per_minute": 2}')
  const calls = [await b.call('GET', '/v1/users'), await a.call('GET', '/v1/users')]
  expect(calls.map(({ headers }) => headers.get('x-rate-limit-remaining'))).toEqual(['1', '0'])
  expect((await b.call('GET', '/v1/users')).status).toBe(429)
  await set(b, '{"per_minute": null}')
  expect((await a.call('GET', '/v1/users')).headers.get('x-rate-limit-limit')).toBeNull()
})

test('what is uploaded to one process is downloaded from another', async () => {
  const { a, b } = await twoWorlds()
  const bytes = Buffer.alloc(600_000, 'beadle')
  const form = new FormData()
  form.set('file', new Blob([bytes]), 'a.bin')
  const headers = { authorization: basic(APP) }
  const { media_id } = ok(await at(a, '/v1/resource?type=file', { method: 'POST', headers, body: form })).body
  const { url } = ok(await b.call('GET', `/v1/resource?mediaId=${media_id}`)).body
  expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(bytes)).toBe(true)
  const range = await fetch(url, { headers: { range: 'bytes=262140-262150' } })
  expect(await range.text()).toBe(bytes.subarray(262_140, 262_151).toString())
})

test('who is connected to one process is online at the others, until logged out at any', async () => {
  const { a, b } = await twoWorlds()
  await a.users('alice')
  const stat = async () => (await b.call('GET', '/v1/users/alice/userstat')).body
  const stream = await inbox(a, 'alice')
  expect(await stat()).toEqual({ login: true, online: true })
  ok(await b.call('DELETE', `/sandbox/apps/${APP.appKey}/users/alice/inbox?platform=j`), 204)
  expect(await stream.next()).toBeUndefined()
  await expect.poll(stat).toEqual({ login: false, online: false })
  const again = await inbox(a, 'alice')
  ok(await b.call('DELETE', '/v1/users/alice'), 204)
  expect((await again.named())[1]).toMatchObject({ event_type: 1, extra: 2 })
  expect(await again.next()).toBeUndefined()
})
