import { expect, test } from 'vitest'
import { ApiError } from '../../../src/client/index.ts'
import { APP } from './fake-jmessage.ts'
import { OutboxWorld } from './outbox-world.ts'

const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
}

test.each(['own', 'fresh'] as const)('a call (%s) is made, noted and answered', async origin => {
  const w = await OutboxWorld.open()
  const outcome = await w.send('hello', { origin })
  expect(outcome).toMatchObject({ state: 'sent', result: { msg_id: 1000 } })
  await settle()
  expect(await w.rows()).toMatchObject([{ id: outcome.id, state: 'sent', attempts: 1 }])
  expect(w.outbox.waiting).toBe(0)
  expect(w.jmessage.texts).toEqual(['hello'])
})

test('the same key is one call, while it is under way and afterwards', async () => {
  const w = await OutboxWorld.open()
  const both = await Promise.all([w.send('once', { key: 'k' }), w.send('once', { key: 'k' })])
  const later = await w.send('twice?', { key: 'k' })
  const again = await w.send('again?', { key: 'k', origin: 'again' })
  expect(w.jmessage.texts).toEqual(['once'])
  expect(new Set([...both, later, again].map(({ id }) => id)).size).toBe(1)
  expect([later.result, again.result]).toEqual([both[0].result, both[0].result])
})

test.each(['own', 'fresh'] as const)(
  'a refused call (%s) rejects its caller, and a second try is made',
  async origin => {
    const w = await OutboxWorld.open()
    w.jmessage.refusals.set('hello', { status: 403, code: 803012 })
    const refused = await w.send('hello', { key: 'k', origin }).catch(error => error)
    expect(refused).toBeInstanceOf(ApiError)
    // At once, with nothing in between.
    const second = await w
      .send('hello', { key: 'k', origin: origin === 'own' ? 'own' : 'again' })
      .catch(error => error)
    expect(second).toBeInstanceOf(ApiError)
    expect(second).not.toBe(refused)
    w.jmessage.refusals.clear()
    expect(await w.send('hello', { key: 'k', origin: 'again' })).toMatchObject({ state: 'sent' })
    await settle()
    expect(await w.rows()).toMatchObject([{ key: 'k', state: 'sent' }])
    expect(w.jmessage.texts).toEqual(['hello'])
  },
)

test('a refusal that says it is so already is a success', async () => {
  const w = await OutboxWorld.open()
  const kick = {
    ...{ key: 'k', origin: 'own' as const, bot: 'robot', event: undefined, lane: 'group:10001' },
    endpoint: 'groups.members.remove' as const,
    args: { gid: 10001, body: ['alice'] },
  }
  w.jmessage.fault = () => 'http-500-after'
  expect(await w.outbox.submit(kick)).toMatchObject({ state: 'queued' })
  w.jmessage.fault = () => undefined
  await w.drain()
  expect(w.jmessage.calls.length).toBe(2)
  expect(await w.rows()).toMatchObject([{ state: 'sent' }])
})

test('while JMessage cannot be reached calls are queued at once, and sent in their order when it is back', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.isDown = true
  const texts = Array.from({ length: 100 }, (_, index) => `message ${index}`)
  const first = w.send(texts[0]!)
  await w.clock.advance(400)
  expect(await first).toMatchObject({ state: 'queued' })
  for (const text of texts.slice(1)) expect(await w.send(text)).toMatchObject({ state: 'queued' })
  expect(w.outbox.outageSince).toBeDefined()
  await w.clock.advance(120_000)
  expect(w.jmessage.texts).toEqual([])
  w.jmessage.isDown = false
  await w.drain()
  expect(w.jmessage.texts).toEqual(texts)
  expect(w.outbox.outageSince).toBeUndefined()
  const told = w.log.lines.map(({ message }) => message)
  expect(told).toEqual([
    'JMessage is unreachable; what bots say waits until it is back',
    'JMessage is reachable again',
  ])
})

test('calls to many groups are queued and sent in order of submission', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.isDown = true
  const sends = Array.from({ length: 30 }, (_, index) =>
    w.send(`${index}`, { group: `${20_000 + (index % 7)}` }),
  )
  await w.clock.advance(400)
  for (const send of sends) expect(await send).toMatchObject({ state: 'queued' })
  w.jmessage.isDown = false
  await w.drain()
  expect(w.jmessage.texts).toEqual(sends.map((_, index) => `${index}`))
})

test('calls that wait for others are queued as well when JMessage goes down', async () => {
  const w = await OutboxWorld.open()
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  w.jmessage.delay = () => held
  const sends = Array.from({ length: 200 }, (_, index) => w.send(`${index}`, { origin: 'fresh' }))
  w.jmessage.fault = () => 'refused'
  // The first 64 are under way and come to their end; the first of the others finds JMessage gone.
  release()
  await w.clock.advance(2000)
  const states = (await Promise.all(sends)).map(({ state }) => state)
  expect(states.slice(0, 64)).toEqual(Array(64).fill('sent'))
  expect(states.slice(64)).toEqual(Array(136).fill('queued'))
  w.jmessage.fault = () => undefined
  await w.drain()
  expect(w.jmessage.texts.toSorted()).toEqual(sends.map((_, index) => `${index}`).toSorted())
})

test('an outage with many calls under way is one failure, not many', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.fault = () => 'reset-before'
  const sends = Array.from({ length: 64 }, (_, index) => w.send(`${index}`))
  await settle()
  await Promise.all(sends)
  w.jmessage.fault = () => undefined
  // The first look is half a second after the failure, and not as late as after 64 failures.
  await w.clock.advance(3000)
  expect(w.jmessage.history.length).toBe(64)
})

test('at most so many calls are under way', async () => {
  const w = await OutboxWorld.open()
  let underWay = 0
  let most = 0
  w.jmessage.delay = async () => {
    most = Math.max(most, ++underWay)
    await settle()
    underWay--
  }
  await Promise.all(Array.from({ length: 300 }, (_, index) => w.send(`${index}`)))
  expect(most).toBe(64)
  expect(w.jmessage.history.length).toBe(300)
})

for (const origin of ['own', 'fresh'] as const) {
  test.each(['reset-after', 'http-500-after'] as const)(
    `an answer (${origin}) that is lost after the effect (%s) does not lead to a second message`,
    async fault => {
      const w = await OutboxWorld.open()
      w.jmessage.fault = path => (path === '/v1/messages' ? fault : undefined)
      const outcome = await w.send('once', { origin })
      expect(outcome.state).toBe('queued')
      const ended = w.outbox.ended(outcome.id)
      w.jmessage.fault = () => undefined
      await w.drain()
      expect(w.jmessage.texts).toEqual(['once'])
      expect(w.jmessage.historyReads).toBeGreaterThan(0)
      expect(await ended).toMatchObject({ state: 'sent', result: { msg_id: 1000 } })
      expect(await w.outbox.ended(outcome.id)).toMatchObject({ state: 'sent', result: { msg_id: 1000 } })
    },
  )

  test.each(['reset-before', 'http-500-before', 'refused'] as const)(
    `an answer (${origin}) that is lost before the effect (%s) leads to one message`,
    async fault => {
      const w = await OutboxWorld.open()
      w.jmessage.fault = path => (path === '/v1/messages' ? fault : undefined)
      const send = w.send('once', { origin })
      await w.clock.advance(400)
      expect((await send).state).toBe('queued')
      w.jmessage.fault = () => undefined
      await w.drain()
      expect(w.jmessage.texts).toEqual(['once'])
    },
  )
}

test('the history is not asked while JMessage may still be at work on the lost request', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.fault = () => 'reset-before'
  await w.send('late')
  w.jmessage.fault = () => undefined
  await w.clock.advance(1500)
  expect(w.jmessage.historyReads).toBe(0)
  await w.clock.advance(1000)
  expect(w.jmessage.texts).toEqual(['late'])
})

test('a look-up that meets a full quota or a fault is made again, and the message is not', async () => {
  for (const trouble of ['http-429', 'http-500-before', 'reset-before', 'refused'] as const) {
    const w = await OutboxWorld.open()
    let troubles = 4
    w.jmessage.fault = path =>
      path === '/v1/messages' ? 'reset-after' : troubles-- > 0 ? trouble : undefined
    await w.send('once')
    await w.drain()
    expect([trouble, w.jmessage.texts]).toEqual([trouble, ['once']])
  }
})

test('many lost answers share a look into the history', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.fault = path => (path === '/v1/messages' ? 'reset-after' : undefined)
  await Promise.all(
    Array.from({ length: 60 }, (_, index) => w.send(`${index}`, { group: `${30_000 + index}` })),
  )
  w.jmessage.fault = () => undefined
  await w.drain()
  expect(w.jmessage.history.length).toBe(60)
  // A look reads 20 pages of three messages.
  expect(w.jmessage.historyReads).toBeLessThanOrEqual(3 * 20)
})

test('a message in doubt is not known by a marker that somebody else sent back', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.fault = () => 'reset-before'
  await w.send('mine')
  w.jmessage.fault = path => {
    if (path.startsWith('/v2/') && w.jmessage.history.length === 0) {
      const [call] = rowArgs
      w.jmessage.history.push({
        ...call!.body,
        from_id: 'mallory',
        msgid: 5,
        msg_ctime: w.clock.now(),
      } as never)
    }
    return undefined
  }
  const rowArgs = (await w.rows()).map(({ args }) => JSON.parse(args))
  await w.drain()
  expect(w.jmessage.history.map(({ from_id }) => from_id)).toEqual(['mallory', 'robot'])
})

test('when the history refuses for good the caller is told so, and a restart looks again', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.fault = path => (path === '/v1/messages' ? 'reset-after' : undefined)
  const outcome = await w.send('doubtful')
  const ended = w.outbox.ended(outcome.id).catch(error => error)
  w.jmessage.fault = () => undefined
  w.jmessage.historyRefused = true
  await w.drain()
  expect(await ended).toMatchObject({ code: 'outbox.in-doubt' })
  w.jmessage.historyRefused = false
  expect(await w.send('doubtful', { key: (await w.rows())[0]!.key })).toMatchObject({ state: 'queued' })
  await w.crash()
  await w.drain()
  expect(await w.outbox.ended(outcome.id)).toMatchObject({ state: 'sent' })
  expect(w.jmessage.texts).toEqual(['doubtful'])
})

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
  expect(await w.outbox.ended(id)).toMatchObject({ state: 'cancelled' })
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
  expect(await w.outbox.cancel((await outcome).id)).toBe(true)
  w.jmessage.isDown = false
  await w.send('sent')
  await w.drain()
  expect(w.jmessage.texts).toEqual(['sent'])
  expect(await w.send('at once')).toMatchObject({ state: 'sent' })
})

test('a cancelled call stays so over a restart', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.isDown = true
  const outcome = w.send('never')
  await w.clock.advance(400)
  await w.outbox.cancel((await outcome).id)
  w.jmessage.isDown = false
  await w.crash()
  await w.drain()
  expect(w.jmessage.texts).toEqual([])
})

test('the end of a call can be asked for at any time', async () => {
  const w = await OutboxWorld.open()
  const sent = await w.send('now')
  expect(await w.outbox.ended(sent.id)).toMatchObject({ state: 'sent' })
  await settle()
  expect(await w.outbox.ended(sent.id)).toMatchObject({ state: 'sent', at: w.clock.now() })
  await expect(w.outbox.ended('unknown')).rejects.toMatchObject({ code: 'outbox.unknown' })
  w.jmessage.isDown = true
  const queued = w.send('refused later')
  await w.clock.advance(400)
  const { id } = await queued
  const ended = w.outbox.ended(id).catch(error => error)
  w.jmessage.isDown = false
  w.jmessage.refusals.set('refused later', { status: 403, code: 803012 })
  await w.drain()
  expect(await ended).toBeInstanceOf(ApiError)
  await expect(w.outbox.ended(id)).rejects.toMatchObject({ code: 'outbox.refused' })
  expect(w.log.lines.at(-1)).toMatchObject({ level: 'error', message: 'a call that had waited was refused' })
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
    'unsure',
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
  expect(await send).toMatchObject({ state: 'sent' })
  expect(await again).toMatchObject({ state: 'sent' })
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
