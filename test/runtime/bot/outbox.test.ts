import { expect, test } from 'vitest'
import { ApiError } from '../../../src/client/index.ts'
import { turns } from '../../quiet.ts'
import { OutboxWorld } from './outbox-world.ts'

const settle = () => turns(20)

test.each(['own', 'fresh'] as const)('a call (%s) is made, noted and answered', async origin => {
  const w = await OutboxWorld.open()
  const outcome = await w.send('hello', { origin })
  expect(outcome).toMatchObject({ state: 'sent', result: { msg_id: 1000 } })
  await settle()
  expect(await w.rows()).toMatchObject([{ key: outcome.id, state: 'sent', attempts: 1 }])
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
    priority: 'notice' as const,
    endpoint: 'groups.members.remove' as const,
    args: { gid: 10001, body: ['alice'] },
  }
  w.jmessage.fault = () => 'http-500-after'
  expect(await w.outbox.main.submit(kick)).toMatchObject({ state: 'queued' })
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
  expect(w.outbox.main.outageSince).toBeDefined()
  await w.clock.advance(120_000)
  expect(w.jmessage.texts).toEqual([])
  w.jmessage.isDown = false
  await w.drain()
  expect(w.jmessage.texts).toEqual(texts)
  expect(w.outbox.main.outageSince).toBeUndefined()
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
      const ended = w.outbox.main.ended(outcome.id)
      w.jmessage.fault = () => undefined
      await w.drain()
      expect(w.jmessage.texts).toEqual(['once'])
      expect(w.jmessage.historyReads).toBeGreaterThan(0)
      expect(await ended).toMatchObject({ state: 'sent', result: { msg_id: 1000 } })
      expect(await w.outbox.main.ended(outcome.id)).toMatchObject({ state: 'sent', result: { msg_id: 1000 } })
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
