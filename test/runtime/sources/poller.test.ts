import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManualClock } from '../../../src/base/clock.ts'
import { idMaker } from '../../../src/base/ids.ts'
import { type Client, createClient, fetchTransport } from '../../../src/client/index.ts'
import { type MessageRecord, parseWireTime } from '../../../src/protocol/index.ts'
import { Journal } from '../../../src/runtime/events/journal.ts'
import { Inbound } from '../../../src/runtime/sources/inbound.ts'
import { Poller } from '../../../src/runtime/sources/poller.ts'
import { openStore } from '../../../src/store/index.ts'
import { runtimeSchema } from '../../../src/store/schema/runtime.ts'
import { captured } from '../capture.ts'

const DAY = 86_400_000
const APP = { appKey: 'a'.repeat(24), masterSecret: 's'.repeat(24) }

/** A report API with its own clock, and as many messages a page as it likes. */
class History {
  readonly messages: MessageRecord[] = []
  readonly ranges: number[] = []
  requests = 0
  pageSize = 3
  skewMs = 0
  isDown = false
  hangs = false
  readonly #clock: ManualClock

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  say(text: string, from = 'alice', at = this.#clock.now() + this.skewMs): void {
    this.messages.push({
      ...{ version: 1, target_type: 'group', target_id: '10001', from_id: from, from_type: 'user' },
      ...{ msg_type: 'text', msg_body: { text }, create_time: Math.floor(at / 1000) },
      ...{ msgid: 100 + this.messages.length, msg_ctime: at },
    })
    this.messages.sort((a, b) => a.msg_ctime - b.msg_ctime)
  }

  client(): Client {
    const transport = fetchTransport(async request => {
      if (this.hangs) await new Promise(() => {})
      return this.#answer(new URL(request.url).searchParams)
    })
    return createClient({ endpoint: 'http://history', ...APP, transport, clock: this.#clock })
  }

  #answer(query: URLSearchParams): Response {
    this.requests++
    if (this.isDown) return new Response('bad gateway', { status: 502 })
    const cursor = query.get('cursor')
    const [begin, end, from] = cursor
      ? cursor.split(',').map(Number)
      : [parseWireTime(query.get('begin_time')!), parseWireTime(query.get('end_time')!), 0]
    if (end! - begin! > 7 * DAY)
      return Response.json({ error: { code: 899003, message: 'range' } }, { status: 400 })
    if (!cursor) this.ranges.push(end! - begin!)
    const matches = this.messages.filter(({ create_time: at }) => at * 1000 >= begin! && at * 1000 <= end!)
    const next = from! + this.pageSize
    return Response.json({
      total: matches.length,
      count: this.pageSize,
      messages: matches.slice(from, next),
      ...(next < matches.length ? { cursor: [begin, end, next].join() } : {}),
    })
  }
}

async function world() {
  const clock = new ManualClock()
  const store = await openStore(runtimeSchema, { url: ':memory:' })
  const history = new History(clock)
  const heard: string[] = []
  const log = captured()
  let poller: Poller | undefined
  const start = () => {
    const journal = new Journal({
      store,
      makeId: idMaker(() => clock.now()),
      now: () => clock.now(),
      onAccepted: deliveries => {
        for (const { event } of deliveries) heard.push(String((event.data as MessageRecord).msg_body.text))
      },
    })
    const inbound = new Inbound({
      appKey: APP.appKey,
      journal,
      route: () => [{ bot: 'bot', plugin: 'plugin' }],
      routeEvent: () => [],
      isOwn: ({ from_id }) => from_id === 'robot',
    })
    poller = new Poller({
      ...{ store, inbound, clock, log },
      client: history.client(),
      appKey: APP.appKey,
      everyMs: 1000,
    })
    poller.start()
  }
  return { clock, store, history, heard, log, start, stop: () => poller!.stop() }
}

test('the first start hears what is said from then on', async () => {
  const w = await world()
  w.history.say('before')
  await w.clock.advance(3_600_000)
  w.start()
  await w.clock.advance(1000)
  w.history.say('after')
  await w.clock.advance(1000)
  expect(w.heard).toEqual(['after'])
  await w.stop()
})

test('own bots are passed over', async () => {
  const w = await world()
  w.start()
  await w.clock.advance(1000)
  w.history.say('mine', 'robot')
  w.history.say('theirs')
  await w.clock.advance(1000)
  expect(w.heard).toEqual(['theirs'])
  await w.stop()
})

test('what was said during an absence of weeks is made up for, in ranges that JMessage allows', async () => {
  const w = await world()
  w.start()
  await w.clock.advance(5000)
  await w.stop()
  const texts: string[] = []
  for (let day = 0; day < 30; day++) {
    w.history.say(`day ${day}`)
    texts.push(`day ${day}`)
    await w.clock.advance(DAY)
  }
  w.start()
  for (let look = 0; look < 50 && w.heard.length < texts.length; look++) await w.clock.advance(1000)
  expect(w.heard).toEqual(texts)
  expect(Math.max(...w.history.ranges)).toBeLessThanOrEqual(7 * DAY)
  await w.stop()
})

test('a history that cannot be read is told of once, and made up for when it can', async () => {
  const w = await world()
  w.start()
  await w.clock.advance(1000)
  w.history.isDown = true
  w.history.say('during')
  await w.clock.advance(600_000)
  w.history.isDown = false
  await w.clock.advance(60_000)
  expect(w.heard).toEqual(['during'])
  expect(w.log.lines.map(({ message }) => message)).toEqual([
    'the message history cannot be read; trying again',
    'the message history can be read again',
  ])
  await w.stop()
})

test('a clock of JMessage that is ahead or behind loses nothing', async () => {
  for (const skewMs of [-5 * 60_000, 5 * 60_000, 5 * 3_600_000]) {
    const w = await world()
    w.history.skewMs = skewMs
    w.start()
    await w.clock.advance(20 * 60_000)
    // A first message tells how JMessage's clock goes.
    w.history.say('one')
    await w.clock.advance(2000)
    w.history.say('two')
    await w.clock.advance(2000)
    expect([skewMs, w.heard]).toEqual([skewMs, ['one', 'two']])
    await w.stop()
  }
})

test('while nothing is said nothing is written, but for once a minute', async () => {
  const w = await world()
  w.start()
  await w.clock.advance(1000)
  w.history.say('last words')
  await w.clock.advance(2000)
  const { write } = w.store
  let writes = 0
  w.store.write = work => {
    writes++
    return write(work)
  }
  await w.clock.advance(3_600_000)
  expect(w.heard).toEqual(['last words'])
  expect(writes).toBeLessThanOrEqual(60)
  await w.stop()
})

test('stop does not wait for JMessage', async () => {
  const w = await world()
  w.start()
  await w.clock.advance(1000)
  w.history.hangs = true
  await w.clock.advance(1000)
  await w.stop()
  expect(w.log.lines).toEqual([])
})

test('property: over pages, restarts and outages each message is heard once, in order', async () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ say: fc.integer({ min: 1, max: 8 }) }) },
    { weight: 4, arbitrary: fc.record({ passMs: fc.integer({ min: 1, max: 30_000 }) }) },
    { weight: 1, arbitrary: fc.record({ down: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ restart: fc.constant(true) }) },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      async (steps, pageSize) => {
        const w = await world()
        w.history.pageSize = pageSize
        w.start()
        await w.clock.advance(1000)
        let n = 0
        for (const one of steps) {
          if ('say' in one) for (let i = 0; i < one.say; i++) w.history.say(`${n++}`)
          else if ('passMs' in one) await w.clock.advance(one.passMs)
          else if ('down' in one) w.history.isDown = one.down
          else {
            await w.stop()
            w.start()
          }
        }
        w.history.isDown = false
        for (let look = 0; look < 200 && w.heard.length < n; look++) await w.clock.advance(1000)
        await w.clock.advance(3000)
        await w.stop()
        expect(w.heard).toEqual(Array.from({ length: n }, (_, index) => `${index}`))
        await w.store.close()
      },
    ),
    { numRuns: 80 },
  )
}, 120_000)
