import { expect, test } from 'vitest'
import { InvalidRequest } from '../../../src/client/index.ts'
import type { Call } from '../../../src/runtime/bot/outbox-entry.ts'
import { StoreError } from '../../../src/store/index.ts'
import { OutboxWorld } from './outbox-world.ts'

/** A call of which the client says by itself that JMessage would refuse it. */
const wrong = (key: string): Call => ({
  key,
  origin: 'own',
  bot: 'robot',
  event: undefined,
  endpoint: 'messages.retract',
  lane: 'group:elsewhere',
  priority: 'reply',
  args: { username: 'robot', msgid: 'no number' },
})

test('a call that is refused before it is sent does not end an outage', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.isDown = true
  await Promise.all([w.send('waits'), w.clock.advance(400)])
  const since = w.outbox.main.outageSince
  expect(since).toBeDefined()
  await w.outbox.main.submit(wrong('wrong'))
  await expect(Promise.all([w.outbox.main.ended('wrong'), w.clock.advance(60_000)])).rejects.toBeInstanceOf(
    InvalidRequest,
  )
  await w.clock.advance(60_000)
  expect(w.outbox.main.outageSince).toBe(since)
  expect(w.outbox.main.lastWellAt).toBe(Number.NEGATIVE_INFINITY)
  w.jmessage.isDown = false
  await w.drain()
  expect(w.outbox.main.outageSince).toBeUndefined()
  expect(w.jmessage.texts).toEqual(['waits'])
})

test('a call that is refused before it is sent tells nothing of JMessage when all is well, either', async () => {
  const w = await OutboxWorld.open()
  await expect(w.outbox.main.submit(wrong('wrong'))).rejects.toMatchObject({
    code: 'api.invalid',
    isUnsent: true,
  })
  expect(w.outbox.main.lastWellAt).toBe(Number.NEGATIVE_INFINITY)
  w.jmessage.fault = () => 'http-400'
  await expect(w.send('refused by JMessage')).rejects.toMatchObject({ code: 'api.invalid', isUnsent: false })
  expect(w.outbox.main.lastWellAt).toBe(w.clock.now())
})

test('a call that cannot be noted, and so is not sent, does not end an outage', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.isDown = true
  await Promise.all([w.send('waits'), w.clock.advance(400)])
  const since = w.outbox.main.outageSince
  expect(since).toBeDefined()
  const { apply } = w.store
  const full = () => Promise.reject(new StoreError('store.full', 'the disk is full'))
  Object.assign(w.store, { apply: full })
  await w.clock.advance(60_000)
  expect(w.outbox.main.outageSince).toBe(since)
  Object.assign(w.store, { apply })
  w.jmessage.isDown = false
  await w.drain()
  expect(w.jmessage.texts).toEqual(['waits'])
})
