import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ManualClock } from '../../src/base/clock.ts'
import type { MessageCallback } from '../../src/protocol/index.ts'
import { APP, basic, OTHER, world } from './world.ts'

/** A bot server that keeps what it is told and answers with `status`; 0 is no answer at all. */
async function receiver() {
  const received: { authorization: string | undefined; batch: MessageCallback }[] = []
  const state = { status: 200, received, url: '', atOnce: 0, most: 0 }
  const server = createServer((request, response) => {
    state.most = Math.max(state.most, ++state.atOnce)
    let text = ''
    request.on('data', chunk => {
      text += chunk
    })
    request.on('end', () => {
      state.atOnce--
      received.push({ authorization: request.headers.authorization, batch: JSON.parse(text) })
      if (state.status === 0) return
      response.writeHead(state.status).end('{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`
  return state
}

const texts = (batches: { batch: MessageCallback }[]) =>
  batches.flatMap(({ batch }) => batch.messages.map(message => message.msg_body.text))
const says = (text: string) => ({ msg_body: { text } })

test('posts what users say, with the app as its sender', async () => {
  const bot = await receiver()
  const w = await world({ apps: [{ ...APP, callback: bot.url }, OTHER] })
  await w.users('alice', 'bob1')
  await w.admin('admin1')
  await w.send('admin1', 'single', 'alice', says('not this'))
  const { body } = await w.say('alice', 'single', 'bob1', says('this'))
  await vi.waitFor(() => expect(bot.received).toHaveLength(1))
  expect(bot.received[0]?.authorization).toBe(basic(APP))
  expect(bot.received[0]?.batch).toMatchObject({
    total: 1,
    messages: [
      { msgid: body.msg_id, from_type: 'user', from_platform: 'j', from_id: 'alice', target_id: 'bob1' },
    ],
  })
})

test('posts in order, at most 100 in a batch, one batch at a time', async () => {
  const bot = await receiver()
  const w = await world({ apps: [{ ...APP, callback: bot.url }] })
  await w.users('alice')
  const all = Array.from({ length: 230 }, (_, i) => `m${i}`)
  for (const text of all) await w.say('alice', 'single', 'alice', says(text))
  await vi.waitFor(() => expect(texts(bot.received)).toEqual(all), { timeout: 5000 })
  expect(bot.most).toBe(1)
  expect(Math.max(...bot.received.map(({ batch }) => batch.total))).toBeLessThanOrEqual(100)
})

test('tries again after 1, 5, 25 and every 25 seconds, and says so once', async () => {
  const bot = await receiver()
  bot.status = 500
  const log = vi.fn()
  const w = await world({ apps: [{ ...APP, callback: bot.url }], log })
  await w.users('alice')
  await w.say('alice', 'single', 'alice', says('one'))
  const tries = (count: number) => vi.waitFor(() => expect(bot.received).toHaveLength(count))
  await tries(1)
  let count = 1
  for (const wait of [1000, 5000, 25_000, 25_000]) {
    await settled(w.clock)
    await w.clock.advance(wait - 1)
    expect(bot.received).toHaveLength(count)
    await w.clock.advance(1)
    await tries(++count)
  }
  await w.say('alice', 'single', 'alice', says('two'))
  bot.status = 204
  await settled(w.clock)
  await w.clock.advance(25_000)
  await tries(count + 1)
  expect(texts(bot.received.slice(-1))).toEqual(['one', 'two'])
  await vi.waitFor(() => expect(log.mock.calls.map(call => call[0])).toEqual(['warn', 'info']))
  expect(JSON.stringify(log.mock.calls)).not.toContain(APP.masterSecret)
})

/** Lets an answer that is under way arrive, so that the wait after it begins at this instant. */
async function settled(clock: ManualClock): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, 50))
  await clock.advance(0)
}

test('takes no answer within five seconds for a failure', async () => {
  const bot = await receiver()
  bot.status = 0
  const w = await world({ apps: [{ ...APP, callback: bot.url }] })
  await w.users('alice')
  await w.say('alice', 'single', 'alice', says('one'))
  await vi.waitFor(() => expect(bot.received).toHaveLength(1))
  await w.clock.advance(5000)
  await settled(w.clock)
  bot.status = 200
  await w.clock.advance(1000)
  await vi.waitFor(() => expect(texts(bot.received)).toEqual(['one', 'one']))
})

test('goes on after a restart where it left off', async () => {
  const data = mkdtempSync(join(tmpdir(), 'im-'))
  onTestFinished(() => rmSync(data, { recursive: true }))
  const bot = await receiver()
  const apps = [{ ...APP, callback: bot.url }]
  const silent = await world({ data })
  await silent.users('alice')
  await silent.say('alice', 'single', 'alice', says('before there was a callback'))
  await silent.server.close()

  const first = await world({ data, apps, clock: silent.clock })
  await first.say('alice', 'single', 'alice', says('one'))
  await vi.waitFor(() => expect(texts(bot.received)).toEqual(['one']))
  bot.status = 503
  await first.say('alice', 'single', 'alice', says('two'))
  await first.say('alice', 'single', 'alice', says('three'))
  await first.server.close()

  bot.received.length = 0
  bot.status = 200
  await world({ data, apps, clock: new ManualClock(first.clock.now() + 1000) })
  await vi.waitFor(() => expect(texts(bot.received)).toEqual(['two', 'three']))
})
