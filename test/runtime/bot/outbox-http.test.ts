import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../../src/base/clock.ts'
import { idMaker } from '../../../src/base/ids.ts'
import { createClient } from '../../../src/client/index.ts'
import { Outbox } from '../../../src/runtime/bot/outbox.ts'
import { type Arrived, fakeServer, freePort, json } from '../../client/fake-server.ts'
import { runtimeStore } from '../../engine.ts'
import { captured, until } from '../capture.ts'
import { APP } from './fake-jmessage.ts'
import { sending } from './outbox-world.ts'

const undo: (() => unknown)[] = []

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** A JMessage on loopback that keeps what it is sent; `odd` may answer in its own way. */
async function jmessage(port: number, odd: (request: Arrived) => boolean = () => false) {
  const history: Record<string, unknown>[] = []
  const server = await fakeServer(request => {
    const { answer, method, body } = request
    if (method === 'POST') {
      const message = JSON.parse(body)
      const keep = () => history.push({ ...message, msgid: history.length + 1, msg_ctime: Date.now() })
      if (odd({ ...request, body })) return void keep()
      keep()
      json(answer, 201, { msg_id: history.length, msg_ctime: Date.now() })
    } else json(answer, 200, { total: history.length, count: history.length, messages: history })
  }, port)
  undo.push(server.close)
  const texts = () => history.map(({ msg_body }) => (msg_body as { text: string }).text)
  return { ...server, texts }
}

async function outboxTo(port: number, timeoutMs = 1000) {
  const store = await runtimeStore()
  const client = createClient({ endpoint: `http://127.0.0.1:${port}`, ...APP, timeoutMs })
  const log = captured()
  const makeId = idMaker(Date.now)
  const apps = [{ name: 'main', appKey: APP.appKey, client }]
  const outbox = new Outbox({ store, apps, clock: systemClock, log, makeId, settleMs: 50 })
  undo.push(
    () => store.close(),
    () => client.close(),
    () => outbox.stop(),
  )
  const send = (text: string) =>
    outbox.main.submit(sending(text, { key: makeId(), group: '10001', origin: 'own', at: Date.now() }))
  return { outbox, log, send }
}

test('messages for a JMessage that is not there are queued soon, and arrive when it is', async () => {
  const port = await freePort()
  const { outbox, log, send } = await outboxTo(port)
  const startedAt = Date.now()
  expect((await send('one')).state).toBe('queued')
  expect(Date.now() - startedAt).toBeLessThan(2000)
  expect((await send('two')).state).toBe('queued')
  const server = await jmessage(port)
  await until(() => outbox.waiting === 0)
  expect(server.texts()).toEqual(['one', 'two'])
  expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'info'])
})

test('a connection that breaks after the message was taken does not bring it twice', async () => {
  const port = await freePort()
  let breaks = 1
  const server = await jmessage(port, ({ socket }) => {
    if (breaks-- <= 0) return false
    socket.resetAndDestroy()
    return true
  })
  const { outbox, send } = await outboxTo(port)
  const { id, state } = await send('once')
  expect(state).toBe('queued')
  expect(await outbox.main.ended(id)).toMatchObject({ state: 'sent', result: { msg_id: 1 } })
  expect(server.texts()).toEqual(['once'])
})

test('a JMessage that takes too long to answer does not get the message twice', async () => {
  const port = await freePort()
  let slow = 1
  const server = await jmessage(port, () => slow-- > 0)
  const { outbox, send } = await outboxTo(port, 200)
  const { id } = await send('once')
  expect(await outbox.main.ended(id)).toMatchObject({ state: 'sent' })
  expect(server.texts()).toEqual(['once'])
})

test('garbage for an answer leaves the message in doubt, and it is looked up', async () => {
  const port = await freePort()
  let garbage = 1
  const server = await jmessage(port, ({ answer }) => {
    if (garbage-- <= 0) return false
    answer.writeHead(200).end('<html>')
    return true
  })
  const { outbox, send } = await outboxTo(port)
  const { id } = await send('once')
  expect(await outbox.main.ended(id)).toMatchObject({ state: 'sent' })
  expect(server.texts()).toEqual(['once'])
})

test('a full quota is waited for', async () => {
  const port = await freePort()
  const at: number[] = []
  const server = await fakeServer(({ answer }) => {
    at.push(Date.now())
    if (at.length === 1) json(answer, 429, {}, { 'retry-after': '1' })
    else json(answer, 201, { msg_id: 1, msg_ctime: 1 })
  }, port)
  undo.push(server.close)
  const { outbox, send } = await outboxTo(port)
  await outbox.main.ended((await send('patient')).id)
  expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(990)
})
