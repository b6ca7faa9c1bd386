import { expect, test } from 'vitest'
import { OutboxWorld } from './outbox-world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A world with a message in it whose answer was lost, and a history that tells nothing. */
async function unsure(): Promise<{ w: OutboxWorld; key: string }> {
  const w = await OutboxWorld.open()
  w.jmessage.fault = path => (path === '/v1/messages' ? 'reset-after' : undefined)
  const { id: key } = await w.send('said once')
  w.jmessage.fault = () => undefined
  w.jmessage.historyRefused = true
  await w.drain()
  return { w, key }
}

test('what nobody can tell is shown as unsure, and not said again by itself', async () => {
  const { w, key } = await unsure()
  expect(await w.rows()).toMatchObject([{ state: 'unsure', error: expect.stringContaining('no right') }])
  expect(w.log.lines.at(-1)).toMatchObject({ level: 'error', fields: { call: key } })
  await expect(w.outbox.main.ended(key)).rejects.toMatchObject({ code: 'outbox.in-doubt' })
  w.jmessage.historyRefused = false
  // Neither by a handler that runs again nor by a restart.
  expect(await w.send('said once', { key, origin: 'again' })).toMatchObject({ state: 'unsure' })
  await w.crash()
  await w.clock.advance(HOUR)
  expect(w.jmessage.texts).toEqual(['said once'])
  expect(await w.rows()).toMatchObject([{ state: 'unsure' }])
})

test('a person may have it sent, and it is looked up once more before', async () => {
  const { w, key } = await unsure()
  w.jmessage.historyRefused = false
  expect(await w.outbox.resend(key)).toBe(true)
  await w.drain()
  expect(await w.outbox.main.ended(key)).toMatchObject({ state: 'sent', result: { msg_id: 1000 } })
  expect(w.jmessage.texts).toEqual(['said once'])
  expect(await w.outbox.resend(key)).toBe(false)
})

test('what a person wants sent is sent though the history still tells nothing', async () => {
  const { w, key } = await unsure()
  expect(await w.outbox.resend(key)).toBe(true)
  await w.drain()
  expect(await w.outbox.main.ended(key)).toMatchObject({ state: 'sent' })
  expect(w.jmessage.texts).toEqual(['said once', 'said once'])
})

test('a person may forget it', async () => {
  const { w, key } = await unsure()
  expect(await w.outbox.drop(key)).toBe(true)
  expect(await w.outbox.drop(key)).toBe(false)
  expect(await w.outbox.resend(key)).toBe(false)
  expect(await w.rows()).toMatchObject([{ state: 'dropped' }])
})

test('a doubt that reaches back further than the history does is unsure', async () => {
  const w = await OutboxWorld.open({ ageMs: 30 * DAY })
  w.jmessage.fault = path => (path === '/v1/messages' ? 'reset-before' : undefined)
  const { id } = await w.send('long ago')
  w.jmessage.fault = () => undefined
  const longAgo = w.store.db.updateTable('outbox').set({ created_at: w.clock.now() - 7 * DAY })
  await w.store.write(tx => tx.execute(longAgo))
  await w.crash()
  await w.drain()
  await expect(w.outbox.main.ended(id)).rejects.toMatchObject({ code: 'outbox.in-doubt' })
  expect(w.jmessage.texts).toEqual([])
  expect(await w.rows()).toMatchObject([{ state: 'unsure' }])
})

test('what cannot be sent in time is set aside with the reason, and can be sent later', async () => {
  const w = await OutboxWorld.open({ ageMs: MINUTE })
  w.jmessage.isDown = true
  const outcome = w.send('too late')
  await w.clock.advance(1000)
  const { id } = await outcome
  const ended = w.outbox.main.ended(id).catch(error => error)
  await w.clock.advance(MINUTE)
  w.jmessage.isDown = false
  await w.drain()
  expect(await ended).toMatchObject({ code: 'outbox.expired' })
  expect(await w.rows()).toMatchObject([{ state: 'failed', error: expect.stringContaining('within 1m') }])
  expect(w.jmessage.texts).toEqual([])
  expect(await w.outbox.resend(id)).toBe(true)
  await w.drain()
  expect(w.jmessage.texts).toEqual(['too late'])
})

test('what was sent after all is not set aside because it is late', async () => {
  const w = await OutboxWorld.open({ ageMs: MINUTE })
  w.jmessage.fault = path => (path === '/v1/messages' ? 'reset-after' : undefined)
  const { id } = await w.send('in time')
  w.jmessage.isDown = true
  await w.clock.advance(2 * MINUTE)
  w.jmessage.isDown = false
  w.jmessage.fault = () => undefined
  await w.drain()
  expect(await w.outbox.main.ended(id)).toMatchObject({ state: 'sent' })
  expect(w.jmessage.texts).toEqual(['in time'])
})

test('a message that JMessage fails at for ever is set aside, and holds up no other conversation', async () => {
  const w = await OutboxWorld.open({ attempts: 4 })
  w.jmessage.fault = (_, text) => (text?.includes('poison') ? 'http-500-before' : undefined)
  const poison = await w.send('poison', { group: '1' })
  const after = await w.send('after', { group: '1' })
  expect([poison.state, after.state]).toEqual(['queued', 'queued'])
  for (let n = 0; n < 20; n++) {
    expect(await w.send(`other ${n}`, { group: '2' })).toMatchObject({ state: 'sent' })
    await w.clock.advance(10_000)
  }
  await w.drain()
  await expect(w.outbox.main.ended(poison.id)).rejects.toBeInstanceOf(Error)
  const [failed, ...others] = (await w.rows()).filter(({ state }) => state === 'failed')
  expect(failed).toMatchObject({ key: poison.id })
  expect(failed!.attempts).toBeGreaterThanOrEqual(4)
  expect(others).toEqual([])
  expect(w.jmessage.texts).toContain('after')
})

test('while JMessage fails at everything nothing is set aside', async () => {
  const w = await OutboxWorld.open({ attempts: 2 })
  w.jmessage.fault = () => 'http-500-before'
  for (const group of ['1', '2', '3'])
    expect(await w.send('patient', { group })).toMatchObject({ state: 'queued' })
  await w.clock.advance(10 * MINUTE)
  expect((await w.rows()).every(({ state }) => state !== 'failed')).toBe(true)
  w.jmessage.fault = () => undefined
  await w.drain()
  expect(w.jmessage.texts).toEqual(['patient', 'patient', 'patient'])
})

test('a failure in answer to which a message was nonetheless kept is no failure', async () => {
  const w = await OutboxWorld.open({ attempts: 1 })
  w.jmessage.fault = (_, text) => (text?.includes('kept') ? 'http-500-after' : undefined)
  const { id } = await w.send('kept', { group: '1' })
  for (let n = 0; n < 3; n++) {
    await w.send('other', { group: '2' })
    await w.clock.advance(5000)
  }
  expect(await w.outbox.main.ended(id)).toMatchObject({ state: 'sent', result: { msg_id: 1000 } })
  expect(w.jmessage.texts.filter(text => text === 'kept')).toEqual(['kept'])
})

test('a message on which the connection always breaks does not stop other conversations', async () => {
  const w = await OutboxWorld.open({ attempts: 5 })
  w.jmessage.fault = (_, text) => (text?.includes('poison') ? 'reset-before' : undefined)
  const poison = await w.send('poison', { group: '1' })
  for (let n = 0; n < 60; n++) {
    void w.send(`other ${n}`, { group: '2' })
    await w.clock.advance(5000)
  }
  await w.drain()
  expect(w.jmessage.texts.filter(text => text.startsWith('other'))).toHaveLength(60)
  await expect(w.outbox.main.ended(poison.id)).rejects.toBeInstanceOf(Error)
  expect((await w.rows()).find(({ key }) => key === poison.id)).toMatchObject({ state: 'failed' })
})

test('what was sent and could not be noted yet is not sent again by a handler that runs again', async () => {
  const w = await OutboxWorld.open()
  const { apply } = w.store
  Object.assign(w.store, { apply: () => Promise.reject(new Error('disk full')) })
  expect(await w.send('once', { key: 'k', origin: 'fresh' })).toMatchObject({ state: 'sent' })
  Object.assign(w.store, { apply })
  expect(await w.send('once', { key: 'k', origin: 'again' })).toMatchObject({ state: 'sent' })
  await w.drain()
  expect(w.jmessage.texts).toEqual(['once'])
  expect(await w.rows()).toMatchObject([{ key: 'k', state: 'sent' }])
})
