import type { Clock, ManualClock } from '../../../src/base/clock.ts'
import { idMaker } from '../../../src/base/ids.ts'
import { type Client, createClient, fetchTransport } from '../../../src/client/index.ts'
import { type MessageRecord, parseWireTime } from '../../../src/protocol/index.ts'
import { Journal } from '../../../src/runtime/events/journal.ts'
import { Inbound } from '../../../src/runtime/sources/inbound.ts'
import { Poller } from '../../../src/runtime/sources/poller.ts'
import { runtimeStore } from '../../engine.ts'
import { QuietClock } from '../../quiet.ts'
import { captured } from '../capture.ts'

const DAY = 24 * 3_600_000
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

/** A process on a machine whose clock may be wrong by `machine.aheadMs`; `clock` is that of JMessage. */
export async function world() {
  const clock = new QuietClock()
  const machine = { aheadMs: 0 }
  const itsClock: Clock = {
    now: () => clock.now() + machine.aheadMs,
    after: (ms, run) => clock.after(ms, run),
  }
  const store = await runtimeStore()
  const history = new History(clock)
  const heard: string[] = []
  const log = captured()
  let poller: Poller | undefined
  const start = (firstMs = 0) => {
    const journal = new Journal({
      store,
      makeId: idMaker(itsClock.now),
      now: itsClock.now,
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
      ...{ store, inbound, clock: itsClock, log },
      client: history.client(),
      appKey: APP.appKey,
      everyMs: 1000,
      firstMs,
    })
    poller.start()
  }
  return { clock, machine, store, history, heard, log, start, stop: () => poller!.stop() }
}
