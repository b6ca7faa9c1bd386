import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { idMaker } from '../../../src/base/ids.ts'
import type { MessageRecord } from '../../../src/protocol/index.ts'
import type { Delivery } from '../../../src/runtime/events/event.ts'
import { Journal } from '../../../src/runtime/events/journal.ts'
import { createHttp } from '../../../src/runtime/http.ts'
import { Bodies } from '../../../src/runtime/sources/bodies.ts'
import { callbackHandler } from '../../../src/runtime/sources/callback.ts'
import { Inbound } from '../../../src/runtime/sources/inbound.ts'
import { type Webhook, Webhooks } from '../../../src/runtime/sources/webhook/webhooks.ts'
import { runtimeStore } from '../../engine.ts'
import { QuietClock } from '../../quiet.ts'
import { captured } from '../capture.ts'

const APP = { appKey: 'a'.repeat(24), masterSecret: 's'.repeat(24) }
const CALLBACK = '/callbacks/jmessage'
const auth = { authorization: `Basic ${btoa(`${APP.appKey}:${APP.masterSecret}`)}` }
type Answer = { event_id: string; error: { code: string; message: string } }
const open = { bot: 'bot', plugin: 'deploy', name: 'done', auth: { type: 'none' } } as const satisfies Webhook

async function world() {
  const clock = new QuietClock()
  const store = await runtimeStore()
  const log = captured()
  const told: Delivery[] = []
  const state = { isFull: false }
  const journal = new Journal({
    store,
    makeId: idMaker(() => clock.now()),
    now: () => clock.now(),
    onAccepted: deliveries => void told.push(...deliveries),
  })
  const bodies = new Bodies()
  const webhooks = new Webhooks({
    ...{ journal, clock, masterSecret: APP.masterSecret, maxBytes: 1000, bodies },
    isFull: () => state.isFull,
  })
  const inbound = new Inbound({
    appKey: APP.appKey,
    journal,
    route: () => [{ bot: 'bot', plugin: 'chat' }],
    routeEvent: ({ name }) => (name === 'group.updated' ? [{ bot: 'bot', plugin: 'chat' }] : []),
    isOwn: ({ from_id }) => from_id === 'robot',
  })
  const callback = callbackHandler({ apps: [{ ...APP, inbound }], bodies })
  const http = createHttp({ webhook: webhooks.handle, callback, log })
  const post = async (path: string, body: string | object, headers: Record<string, string> = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await http.request(path, { method: 'POST', body: text, headers })
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer }
  }
  const onDisk = () =>
    store.read.execute(
      store.db
        .selectFrom('deliveries')
        .select(['event_id', 'data', 'state', 'conversation'])
        .orderBy('event_id'),
    )
  return { store, log, told, state, webhooks, http, post, onDisk }
}

const record = (msgid: number, more: Partial<MessageRecord> = {}): MessageRecord => ({
  ...{ version: 1, target_type: 'group', target_id: '10001', from_id: 'alice', from_type: 'user' },
  ...{ msg_type: 'text', msg_body: { text: 'hi' }, create_time: 1, msgid, msg_ctime: 1000 },
  ...more,
})

test('a webhook is answered 202 with the id of an event that is on disk', async () => {
  const w = await world()
  w.webhooks.add(open)
  const { status, body } = await w.post('/hooks/bot/deploy/done', { version: 2 })
  expect(status).toBe(202)
  expect(await w.onDisk()).toMatchObject([{ event_id: body.event_id, state: 'pending' }])
  expect(w.told).toMatchObject([
    {
      bot: 'bot',
      plugin: 'deploy',
      event: { id: body.event_id, data: { name: 'done', body: { version: 2 } } },
    },
  ])
})

test('nothing is acknowledged that could not be written down', async () => {
  const w = await world()
  w.webhooks.add(open)
  const refuse = () => Promise.reject(new Error('disk full'))
  Object.assign(w.store, { write: refuse, apply: refuse })
  for (const answer of [
    await w.post('/hooks/bot/deploy/done', {}),
    await w.post(CALLBACK, { total: 1, messages: [record(1)] }, auth),
  ]) {
    expect([answer.status, answer.body.error.code]).toEqual([503, 'unavailable'])
    expect(answer.headers.get('retry-after')).toBe('5')
    expect(JSON.stringify(answer.body)).not.toContain('disk full')
  }
  expect(w.told).toEqual([])
})

test.each([
  ['{"version":', 'the body must be JSON'],
  ['{"version":"new"}', 'version must be a number'],
  ['{}', 'version is required (number)'],
])('a webhook with the body %s is answered 400 with the field', async (body, message) => {
  const w = await world()
  w.webhooks.add({ ...open, body: z.object({ version: z.number() }) })
  const answer = await w.post('/hooks/bot/deploy/done', body)
  expect([answer.status, answer.body]).toEqual([400, { error: { code: 'webhook.invalid', message } }])
  expect(await w.onDisk()).toEqual([])
})

test('a webhook without proof, or with a wrong one, is answered 401', async () => {
  const w = await world()
  const secret = 'a long secret'
  w.webhooks.add({
    ...open,
    auth: { type: 'hmac-sha256', secret, header: 'x-signature-256', prefix: 'sha256=', encoding: 'hex' },
  })
  const path = '/hooks/bot/deploy/done'
  expect((await w.post(path, '{}')).body.error.code).toBe('webhook.missing')
  const wrong = await w.post(path, '{}', { 'x-signature-256': `sha256=${'0'.repeat(64)}` })
  expect([wrong.status, wrong.body.error.code]).toEqual([401, 'webhook.mismatch'])
  expect(JSON.stringify(wrong.body)).not.toContain(secret)
  const body = '{"text":"日本"}'
  const right = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  expect((await w.post(path, body, { 'x-hub-signature-256': right })).status).toBe(202)
})

test('an unknown webhook is answered 404, another method 405, too large a body 413, too many waiting 503', async () => {
  const w = await world()
  const remove = w.webhooks.add(open)
  const path = '/hooks/bot/deploy/done'
  expect((await w.post('/hooks/bot/deploy/other', {})).body.error.code).toBe('webhook.unknown')
  expect((await w.http.request(path)).status).toBe(405)
  expect((await w.http.request(path, { method: 'DELETE' })).status).toBe(405)
  const large = await w.post(path, 'x'.repeat(1001))
  expect([large.status, large.body.error.code]).toEqual([413, 'webhook.too-large'])
  const told = await w.post(path, '{}', { 'content-length': '1001' })
  expect(told.status).toBe(413)
  const stream = new ReadableStream({
    pull: controller => controller.enqueue(new Uint8Array(600)),
  })
  const endless = await w.http.request(path, { method: 'POST', body: stream, duplex: 'half' } as never)
  expect(endless.status).toBe(413)
  w.state.isFull = true
  const busy = await w.post(path, {})
  expect([busy.status, busy.body.error.code, busy.headers.get('retry-after')]).toEqual([
    503,
    'webhook.busy',
    '5',
  ])
  w.state.isFull = false
  remove()
  expect((await w.post(path, {})).status).toBe(404)
  expect((await w.http.request('/nowhere')).status).toBe(404)
  expect(await w.onDisk()).toEqual([])
})

test('a webhook takes forms, an empty body, and names of any letters', async () => {
  const w = await world()
  w.webhooks.add({ ...open, name: '部署 done' })
  const path = `/hooks/bot/deploy/${encodeURIComponent('部署 done')}`
  await w.post(path, 'a=1&b=x%20y', { 'content-type': 'application/x-www-form-urlencoded' })
  await w.post(path, '')
  expect(w.told.map(({ event }) => (event.data as { body: unknown }).body)).toEqual([
    { a: '1', b: 'x y' },
    {},
  ])
})

test('a webhook has the conversation that its plugin names, or one of its own', async () => {
  const w = await world()
  w.webhooks.add({ ...open, conversation: ((body: { repo: string }) => body.repo) as never })
  w.webhooks.add({ ...open, name: 'free' })
  await w.post('/hooks/bot/deploy/done', { repo: 'beadle' })
  const { body } = await w.post('/hooks/bot/deploy/free', {})
  expect((await w.onDisk()).map(({ conversation }) => conversation)).toEqual([
    'hook:done:beadle',
    body.event_id,
  ])
})

test('a webhook added in place of another is not removed with it', async () => {
  const w = await world()
  const removeOld = w.webhooks.add({ ...open })
  w.webhooks.add({ ...open })
  removeOld()
  expect((await w.post('/hooks/bot/deploy/done', {})).status).toBe(202)
})

test('a callback needs the credentials of the app', async () => {
  const w = await world()
  const body = { total: 1, messages: [record(1)] }
  for (const headers of [
    {},
    { authorization: 'Basic x' },
    { authorization: auth.authorization.replace('Y', 'Z') },
  ]) {
    const answer = await w.post(CALLBACK, body, headers as Record<string, string>)
    expect([answer.status, answer.body.error.code]).toEqual([401, 'callback.unauthorized'])
  }
  expect(await w.onDisk()).toEqual([])
})

test.each([
  ['nonsense', 'the body is not JSON'],
  [{ messages: [] }, 'total is required'],
  [{ total: 1, messages: [{ ...record(1), msgid: 'x' }] }, 'messages[0].msgid must be'],
])('a callback with the body %j is answered 400 with the field', async (body, message) => {
  const w = await world()
  const answer = await w.post(CALLBACK, body, auth)
  expect([answer.status, answer.body.error.code]).toEqual([400, 'callback.invalid'])
  expect(answer.body.error.message).toContain(message)
})

test('a message is one event, however often it is brought; what own bots said is none', async () => {
  const w = await world()
  const body = { total: 3, messages: [record(1), record(2), record(3, { from_id: 'robot' })] }
  const answers = await Promise.all([w.post(CALLBACK, body, auth), w.post(CALLBACK, body, auth)])
  answers.push(await w.post(CALLBACK, { total: 2, messages: [record(2), record(4)] }, auth))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(w.told.map(({ event }) => (event.data as MessageRecord).msgid)).toEqual([1, 2, 4])
})

test('messages of a group, of a room, and of one user to another are conversations', async () => {
  const w = await world()
  const messages = [
    record(1),
    record(2, { target_type: 'chatroom', target_id: '20001' }),
    record(3, { target_type: 'single', target_id: 'robot' }),
    record(4, { target_type: 'single', target_id: 'robot', from_id: 'bobby' }),
  ]
  await w.post(CALLBACK, { total: 4, messages }, auth)
  expect(w.told.map(({ event }) => event.conversation)).toEqual([
    'group:10001',
    'chatroom:20001',
    'single:alice>robot',
    'single:bobby>robot',
  ])
})

test('an event of a group is one, however often it is brought; what is not known is passed over', async () => {
  const w = await world()
  const events = [
    { event_id: 7, event_type: 12, gid: 10001, ctime: 1000 },
    { event_id: 8, event_type: 12345, ctime: 1000 },
  ]
  for (let i = 0; i < 2; i++)
    expect((await w.post(CALLBACK, { total: 0, messages: [], events }, auth)).status).toBe(200)
  expect(w.told).toMatchObject([
    { event: { type: 'im', conversation: 'group:10001', data: { name: 'group.updated', event_id: 7 } } },
  ])
})

test('a callback of too large a body is answered 413', async () => {
  const w = await world()
  expect((await w.post(CALLBACK, 'x'.repeat(5 * 1024 * 1024), auth)).status).toBe(413)
})
