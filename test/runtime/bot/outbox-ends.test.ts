import { expect, test } from 'vitest'
import { ApiError } from '../../../src/client/index.ts'
import { turns } from '../../quiet.ts'
import { APP } from './fake-jmessage.ts'
import { OutboxWorld, sending } from './outbox-world.ts'

const settle = () => turns(20)

test('a full quota is waited for as long as JMessage says, and nothing is dropped', async () => {
  const w = await OutboxWorld.open()
  let full = true
  w.jmessage.fault = () => (full ? 'http-429' : undefined)
  const sends = await Promise.all(Array.from({ length: 100 }, (_, index) => w.send(`${index}`)))
  expect(sends.every(({ state }) => state === 'queued')).toBe(true)
  full = false
  await w.clock.advance(29_000)
  expect(w.jmessage.texts).toEqual([])
  await w.drain()
  expect(w.jmessage.texts).toEqual(sends.map((_, index) => `${index}`))
  expect(w.log.lines.map(({ message }) => message)).toEqual(['the quota of the appKey is used up; waiting'])
})

test('answers of calls that left before the quota was full do not open the gate early', async () => {
  const w = await OutboxWorld.open()
  let calls = 0
  w.jmessage.fault = () => (++calls === 1 ? 'http-429' : undefined)
  await Promise.all(Array.from({ length: 10 }, (_, index) => w.send(`${index}`)))
  expect(w.jmessage.history.length).toBe(9)
  expect(await w.send('later')).toMatchObject({ state: 'queued' })
  await w.clock.advance(29_000)
  expect(w.jmessage.history.length).toBe(9)
  await w.drain()
  expect(w.jmessage.history.length).toBe(11)
})

test('a queued call can be taken back, a sent one cannot', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.isDown = true
  const [one, two, three] = ['one', 'two', 'three'].map(text => w.send(text))
  await w.clock.advance(400)
  const { id } = await two!
  expect(await w.outbox.cancel(id)).toBe(true)
  expect(await w.outbox.main.ended(id)).toMatchObject({ state: 'cancelled' })
  expect(await w.outbox.cancel(id)).toBe(false)
  w.jmessage.isDown = false
  await w.drain()
  expect(w.jmessage.texts).toEqual(['one', 'three'])
  expect(await w.outbox.cancel((await one!).id)).toBe(false)
  expect(await w.outbox.cancel((await three!).id)).toBe(false)
  expect(await w.outbox.cancel('unknown')).toBe(false)
})

test('when the call that goes first is taken back, the next one goes first', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.isDown = true
  const outcome = w.send('cancelled')
  await w.clock.advance(400)
  await cancelAtLast(w, (await outcome).id)
  w.jmessage.isDown = false
  await w.send('sent')
  await w.drain()
  expect(w.jmessage.texts).toEqual(['sent'])
  expect(await w.send('at once')).toMatchObject({ state: 'sent' })
})

/** It may just be on its way to see whether JMessage is back: then it is not made again. */
async function cancelAtLast(w: OutboxWorld, id: string): Promise<void> {
  if (!(await w.outbox.cancel(id))) await w.clock.advance(1000)
  expect(await w.outbox.main.ended(id)).toMatchObject({ state: 'cancelled' })
}

test('a cancelled call stays so over a restart', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.isDown = true
  const outcome = w.send('never')
  await w.clock.advance(400)
  await cancelAtLast(w, (await outcome).id)
  w.jmessage.isDown = false
  await w.crash()
  await w.drain()
  expect(w.jmessage.texts).toEqual([])
})

test('the end of a call can be asked for at any time', async () => {
  const w = await OutboxWorld.open()
  const sent = await w.send('now')
  expect(await w.outbox.main.ended(sent.id)).toMatchObject({ state: 'sent' })
  await settle()
  expect(await w.outbox.main.ended(sent.id)).toMatchObject({ state: 'sent', at: w.clock.now() })
  await expect(w.outbox.main.ended('unknown')).rejects.toMatchObject({ code: 'outbox.unknown' })
  w.jmessage.isDown = true
  const queued = w.send('refused later')
  await w.clock.advance(400)
  const { id } = await queued
  const ended = w.outbox.main.ended(id).catch(error => error)
  w.jmessage.isDown = false
  w.jmessage.refusals.set('refused later', { status: 403, code: 803012 })
  await w.drain()
  expect(await ended).toBeInstanceOf(ApiError)
  await expect(w.outbox.main.ended(id)).rejects.toMatchObject({ code: 'outbox.refused' })
  expect(w.log.lines.at(-1)).toMatchObject({
    level: 'error',
    message: 'a call that had waited was set aside',
  })
})

test('a fault on one call holds up its lane, and no other', async () => {
  const w = await OutboxWorld.open()
  let faults = 2
  w.jmessage.fault = () => (faults-- > 0 ? 'http-500-before' : undefined)
  expect(await w.send('1', { group: '10001' })).toMatchObject({ state: 'queued' })
  faults = 0
  expect(await w.send('2', { group: '10001' })).toMatchObject({ state: 'queued' })
  expect(await w.send('3', { group: '10001' })).toMatchObject({ state: 'queued' })
  expect(await w.send('other', { group: '10002' })).toMatchObject({ state: 'sent' })
  await w.drain()
  expect(w.jmessage.texts).toEqual(['other', '1', '2', '3'])
})

test('a restart sends what was queued and what was under way, each once and in order', async () => {
  const w = await OutboxWorld.open()
  const hang = new Promise<void>(() => {})
  const texts: string[] = []
  // Under way when the process died: the one without effect, the other with it.
  w.jmessage.delay = () => hang
  void w.send('without effect', { group: '10002' })
  await settle()
  w.jmessage.delay = async () => {}
  w.jmessage.fault = () => 'reset-after'
  await w.send('with effect')
  w.jmessage.fault = () => undefined
  w.jmessage.isDown = true
  for (const text of ['a', 'b', 'c']) {
    texts.push(text)
    const send = w.send(text)
    await w.clock.advance(400)
    expect((await send).state).toBe('queued')
  }
  w.jmessage.isDown = false
  expect((await w.rows()).map(({ state }) => state)).toEqual([
    'sending',
    'doubtful',
    'queued',
    'queued',
    'queued',
  ])
  await w.crash()
  await w.drain()
  expect(w.jmessage.texts.filter(text => text !== 'without effect')).toEqual(['with effect', 'a', 'b', 'c'])
  expect(w.jmessage.texts.filter(text => text === 'without effect').length).toBe(1)
  expect((await w.rows()).map(({ state }) => state)).toEqual(Array(5).fill('sent'))
})

test('a call of an event that a process left in the middle is looked up before it is made again', async () => {
  const w = await OutboxWorld.open()
  // The former process sent it, and died before it could note so.
  Object.assign(w.store, { apply: () => new Promise(() => {}) })
  void w.send('once', { key: 'event/bot/plugin/messages.send>group:10001#0', origin: 'fresh' })
  await settle()
  expect(w.jmessage.texts).toEqual(['once'])
  const fresh = await OutboxWorld.open()
  fresh.jmessage.history.push(...w.jmessage.history)
  const again = fresh.send('once', {
    key: 'event/bot/plugin/messages.send>group:10001#0',
    origin: 'recovered',
  })
  await fresh.clock.advance(5000)
  expect(await again).toMatchObject({ state: 'sent', result: { msg_id: 1000 } })
  expect(fresh.jmessage.texts).toEqual(['once'])
  const other = fresh.send('new', {
    key: 'event/bot/plugin/messages.send>group:10001#1',
    origin: 'recovered',
  })
  await fresh.clock.advance(5000)
  expect(await other).toMatchObject({ state: 'sent' })
  expect(fresh.jmessage.texts).toEqual(['once', 'new'])
})

test('a mute that a process left in the middle is made again at once, before what may come to lift it', async () => {
  const w = await OutboxWorld.open()
  const lane = 'group:10001'
  const mute = {
    ...sending('', { key: 'mute', group: '10001', origin: 'recovered', at: w.clock.now() }),
    ...{ endpoint: 'groups.silence' as const, args: { gid: 10001, status: true, body: ['bobby'] }, lane },
  }
  expect(await w.outbox.main.submit(mute)).toMatchObject({ state: 'sent' })
  // One that an earlier process wrote down, too.
  await w.outbox.main.submit({ ...mute, key: 'left', origin: 'own' })
  const underWay = w.store.db.updateTable('outbox').set({ state: 'sending' }).where('key', '=', 'left')
  await w.store.write(tx => tx.execute(underWay))
  await w.crash()
  await settle()
  expect(w.outbox.waiting).toBe(0)
  expect(w.jmessage.calls).toEqual(Array(3).fill('PUT /v1/groups/messages/10001/silence'))
})

test('an error of the store rejects the caller, and the next call is made', async () => {
  const w = await OutboxWorld.open()
  const mend = breakStore(w)
  await expect(w.send('lost')).rejects.toThrow('disk full')
  mend()
  expect(await w.send('kept')).toMatchObject({ state: 'sent' })
  expect(w.jmessage.texts).toEqual(['kept'])
})

test.each(['own', 'fresh'] as const)(
  'a call (%s) that cannot be noted for a while is made once',
  async origin => {
    const w = await OutboxWorld.open()
    w.jmessage.fault = () => 'http-500-before'
    expect((await w.send('patient', { origin })).state).toBe('queued')
    w.jmessage.fault = () => undefined
    const mend = breakStore(w)
    await w.clock.advance(60_000)
    expect(w.jmessage.texts).toEqual([])
    mend()
    await w.drain()
    expect(w.jmessage.texts).toEqual(['patient'])
    expect(await w.rows()).toMatchObject([{ state: 'sent' }])
  },
)

test('a lost answer that cannot be noted is not forgotten', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.fault = path => (path === '/v1/messages' ? 'reset-after' : undefined)
  const mend = breakStore(w)
  const send = w.send('once', { origin: 'fresh', key: 'k' })
  await settle()
  w.jmessage.fault = () => undefined
  mend()
  const again = w.send('once', { origin: 'again', key: 'k' })
  await w.drain()
  // Once it could be noted, nobody had to wait for it any longer.
  for (const outcome of [await send, await again]) expect(outcome).toMatchObject({ id: 'k', state: 'queued' })
  expect(await w.outbox.main.ended('k')).toMatchObject({ state: 'sent' })
  expect(w.jmessage.texts).toEqual(['once'])
})

/** Has every write fail, until what is returned is called. */
function breakStore({ store }: OutboxWorld): () => void {
  const { write, apply } = store
  const fail = () => Promise.reject(new Error('disk full'))
  Object.assign(store, { write: fail, apply: fail })
  return () => void Object.assign(store, { write, apply })
}

test('stop waits for the answers to what is under way, and lets nothing more out', async () => {
  const w = await OutboxWorld.open()
  let release = () => {}
  w.jmessage.delay = () =>
    new Promise(resolve => {
      release = resolve
    })
  const send = w.send('last words')
  await settle()
  let stopped = false
  const stop = w.outbox.stop(5000).then(() => {
    stopped = true
  })
  await settle()
  expect(stopped).toBe(false)
  release()
  await stop
  expect(await send).toMatchObject({ state: 'sent' })
  expect(await w.send('too late')).toMatchObject({ state: 'queued' })
  await settle()
  expect((await w.rows()).map(({ state }) => state)).toEqual(['sent', 'queued'])
  expect(w.jmessage.texts).toEqual(['last words'])
})

test('stop does not wait longer than it may', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.delay = () => new Promise(() => {})
  void w.send('hangs')
  await settle()
  const stop = w.outbox.stop(5000)
  await w.clock.advance(5000)
  await stop
})

test('neither logs nor rows of failed calls hold the secret, and logs not what was said', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.fault = () => 'reset-before'
  await w.send('for your eyes only')
  w.jmessage.fault = () => 'http-500-before'
  await w.clock.advance(10_000)
  w.jmessage.fault = () => undefined
  w.jmessage.refusals.set('for your eyes only', { status: 403, code: 803012 })
  await w.drain()
  const rows = JSON.stringify(await w.rows())
  const lines = w.log.lines.map(({ fields, message }) => {
    const { err, ...rest } = fields as { err?: Error }
    return `${message} ${JSON.stringify(rest)} ${err?.stack} ${JSON.stringify(err)} ${String(err?.cause)}`
  })
  const credentials = btoa(`${APP.appKey}:${APP.masterSecret}`)
  for (const secret of [APP.masterSecret, credentials]) expect(rows + lines.join()).not.toContain(secret)
  expect(lines.join()).not.toContain('for your eyes only')
})
