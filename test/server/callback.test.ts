import { expect, test, vi } from 'vitest'
import { ManualClock } from '../../src/base/clock.ts'
import { capturedLog, type LogLine } from '../../src/testing/captured-log.ts'
import { place } from './place.ts'
import { receiver, texts } from './receiver.ts'
import { APP, basic, OTHER, world } from './world.ts'

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
  const log: LogLine[] = []
  const w = await world({ apps: [{ ...APP, callback: bot.url }], log: capturedLog(log) })
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
  await vi.waitFor(() => expect(log.map(({ level }) => level)).toEqual(['debug', 'warn', 'info']))
  expect(JSON.stringify(log)).not.toContain(APP.masterSecret)
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
  const data = await place()
  const bot = await receiver()
  const apps = [{ ...APP, callback: bot.url }]
  const silent = await world(data)
  await silent.users('alice')
  await silent.say('alice', 'single', 'alice', says('before there was a callback'))
  await silent.server.close()

  const first = await world({ ...data, apps, clock: silent.clock })
  await first.say('alice', 'single', 'alice', says('one'))
  await vi.waitFor(() => expect(texts(bot.received)).toEqual(['one']))
  bot.status = 503
  await first.say('alice', 'single', 'alice', says('two'))
  await first.say('alice', 'single', 'alice', says('three'))
  await first.server.close()

  bot.received.length = 0
  bot.status = 200
  await world({ ...data, apps, clock: new ManualClock(first.clock.now() + 1000) })
  await vi.waitFor(() => expect(texts(bot.received)).toEqual(['two', 'three']))
})

test('posts what happens to groups and users where that is wanted, once and in order', async () => {
  const bot = await receiver()
  const w = await world({ apps: [{ ...APP, callback: bot.url, callbackEvents: true }] })
  await w.users('alice', 'bob1')
  const gid = await w.group('alice')
  await w.call('POST', `/v2/groups/${gid}/addMembers`, ['bob1'])
  await w.call('PUT', '/v1/users/bob1', { nickname: 'Bob' })
  const events = () => bot.received.flatMap(({ batch }) => batch.events ?? [])
  await vi.waitFor(() => expect(events()).toHaveLength(3))
  expect(events()).toMatchObject([
    { event_type: 8, gid, from_username: 'alice' },
    { event_type: 10, gid, to_username_list: ['bob1'] },
    { event_type: 40, usernames: ['bob1'] },
  ])
  expect(bot.received.map(({ batch }) => batch.total)).toEqual(bot.received.map(() => 0))
})

test('a refused change is told to nobody', async () => {
  const bot = await receiver()
  const w = await world({ apps: [{ ...APP, callback: bot.url, callbackEvents: true }] })
  await w.users('alice', 'bob1')
  const gid = await w.group('alice', 'bob1')
  await w.call('POST', `/v2/groups/${gid}/addMembers`, ['bob1'])
  await w.call('DELETE', `/v1/groups/${gid}`)
  const events = () => bot.received.flatMap(({ batch }) => batch.events ?? [])
  await vi.waitFor(() => expect(events().map(({ event_type }) => event_type)).toEqual([8, 9]))
})

test('events that were not taken yet are posted after a restart', async () => {
  const data = await place()
  const bot = await receiver()
  bot.status = 500
  const options = { ...data, apps: [{ ...APP, callback: bot.url, callbackEvents: true }] }
  const w = await world(options)
  await w.users('alice')
  const gid = await w.group('alice')
  await w.server.close()
  bot.status = 200
  bot.received.length = 0
  await world(options)
  await vi.waitFor(() =>
    expect(bot.received.flatMap(({ batch }) => batch.events ?? [])).toMatchObject([{ gid }]),
  )
})
