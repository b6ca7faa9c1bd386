import { expect, test } from 'vitest'
import { AppError } from '../../../src/base/errors.ts'
import { TransportError } from '../../../src/client/index.ts'
import type { Attempt } from '../../../src/runtime/dispatch/attempt.ts'
import { DispatchWorld, settle } from './dispatch-world.ts'

const dataOf = (attempt: Attempt) => attempt.delivery.event.data

test('events of a conversation are handled one after the other, conversations side by side', async () => {
  const begun: unknown[] = []
  const ends = new Map<unknown, () => void>()
  const w = await DispatchWorld.open(
    attempt =>
      new Promise<void>(resolve => {
        begun.push(dataOf(attempt))
        ends.set(dataOf(attempt), resolve)
      }),
  )
  await Promise.all([
    w.accept('a', 'a1'),
    w.accept('a', 'a2'),
    w.accept('b', 'b1'),
    w.accept('', 'c'),
    w.accept('', 'd'),
  ])
  await settle()
  expect(begun).toEqual(['a1', 'b1', 'c', 'd'])
  ends.get('a1')!()
  await settle()
  expect(begun).toEqual(['a1', 'b1', 'c', 'd', 'a2'])
  for (const end of ends.values()) end()
  await settle()
  expect((await w.rows()).map(({ state }) => state)).toEqual(Array(5).fill('done'))
  expect(w.dispatcher.waiting).toBe(0)
})

test('each plugin handles an event on its own', async () => {
  const handled: string[] = []
  const w = await DispatchWorld.open(attempt => {
    handled.push(attempt.delivery.plugin)
    if (attempt.delivery.plugin === 'bad') throw new AppError('no', { code: 'x' })
  })
  const recipients = ['bad', 'good'].map(plugin => ({ bot: 'bot', plugin }))
  await w.accept('a', 1, { recipients })
  await w.accept('a', 2, { recipients })
  await settle()
  expect(handled.toSorted()).toEqual(['bad', 'bad', 'good', 'good'])
  expect((await w.rows()).map(({ plugin, state }) => `${plugin} ${state}`)).toEqual([
    'bad dead',
    'good done',
    'bad dead',
    'good done',
  ])
})

test('a handler that fails is tried again with growing pauses, while its conversation waits and others go on', async () => {
  const begun: string[] = []
  const w = await DispatchWorld.open(attempt => {
    begun.push(`${dataOf(attempt)} ${(w.clock.now() - startedAt) / 1000}`)
    if (dataOf(attempt) === 'bad') throw new Error('broken')
  })
  const startedAt = w.clock.now()
  await Promise.all([w.accept('a', 'bad'), w.accept('a', 'next'), w.accept('b', 'other')])
  await w.clock.advance(3_600_000)
  expect(begun.slice(0, 2)).toEqual(['bad 0', 'other 0'])
  const times = begun.filter(line => line.startsWith('bad')).map(line => Number(line.split(' ')[1]))
  expect(times.length).toBe(6)
  const pauses = times.slice(1).map((time, index) => time - times[index]!)
  for (const [index, pause] of pauses.entries()) {
    expect(pause).toBeLessThanOrEqual(2 ** index)
  }
  expect(begun.at(-1)).toMatch(/^next/)
  const [bad, next] = await w.rows()
  expect(bad).toMatchObject({ state: 'dead', attempts: 6 })
  expect(bad?.error).toContain('Error: broken')
  expect(next).toMatchObject({ state: 'done' })
  expect(w.log.lines.map(({ message }) => message)).toEqual([
    ...Array(5).fill('a handler failed; it is tried again'),
    'set aside: the handler failed each time',
  ])
})

test('an error that trying again cannot help sets the delivery aside at once', async () => {
  const w = await DispatchWorld.open(() => {
    throw new AppError('never', { code: 'x' })
  })
  await w.accept('a', 1)
  await settle()
  expect(await w.rows()).toMatchObject([{ state: 'dead', attempts: 1 }])
})

test('a handler that throws at once, or throws what is no error, is one that fails', async () => {
  const thrown: unknown[] = ['text', undefined, { odd: true }]
  const w = await DispatchWorld.open(
    () => {
      throw thrown.shift()
    },
    { attempts: 3 },
  )
  await w.accept('a', 1)
  await w.clock.advance(60_000)
  expect(await w.rows()).toMatchObject([{ state: 'dead', attempts: 3 }])
})

test('a handler that takes too long is aborted, and what it does later is refused', async () => {
  const attempts: Attempt[] = []
  let ownReason: unknown
  const w = await DispatchWorld.open(
    attempt => {
      attempts.push(attempt)
      attempt.signal.addEventListener('abort', () => {
        ownReason = attempt.signal.reason
      })
      return new Promise(() => {})
    },
    { attempts: 2, handlerMs: 5000 },
  )
  await w.accept('a', 1)
  await w.clock.advance(4999)
  expect(attempts[0]!.signal.aborted).toBe(false)
  await w.clock.advance(1)
  expect(ownReason).toMatchObject({ code: 'plugin.timeout' })
  expect(() => attempts[0]!.throwIfAborted()).toThrow('took longer than 5000 ms')
  await w.clock.advance(60_000)
  expect(attempts.length).toBe(2)
  expect(await w.rows()).toMatchObject([{ state: 'dead', attempts: 2 }])
})

test('the signal of an attempt whose time is up is aborted though it is asked for later', async () => {
  let last: Attempt | undefined
  const w = await DispatchWorld.open(
    attempt => {
      last = attempt
      return new Promise(() => {})
    },
    { attempts: 1, handlerMs: 10 },
  )
  await w.accept('a', 1)
  await w.clock.advance(10)
  expect(last!.signal.aborted).toBe(true)
})

test('an outage does not count, and its pauses grow', async () => {
  const times: number[] = []
  let down = true
  const w = await DispatchWorld.open(
    () => {
      times.push(w.clock.now())
      if (down) throw new TransportError('gone', 'before')
    },
    { attempts: 2 },
  )
  await w.accept('a', 1)
  await w.clock.advance(600_000)
  expect(times.length).toBeGreaterThan(8)
  expect(times.length).toBeLessThan(40)
  expect(await w.rows()).toMatchObject([{ state: 'pending', attempts: 0 }])
  down = false
  await w.clock.advance(60_000)
  expect(await w.rows()).toMatchObject([{ state: 'done' }])
  expect(w.log.lines).toEqual([])
})

test('so many handlers of a plugin run at the same time, and no more; other plugins do not wait', async () => {
  let running = 0
  let most = 0
  let others = 0
  const ends: (() => void)[] = []
  const w = await DispatchWorld.open(
    attempt => {
      if (attempt.delivery.plugin === 'other') return void others++
      most = Math.max(most, ++running)
      return new Promise<void>(resolve => ends.push(resolve)).then(() => running--)
    },
    { concurrency: 3 },
  )
  for (let n = 0; n < 10; n++) await w.accept('', n)
  await w.accept('', 'x', { recipients: [{ bot: 'bot', plugin: 'other' }] })
  await settle()
  expect([running, others]).toEqual([3, 1])
  while (ends.length > 0) {
    ends.shift()!()
    await settle(5)
  }
  expect(most).toBe(3)
  expect((await w.rows()).every(({ state }) => state === 'done')).toBe(true)
})

test('a delivery is done once what its handler did not wait for is on disk', async () => {
  let noted = () => {}
  const w = await DispatchWorld.open(attempt => {
    attempt.track(
      new Promise<void>(resolve => {
        noted = resolve
      }),
    )
  })
  await w.accept('a', 1)
  await settle()
  expect(await w.rows()).toMatchObject([{ state: 'pending' }])
  noted()
  await settle()
  expect(await w.rows()).toMatchObject([{ state: 'done' }])
})

test('an attempt gives what its handler does the same keys each time', async () => {
  const keys: string[][] = []
  const w = await DispatchWorld.open(
    async attempt => {
      const mine = [attempt.key('send')]
      await settle(1)
      mine.push(attempt.key('send'), attempt.key('other'))
      keys.push(mine)
      throw new Error('again')
    },
    { attempts: 2 },
  )
  const [event] = await w.accept('a', 1)
  await w.clock.advance(10_000)
  const prefix = `${event!.id}/bot/plugin`
  expect(keys).toEqual(Array(2).fill([`${prefix}/send#0`, `${prefix}/send#1`, `${prefix}/other#0`]))
})
