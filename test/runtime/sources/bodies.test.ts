import { createHmac } from 'node:crypto'
import { request } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { listen } from '../../../src/app/listen.ts'
import { idMaker } from '../../../src/base/ids.ts'
import type { Delivery } from '../../../src/runtime/events/event.ts'
import { Journal } from '../../../src/runtime/events/journal.ts'
import { createHttp } from '../../../src/runtime/http.ts'
import { createShortcut } from '../../../src/runtime/shortcut.ts'
import { Bodies } from '../../../src/runtime/sources/bodies.ts'
import { callbackHandler } from '../../../src/runtime/sources/callback.ts'
import { Inbound } from '../../../src/runtime/sources/inbound.ts'
import { type Webhook, Webhooks } from '../../../src/runtime/sources/webhook/webhooks.ts'
import { runtimeStore } from '../../engine.ts'
import { QuietClock } from '../../quiet.ts'
import { captured } from '../capture.ts'

const APP = { appKey: 'a'.repeat(24), masterSecret: 's'.repeat(24) }
const SECRET = 'a long secret'
const hook: Webhook = { bot: 'bot', plugin: 'deploy', name: 'done', auth: { type: 'none' } }
const signed: Webhook = {
  ...hook,
  name: 'signed',
  auth: {
    ...{ type: 'hmac-sha256', secret: SECRET, header: 'x-signature-256' },
    ...{ prefix: 'sha256=', encoding: 'hex' as const },
  },
}
const BOM = Buffer.from([0xef, 0xbb, 0xbf])
/** `{"text":"部署"}`, as GBK. */
const GBK = Buffer.from([...Buffer.from('{"text":"'), 0xb2, 0xbf, 0xca, 0xf0, ...Buffer.from('"}')])

let closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing) await close()
  closing = []
})

/** Webhooks and callbacks on a socket. */
async function world(most?: number) {
  const clock = new QuietClock()
  const store = await runtimeStore()
  const told: Delivery[] = []
  const journal = new Journal({
    ...{ store, makeId: idMaker(() => clock.now()), now: () => clock.now() },
    onAccepted: deliveries => void told.push(...deliveries),
  })
  const bodies = new Bodies(most)
  const webhooks = new Webhooks({
    ...{ journal, clock, bodies, masterSecret: APP.masterSecret, maxBytes: 1024 * 1024 },
    isFull: () => false,
  })
  for (const webhook of [hook, signed]) webhooks.add(webhook)
  const recipients = [{ bot: 'bot', plugin: 'chat' }]
  const inbound = new Inbound({
    ...{ appKey: APP.appKey, journal },
    ...{ route: () => recipients, routeEvent: () => recipients, isOwn: () => false },
  })
  const callback = callbackHandler({ apps: [{ ...APP, inbound }], bodies })
  const log = captured()
  const { fetch } = createHttp({ webhook: webhooks.handle, callback, log })
  const shortcut = createShortcut(webhooks, log)
  const { url, close } = await listen({
    ...{ host: '127.0.0.1', port: 0, fetch, shortcut, name: 'the test', setting: 'none' },
  })
  closing.push(() => close(1000))
  const post = async (path: string, body: RequestInit['body'], headers: Record<string, string> = {}) => {
    const response = await globalThis.fetch(`${url}${path}`, {
      ...{ method: 'POST', body, headers, duplex: 'half' },
    } as RequestInit)
    const answer = (await response.json()) as { event_id: string; error?: { code: string; message: string } }
    const retryAfter = response.headers.get('retry-after')
    return { status: response.status, event: answer.event_id, error: answer.error, retryAfter }
  }
  /** Begins a call that says how long it is, and sends a part of it. */
  const begin = async (length: number, part: number) => {
    const headers = { 'content-length': String(length) }
    const call = request(`${url}/hooks/bot/deploy/done`, { method: 'POST', headers })
    const status = new Promise<number | undefined>(resolve => {
      call.on('response', response => void response.resume().on('end', () => resolve(response.statusCode)))
      call.on('error', () => resolve(undefined))
    })
    await new Promise(resolve => call.write(Buffer.alloc(part, ' '), resolve))
    await arrived()
    const end = () => {
      call.end(Buffer.from('{}'.padEnd(length - part)))
      return status
    }
    const breakOff = async () => {
      call.destroy()
      await status
      await arrived()
    }
    return { status, end, breakOff }
  }
  return { told, webhooks, post, begin }
}

/** What was sent has come in. */
const arrived = () => new Promise(resolve => setTimeout(resolve, 100))

type World = Awaited<ReturnType<typeof world>>

const bodies = (w: World) => w.told.map(({ event }) => (event.data as { body: unknown }).body)
const signatureOf = (body: Buffer) => ({
  'x-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
})
/** Without its length. */
const inChunks = (body: Buffer) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of body) controller.enqueue(Uint8Array.of(byte))
      controller.close()
    },
  })

test.each([
  ['at once', (body: Buffer) => body],
  ['in chunks', inChunks],
])('a body with a BOM that comes %s is signed with it, and read without it', async (_, sent) => {
  const w = await world()
  const body = Buffer.concat([BOM, Buffer.from('{"text":"部署"}')])
  const path = '/hooks/bot/deploy/signed'
  expect((await w.post(path, sent(body), signatureOf(body))).status).toBe(202)
  expect(await w.post(path, sent(body), signatureOf(body.subarray(3)))).toMatchObject({
    ...{ status: 401, error: { code: 'webhook.mismatch' } },
  })
  expect(bodies(w)).toEqual([{ text: '部署' }])
})

test.each([
  ['at once', (body: Buffer) => body],
  ['in chunks', inChunks],
])(
  'a webhook whose body comes %s and is no UTF-8 is refused, once its signature was found right',
  async (_, sent) => {
    const w = await world()
    const path = '/hooks/bot/deploy/signed'
    const type = { 'content-type': 'application/json; charset=GBK' }
    const answer = await w.post(path, sent(GBK), { ...signatureOf(GBK), ...type })
    expect([answer.status, answer.error!.code]).toEqual([400, 'webhook.invalid'])
    expect(answer.error!.message).toBe('the body is not UTF-8 (its Content-Type says GBK): send it as UTF-8')
    const garbled = Buffer.from(GBK.toString())
    expect((await w.post(path, sent(GBK), signatureOf(garbled))).status).toBe(401)
    expect(w.told).toEqual([])
  },
)

test('two bodies that differ in a BOM alone are two calls', async () => {
  const w = await world()
  const body = Buffer.from('{"n":1}')
  const path = '/hooks/bot/deploy/done'
  const first = await w.post(path, body)
  expect((await w.post(path, Buffer.concat([BOM, body]))).event).not.toBe(first.event)
  expect((await w.post(path, inChunks(body))).event).toBe(first.event)
  expect(w.told.length).toBe(2)
})

test('a form whose escapes are no UTF-8 is refused, and one that means U+FFFD is not', async () => {
  const w = await world()
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const path = '/hooks/bot/deploy/done'
  const answer = await w.post(path, 'text=%B2%BF%CA%F0', type)
  expect([answer.status, answer.error!.message]).toEqual([400, 'the body is not UTF-8: send it as UTF-8'])
  await w.post(path, 'text=%e9%83%a8%E7%BD%B2+50%', type)
  await w.post(path, 'text=%ef%bf%bd', type)
  expect(bodies(w)).toEqual([{ text: '部署 50%' }, { text: '\ufffd' }])
})

test('a callback is read without its BOM, and refused if it is no UTF-8', async () => {
  const w = await world()
  const headers = { authorization: `Basic ${btoa(`${APP.appKey}:${APP.masterSecret}`)}` }
  const path = '/callbacks/jmessage'
  const answer = await w.post(path, GBK, headers)
  expect([answer.status, answer.error!.message]).toEqual([400, 'the body is not UTF-8: send it as UTF-8'])
  const body = Buffer.concat([BOM, Buffer.from('{"total":0,"messages":[]}')])
  expect((await w.post(path, body, headers)).status).toBe(200)
})

const KIB = 1024
const HOOK = '/hooks/bot/deploy/done'
const large = (kib: number) => JSON.stringify('x'.repeat(kib * KIB - 2))
const busy = { status: 503, retryAfter: '5', error: { code: 'webhook.busy' } }

test('bodies that come at the same time are refused beyond what there is room for, until some are answered', async () => {
  const w = await world(300 * KIB)
  const calls = [await w.begin(130 * KIB, 120 * KIB), await w.begin(130 * KIB, 120 * KIB)]
  expect(await w.post(HOOK, large(100))).toMatchObject(busy)
  expect((await w.post(HOOK, large(50))).status).toBe(202)
  expect(await Promise.all(calls.map(call => call.end()))).toEqual([202, 202])
  expect((await w.post(HOOK, large(100))).status).toBe(202)
  expect((await w.post(HOOK, large(250))).status).toBe(202)
})

test('who says much and sends little takes no room from others', async () => {
  const w = await world(300 * KIB)
  const calls = [await w.begin(300 * KIB, 1), await w.begin(300 * KIB, 1), await w.begin(60 * KIB, 1)]
  expect((await w.post(HOOK, large(250))).status).toBe(202)
  for (const call of calls) await call.breakOff()
})

test('a call that is broken off leaves its room to others', async () => {
  const w = await world(300 * KIB)
  const call = await w.begin(250 * KIB, 240 * KIB)
  expect(await w.post(HOOK, large(100))).toMatchObject(busy)
  await call.breakOff()
  expect((await w.post(HOOK, large(100))).status).toBe(202)
})

test('a body takes room until it is answered', async () => {
  const w = await world(300 * KIB)
  const answers: (() => void)[] = []
  const ask = () =>
    new Promise<{ conversation: undefined }>(resolve => {
      answers.push(() => resolve({ conversation: undefined }))
    })
  w.webhooks.add({ ...hook, name: 'asked', ask })
  const asked = ['a', 'b', 'c', 'd', 'e'].map(text =>
    w.post('/hooks/bot/deploy/asked', JSON.stringify(text.padEnd(60 * KIB - 2))),
  )
  while (answers.length < 5) await arrived()
  expect(await w.post(HOOK, '{}')).toMatchObject(busy)
  for (const answer of answers) answer()
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(5).fill(202))
  expect((await w.post(HOOK, '{}')).status).toBe(202)
})

test('a body without a length is answered, too, when it is too large, or there is no room for it', async () => {
  const w = await world(1500 * KIB)
  const chunks = (count: number) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (let n = 0; n < count; n++) controller.enqueue(Buffer.alloc(100 * KIB, ' '))
        controller.close()
      },
    })
  expect(await w.post(HOOK, chunks(12))).toMatchObject({ status: 413, error: { code: 'webhook.too-large' } })
  const call = await w.begin(1000 * KIB, 990 * KIB)
  expect(await w.post(HOOK, chunks(8))).toMatchObject(busy)
  expect(await call.end()).toBe(202)
})

test('callbacks and webhooks share the room', async () => {
  const w = await world(300 * KIB)
  const call = await w.begin(250 * KIB, 240 * KIB)
  const headers = { authorization: `Basic ${btoa(`${APP.appKey}:${APP.masterSecret}`)}` }
  const body = JSON.stringify({ total: 0, messages: [] }).padEnd(100 * KIB)
  expect(await w.post('/callbacks/jmessage', body, headers)).toMatchObject({
    ...{ status: 503, retryAfter: '5', error: { code: 'callback.busy' } },
  })
  await call.end()
  expect((await w.post('/callbacks/jmessage', body, headers)).status).toBe(200)
})

test('of several apps, one that sends all it can leaves the others as much room as it takes', async () => {
  const bodies = new Bodies(100, true)
  const asked = (bytes: number) => ({
    path: '/',
    header: (name: string) => (name === 'content-length' ? String(bytes) : undefined),
    bytes: async () => Buffer.alloc(bytes),
    parts: () => undefined,
  })
  let answer = () => {}
  const answered = new Promise<void>(resolve => {
    answer = resolve
  })
  const take = async (owner: string, bytes: number) => {
    const bounds = { kind: 'webhook', maxBytes: 1000, owner }
    const refused = bodies.take(asked(bytes), bounds, async () => {
      await answered
      return { status: 200, body: {} }
    })
    return Promise.race([refused.then(({ status }) => status), arrived().then(() => 'held')])
  }
  expect(await take('a', 40)).toBe('held')
  expect(await take('a', 40)).toBe(503)
  expect(await take('b', 30)).toBe('held')
  expect(await take('c', 30)).toBe('held')
  expect(await take('d', 10)).toBe(503)
  answer()
  await arrived()
  expect(await take('a', 100)).toBe(200)
})
