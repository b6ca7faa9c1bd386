import { createHmac } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../../src/app/listen.ts'
import { idMaker } from '../../src/base/ids.ts'
import type { Delivery } from '../../src/runtime/events/event.ts'
import { Journal } from '../../src/runtime/events/journal.ts'
import { createHttp } from '../../src/runtime/http.ts'
import { createShortcut } from '../../src/runtime/shortcut.ts'
import { Bodies } from '../../src/runtime/sources/bodies.ts'
import { Webhooks } from '../../src/runtime/sources/webhook/webhooks.ts'
import { StoreError } from '../../src/store/index.ts'
import { until } from '../e2e/until.ts'
import { runtimeStore } from '../engine.ts'
import { QuietClock } from '../quiet.ts'
import { captured } from './capture.ts'

const SECRET = 'a long secret'
const PATH = '/hooks/bot/deploy/done'

/** Webhooks on a socket, with and without the shortcut. */
async function world() {
  const clock = new QuietClock()
  const log = captured()
  const store = await runtimeStore()
  const told: Delivery[] = []
  const journal = new Journal({
    ...{ store, makeId: idMaker(() => clock.now()), now: () => clock.now() },
    onAccepted: deliveries => void told.push(...deliveries),
  })
  const state = { isFull: false, taken: 0 }
  const webhooks = new Webhooks({
    ...{ journal, clock, bodies: new Bodies(), masterSecret: 's'.repeat(24), maxBytes: 2000 },
    isFull: () => state.isFull,
  })
  const hook = { bot: 'bot', plugin: 'deploy', auth: { type: 'none' }, dedupe: 'off' } as const
  webhooks.add({ ...hook, name: 'done' })
  webhooks.add({ ...hook, name: 'once', dedupe: undefined })
  webhooks.add({ ...hook, name: 'headed', auth: { type: 'header', name: 'X-Secret', value: SECRET } })
  webhooks.add({
    ...{ ...hook, name: 'signed' },
    auth: {
      ...{ type: 'hmac-sha256', secret: SECRET, header: 'x-signature-256' },
      ...{ prefix: 'sha256=', encoding: 'hex' as const },
    },
  })
  const { fetch } = createHttp({ webhook: webhooks.handle, callback: webhooks.handle, log })
  const short = createShortcut(webhooks, log)
  const shortcut: typeof short = (incoming, outgoing) => {
    const took = short(incoming, outgoing)
    if (took) state.taken++
    return took
  }
  const here = { host: '127.0.0.1', port: 0, fetch, name: 'the test', setting: 'none' }
  const by = { shortcut: await listen({ ...here, shortcut }), hono: await listen(here) }
  onTestFinished(async () => {
    await Promise.all([by.shortcut.close(500), by.hono.close(500)])
    await store.close()
  })
  return { by, state, store, told, log }
}

interface Sent {
  readonly path?: string
  readonly method?: string
  readonly body?: string | Buffer
  readonly headers?: Record<string, string>
}

/** What is answered, but for the event's own id. */
function ask(url: string, { path = PATH, method = 'POST', body = '', headers = {} }: Sent) {
  const bytes = Buffer.from(body)
  const length = { 'content-length': String(bytes.length) }
  return new Promise((resolve, reject) => {
    const call = request(url + path, { method, headers: { ...length, ...headers } }, async response => {
      const parts: Buffer[] = []
      for await (const part of response) parts.push(part)
      const text = Buffer.concat(parts).toString()
      const { date, connection, 'keep-alive': _, ...others } = response.headers
      resolve({ status: response.statusCode, ...others, text: text.replace(/[0-9A-Z]{26}/, 'ID') })
    })
    call.on('error', reject)
    call.end(bytes)
  })
}

const json = JSON.stringify({ text: '部署 done' })
const signature = `sha256=${createHmac('sha256', SECRET).update(json).digest('hex')}`
const signed = '/hooks/bot/deploy/signed'
const headed = '/hooks/bot/deploy/headed'

test.each<[string, number, Sent]>([
  ['a call', 202, { body: json }],
  ['a call without a body', 202, {}],
  ['a form', 202, { body: 'a=1&b=2', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
  ['a signed call', 202, { path: signed, body: json, headers: { 'X-Signature-256': signature } }],
  [
    'a call that is signed wrong',
    401,
    { path: signed, body: '{}', headers: { 'x-signature-256': signature } },
  ],
  ['a call that is not signed', 401, { path: signed, body: json }],
  ['a call with a secret in a header', 202, { path: headed, body: json, headers: { 'x-secret': SECRET } }],
  ['a body that is not JSON', 400, { body: '{"a"', headers: { 'content-type': 'application/json' } }],
  ['a body that is not UTF-8', 400, { body: Buffer.from([0xb2, 0xbf]) }],
  ['a body that is too large', 413, { body: 'x'.repeat(3000) }],
  ['a path that is none', 404, { path: '/hooks/bot/deploy/other', body: json }],
  ['a path with a query', 202, { path: `${PATH}?from=ci`, body: json }],
  ['another method', 405, { method: 'GET' }],
])('%s is answered the same on the socket and by Hono', async (_, status, sent) => {
  const w = await world()
  const onSocket = await ask(w.by.shortcut.url, sent)
  expect(onSocket).toEqual(await ask(w.by.hono.url, sent))
  expect(onSocket).toMatchObject({ status, 'content-type': 'application/json' })
  expect(w.told).toHaveLength(status === 202 ? 2 : 0)
  if (status === 202) expect(w.told[0]!.event.data).toEqual(w.told[1]!.event.data)
})

test('a call that comes again on the other way is known', async () => {
  const w = await world()
  const sent = { path: '/hooks/bot/deploy/once', body: json }
  expect(await ask(w.by.hono.url, sent)).toMatchObject({ text: '{"event_id":"ID"}' })
  expect(await ask(w.by.shortcut.url, sent)).toMatchObject({ text: '{"event_id":"ID","repeated":true}' })
})

test('a webhook that is busy, and a database that fails, are answered the same, with the time to wait', async () => {
  const w = await world()
  w.state.isFull = true
  const busy = await ask(w.by.shortcut.url, { body: json })
  expect(busy).toEqual(await ask(w.by.hono.url, { body: json }))
  expect(busy).toMatchObject({
    status: 503,
    'retry-after': '5',
    text: expect.stringContaining('webhook.busy'),
  })
  w.state.isFull = false
  w.store.apply = () => Promise.reject(new StoreError('store.full', 'the disk is full'))
  const failing = await ask(w.by.shortcut.url, { body: json })
  expect(failing).toEqual(await ask(w.by.hono.url, { body: json }))
  expect(failing).toMatchObject({
    status: 503,
    'retry-after': '5',
    text: expect.stringContaining('unavailable'),
  })
  expect(w.log.lines.filter(({ level }) => level === 'error')).toEqual([])
})

test('the socket answers calls of webhooks that say how small they are, and leaves all others to Hono', async () => {
  const w = await world()
  const { url } = w.by.shortcut
  await ask(url, { body: json })
  expect(w.state.taken).toBe(1)
  await ask(url, { path: '/hooks/bot/deploy/other', body: json })
  await ask(url, { method: 'PUT', body: json })
  await ask(url, { path: `${PATH}?a=1`, body: json })
  await fetch(url + PATH, {
    method: 'POST',
    body: new Blob([json]).stream(),
    ...({ duplex: 'half' } as object),
  })
  expect(w.state.taken).toBe(1)
  expect(w.told).toHaveLength(3)
})

test("a caller that leaves in the middle of a body is nobody's error, and others are served", async () => {
  const w = await world()
  const { port } = w.by.shortcut
  for (let times = 0; times < 20; times++) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"half":`)
    await until('its head has arrived', () => w.state.taken === times + 1)
    socket.destroy()
  }
  expect(await ask(w.by.shortcut.url, { body: json })).toMatchObject({ status: 202 })
  expect(w.state.taken).toBe(21)
  expect(w.told).toHaveLength(1)
  expect(w.log.lines).toEqual([])
})
