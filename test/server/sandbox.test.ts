import { expect, test } from 'vitest'
import { APP, refusal, type World, world } from './world.ts'

const post = (w: World, path: string, body: unknown, headers = {}) =>
  w.raw(path, { method: 'POST', headers, body: JSON.stringify(body) })
const messages = `/sandbox/apps/${APP.appKey}/messages`

test('is not there unless asked for', async () => {
  const w = await world({ sandbox: false })
  expect(refusal(await post(w, '/sandbox/clock', { advance_ms: 1 }))).toEqual([404, 404])
  expect(refusal(await post(w, messages, {}))).toEqual([404, 404])
  expect(refusal(await w.raw(`/sandbox/apps/${APP.appKey}/users/alice/inbox`))).toEqual([404, 404])
})

test('moves the clock ahead, and nowhere else', async () => {
  const w = await world()
  const { status, body } = await post(w, '/sandbox/clock', { advance_ms: 180_001 })
  expect([status, body]).toEqual([200, { now: w.clock.now() + 180_001 }])
  for (const advance_ms of [-1, 1.5, 'x', null, 1e300])
    expect(refusal(await post(w, '/sandbox/clock', { advance_ms }))).toEqual([400, 899003])
  expect(refusal(await w.raw('/sandbox/clock'))).toEqual([405, 405])
})

test('says something short as an ordinary user', async () => {
  const w = await world()
  await w.users('alice', 'bob1')
  const body = { target_type: 'single', target_id: 'bob1', from_id: 'alice', text: 'hi' }
  const sent = await post(w, messages, body)
  expect([sent.status, Object.keys(sent.body)]).toEqual([201, ['msg_id', 'msg_ctime']])
  expect(refusal(await post(w, messages, { ...body, text: '' }))).toEqual([400, 899003])
  expect(refusal(await post(w, messages, []))).toEqual([400, 899003])
  expect(refusal(await post(w, messages, { ...body, from_id: 'nobody' }))).toEqual([403, 899002])
  expect(refusal(await post(w, messages.replace(APP.appKey, 'x'), body))).toEqual([401, 899009])
  await w.call('PUT', '/v1/users/alice/forbidden?disable=true')
  expect(refusal(await post(w, messages, body))).toEqual([403, 801006])
})

test('takes nothing from pages of other sites', async () => {
  const w = await world()
  const advance = (origin: string) => post(w, '/sandbox/clock', { advance_ms: 1 }, { origin })
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost'])
    expect((await advance(origin)).status).toBe(403)
  expect((await advance(w.server.url)).status).toBe(200)
  expect((await advance(w.server.url.replace('127.0.0.1', 'localhost'))).status).toBe(200)
})
