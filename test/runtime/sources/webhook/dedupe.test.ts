import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { idMaker } from '../../../../src/base/ids.ts'
import type { Delivery } from '../../../../src/runtime/events/event.ts'
import { Journal } from '../../../../src/runtime/events/journal.ts'
import { createHttp } from '../../../../src/runtime/http.ts'
import { noObserver } from '../../../../src/runtime/observer.ts'
import { Bodies } from '../../../../src/runtime/sources/bodies.ts'
import { WebhookDedupe } from '../../../../src/runtime/sources/webhook/dedupe.ts'
import { type Webhook, Webhooks } from '../../../../src/runtime/sources/webhook/webhooks.ts'
import type { Store } from '../../../../src/store/index.ts'
import type { RuntimeTables } from '../../../../src/store/schema/runtime.ts'
import { runtimeStore } from '../../../engine.ts'
import { QuietClock } from '../../../quiet.ts'
import { captured } from '../../capture.ts'

const SECRET = 's'.repeat(24)
const PATH = '/hooks/bot/deploy/done'
const hook: Webhook = { bot: 'bot', plugin: 'deploy', name: 'done', auth: { type: 'none' } }

interface Answer {
  status: number
  event: string
  repeated: boolean
  code: string | undefined
}

/** Webhooks as one process has them; another one on the same store is the next process. */
async function process(
  more: Partial<Webhook> = {},
  { clock = new QuietClock(), store = undefined as Store<RuntimeTables> | undefined, isShared = false } = {},
) {
  const base = store ?? (await runtimeStore())
  const told: Delivery[] = []
  let repeats = 0
  const observer = { ...noObserver, repeated: () => void repeats++ }
  const journal = new Journal({
    ...{ store: base, observer, now: () => clock.now(), makeId: idMaker(() => clock.now()) },
    onAccepted: deliveries => void told.push(...deliveries),
  })
  await journal.open()
  const webhooks = new Webhooks({
    ...{ journal, clock, observer, masterSecret: SECRET, maxBytes: 1_000_000, isShared },
    bodies: new Bodies(),
    isFull: () => false,
    alsoFor: (bot, plugin, name) => (name === 'shadowed' ? [{ bot: `${bot}-2`, plugin }] : []),
  })
  webhooks.add({ ...hook, ...more })
  const http = createHttp({ webhook: webhooks.handle, callback: webhooks.handle, log: captured() })
  const call = async (body: unknown, headers: Record<string, string> = {}, path = PATH): Promise<Answer> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await http.request(path, { method: 'POST', body: text, headers })
    const answer = (await response.json()) as {
      event_id: string
      repeated?: boolean
      error?: { code: string }
    }
    return {
      status: response.status,
      event: answer.event_id,
      repeated: answer.repeated ?? false,
      code: answer.error?.code,
    }
  }
  return { clock, store: base, webhooks, told, call, repeats: () => repeats }
}

test.each([
  'Idempotency-Key',
  'X-GitHub-Delivery',
  'X-Gitea-Delivery',
  'Webhook-Id',
  'Svix-Id',
  'X-Shopify-Webhook-Id',
  'X-Atlassian-Webhook-Identifier',
])('a call with the %s of one before is answered with its event, whenever it comes', async header => {
  const p = await process()
  const first = await p.call({ n: 1 }, { [header]: 'abc' })
  expect(first).toMatchObject({ status: 202, repeated: false })
  await p.clock.advance(3 * 86_400_000)
  expect(await p.call({ n: 1 }, { [header]: 'abc' })).toEqual({ ...first, repeated: true })
  expect((await p.call({ n: 1 }, { [header]: 'abd' })).repeated).toBe(false)
  expect([p.told.length, p.repeats()]).toEqual([2, 1])
})

test('a call that comes again at the same time is one event, and each gets its id', async () => {
  for (const headers of [{ 'webhook-id': 'x' }, {}] as Record<string, string>[]) {
    const p = await process()
    const answers = await Promise.all(Array.from({ length: 5 }, () => p.call({ n: 1 }, headers)))
    expect(new Set(answers.map(({ event }) => event)).size).toBe(1)
    expect(answers.filter(({ repeated }) => !repeated).length).toBe(1)
    expect(p.told.length).toBe(1)
  }
})

test('a key that was used with another body is refused, and an id of a sender is not', async () => {
  const p = await process()
  const first = await p.call('{"a":1,"b":2}', { 'idempotency-key': 'k' })
  expect(await p.call('{ "b": 2, "a": 1 }', { 'idempotency-key': 'k' })).toEqual({ ...first, repeated: true })
  expect(await p.call('{"a":2}', { 'idempotency-key': 'k' })).toMatchObject({
    ...{ status: 422, code: 'webhook.key-reused' },
  })
  const delivered = await p.call({ attempt: 1 }, { 'webhook-id': 'd' })
  expect(await p.call({ attempt: 2 }, { 'webhook-id': 'd' })).toEqual({ ...delivered, repeated: true })
  expect(p.told.length).toBe(2)
})

test('an id counts for its webhook alone', async () => {
  const p = await process()
  p.webhooks.add({ ...hook, name: 'other' })
  await p.call({}, { 'webhook-id': 'x' })
  expect((await p.call({}, { 'webhook-id': 'x' }, '/hooks/bot/deploy/other')).repeated).toBe(false)
})

test('a call that is also for others is one event for all of them', async () => {
  const p = await process({ name: 'shadowed' })
  const path = '/hooks/bot/deploy/shadowed'
  const first = await p.call({}, {}, path)
  expect((await p.call({}, {}, path)).event).toBe(first.event)
  expect(p.told.map(({ bot, event }) => [bot, event.id])).toEqual([
    ['bot', first.event],
    ['bot-2', first.event],
  ])
})

test('ids of any length are told apart', async () => {
  const p = await process()
  const long = 'x'.repeat(5000)
  await p.call({ n: 1 }, { 'webhook-id': `${long}a` })
  expect((await p.call({ n: 1 }, { 'webhook-id': `${long}b` })).repeated).toBe(false)
  expect((await p.call({ n: 1 }, { 'webhook-id': `${long}a` })).repeated).toBe(true)
})

test('without an id, the same body is the same call for ten seconds', async () => {
  const p = await process()
  const first = await p.call({ n: 1 })
  expect((await p.call({ n: 2 })).repeated).toBe(false)
  await p.clock.advance(9_999)
  expect(await p.call({ n: 1 })).toEqual({ ...first, repeated: true })
  await p.clock.advance(1)
  const later = await p.call({ n: 1 })
  expect(later.repeated).toBe(false)
  expect((await p.call({ n: 1 })).event).toBe(later.event)
})

test('what a process accepted before it died is known to the next one', async () => {
  const p = await process()
  const byBody = await p.call({ n: 1 })
  const byId = await p.call({ n: 2 }, { 'webhook-id': 'x' })
  await p.clock.advance(5000)
  const next = await process({}, p)
  expect(await next.call({ n: 1 })).toEqual({ ...byBody, repeated: true })
  expect(await next.call({ n: 2 }, { 'webhook-id': 'x' })).toEqual({ ...byId, repeated: true })
  await p.clock.advance(5000)
  expect((await next.call({ n: 1 })).repeated).toBe(false)
})

test('of processes that share the work each knows what another accepted', async () => {
  const one = await process({}, { isShared: true })
  const other = await process({}, { clock: one.clock, store: one.store, isShared: true })
  await one.clock.advance(60_000)
  const first = await one.call({ n: 1 })
  await one.clock.advance(5000)
  expect(await other.call({ n: 1 })).toEqual({ ...first, repeated: true })
  await one.clock.advance(5000)
  expect((await other.call({ n: 1 })).repeated).toBe(false)
})

test('a call that could not be written down is not known when it comes again', async () => {
  const p = await process()
  const { apply } = p.store
  p.store.apply = () => Promise.reject(new Error('disk full'))
  expect((await p.call({ n: 1 })).status).toBe(503)
  p.store.apply = apply
  expect(await p.call({ n: 1 })).toMatchObject({ status: 202, repeated: false })
})

test('whoever has no proof learns nothing of the calls before', async () => {
  const p = await process({ auth: { type: 'bearer', token: 'a-long-secret' } })
  const proof = { authorization: 'Bearer a-long-secret', 'webhook-id': 'x' }
  expect((await p.call({}, proof)).status).toBe(202)
  expect(await p.call({}, { 'webhook-id': 'x' })).toMatchObject({ status: 401, repeated: false })
})

test('a webhook names the header of its ids, sets its window, or has each call be a new one', async () => {
  const named = await process({ dedupe: { header: 'X-My-Id', window: 0 } })
  await named.call({ n: 1 }, { 'x-my-id': 'a' })
  expect((await named.call({ n: 1 }, { 'x-my-id': 'a' })).repeated).toBe(true)
  expect((await named.call({ n: 1 }, { 'x-my-id': 'b', 'webhook-id': 'c' })).repeated).toBe(false)
  // Without the header, and without a window, each is new.
  expect((await named.call({ n: 1 }, { 'webhook-id': 'c' })).repeated).toBe(false)
  expect((await named.call({ n: 1 }, { 'webhook-id': 'c' })).repeated).toBe(false)

  const short = await process({ dedupe: WebhookDedupe.parse({ window: '2s' }) })
  await short.call({})
  await short.clock.advance(1999)
  expect((await short.call({})).repeated).toBe(true)
  await short.clock.advance(1)
  expect((await short.call({})).repeated).toBe(false)

  const off = await process({ dedupe: 'off' })
  await off.call({}, { 'webhook-id': 'x' })
  expect((await off.call({}, { 'webhook-id': 'x' })).repeated).toBe(false)
})

test.each([
  ['on', 'must be off, or an object'],
  [{ window: '2 hours' }, 'must be a length of time'],
  [{ window: '2h' }, 'must be a length of time'],
  [{ header: 'not a header' }, 'must be the name of an HTTP header'],
])('the rule %j is refused', (rule, message) => {
  expect(JSON.stringify(WebhookDedupe.safeParse(rule).error?.issues)).toContain(message)
})

test('property: of calls without ids, those are new that follow no new one of their body within the window', async () => {
  const calls = fc.array(
    fc.record({
      body: fc.integer({ min: 0, max: 2 }),
      wait: fc.integer({ min: 0, max: 12_000 }),
      restart: fc.boolean(),
    }),
    { maxLength: 15 },
  )
  await fc.assert(
    fc.asyncProperty(calls, async list => {
      let p = await process()
      const newAt = new Map<number, number>()
      for (const { body, wait, restart } of list) {
        await p.clock.advance(wait)
        if (restart) p = await process({}, p)
        const last = newAt.get(body) ?? Number.NEGATIVE_INFINITY
        const isNew = p.clock.now() - last >= 10_000
        if (isNew) newAt.set(body, p.clock.now())
        expect((await p.call({ body })).repeated).toBe(!isNew)
      }
      await p.store.close()
    }),
    { numRuns: 40 },
  )
})

test('a conversation with a name of any length is one, and another than those that begin like it', async () => {
  const p = await process({ dedupe: 'off', conversation: ((body: { repo: string }) => body.repo) as never })
  const long = randomBytes(5000).toString('hex')
  for (const repo of [long, `${long}x`, long]) expect((await p.call({ repo })).status).toBe(202)
  const [first, other, again] = p.told.map(({ event }) => event.conversation)
  expect(again).toBe(first)
  expect(other).not.toBe(first)
})
