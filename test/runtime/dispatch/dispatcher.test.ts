import fc from 'fast-check'
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
    expect(pause).toBeGreaterThanOrEqual(2 ** index / 2)
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
    { perPlugin: 3 },
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

test('an event with the same dedupe is accepted once, and answered with the first one', async () => {
  const handled: unknown[] = []
  const w = await DispatchWorld.open(attempt => handled.push(dataOf(attempt)))
  const [first] = await w.accept('a', 1, { dedupe: 'x' })
  const both = await Promise.all([w.accept('a', 2, { dedupe: 'x' }), w.accept('a', 3, { dedupe: 'y' })])
  await settle()
  expect(handled).toEqual([1, 3])
  expect(both[0]).toEqual([{ id: first!.id, repeated: true }])
  expect(both[1]![0]!.repeated).toBe(false)
  await w.start()
  const [again] = await w.accept('a', 4, { dedupe: 'x' })
  expect(again).toEqual({ id: first!.id, repeated: true })
})

test('events are accepted all or none, in one commit with what is written besides', async () => {
  const handled: unknown[] = []
  const w = await DispatchWorld.open(attempt => handled.push(dataOf(attempt)))
  const event = (data: number) => ({
    type: 'test',
    conversation: 'a',
    data,
    recipients: [{ bot: 'bot', plugin: 'plugin' }],
  })
  const failed = w.journal.accept([event(1), event(2)], async () => {
    throw new Error('no')
  })
  await expect(failed).rejects.toThrow('no')
  await w.journal.accept([event(3), event(4)])
  await settle()
  expect(handled).toEqual([3, 4])
  expect((await w.rows()).length).toBe(2)
})

test('what a process left is handled by the next one, before what is new, though the clock was set back', async () => {
  let handled: string[] = []
  const w = await DispatchWorld.open(() => new Promise(() => {}))
  await w.accept('a', 'left 1')
  await w.accept('a', 'left 2')
  await settle()
  await w.clock.advance(-3_600_000)
  w.handle = attempt => handled.push(`${dataOf(attempt)} ${attempt.origin}`)
  expect(await w.start()).toBe(2)
  await w.accept('a', 'new')
  await settle()
  expect(handled).toEqual(['left 1 recovered', 'left 2 recovered', 'new fresh'])
  handled = []
  expect(await w.start()).toBe(0)
  expect(handled).toEqual([])
})

test('what is accepted while plugins are set up is handled once, after what was left', async () => {
  const w = await DispatchWorld.open(() => new Promise(() => {}))
  await w.accept('a', 'left')
  await settle()
  const handled: unknown[] = []
  w.handle = attempt => handled.push(dataOf(attempt))
  await w.start(() => void w.accept('a', 'early'))
  await settle()
  expect(handled).toEqual(['left', 'early'])
  await w.start(() => void w.accept('a', 'early', { recipients: [] }))
  await settle()
  expect(handled).toEqual(['left', 'early'])
})

test('stop lets running handlers end within the grace, begins no others, and leaves nothing behind', async () => {
  const begun: unknown[] = []
  let end = () => {}
  const w = await DispatchWorld.open(attempt => {
    begun.push(dataOf(attempt))
    return new Promise<void>(resolve => {
      end = resolve
    })
  })
  await w.accept('a', 1)
  await w.accept('a', 2)
  await settle()
  let stopped = false
  const stop = w.dispatcher.stop(10_000).then(() => {
    stopped = true
  })
  await settle()
  expect(stopped).toBe(false)
  end()
  await stop
  await w.accept('a', 3)
  await w.clock.advance(100_000)
  expect(begun).toEqual([1])
  expect((await w.rows()).map(({ state }) => state)).toEqual(['done', 'pending', 'pending'])
})

test('stop does not wait longer than the grace, and aborts what still runs', async () => {
  let last: Attempt | undefined
  const w = await DispatchWorld.open(attempt => {
    last = attempt
    return new Promise(() => {})
  })
  await w.accept('a', 1)
  await settle()
  const stop = w.dispatcher.stop(5000)
  await w.clock.advance(5000)
  await stop
  expect(last!.signal.reason).toMatchObject({ code: 'plugin.stopped' })
  expect(await w.rows()).toMatchObject([{ state: 'pending', attempts: 0 }])
  const again = await DispatchWorld.open(() => new Promise(() => {}))
  await again.accept('a', 1)
  await settle()
  await again.dispatcher.stop(0)
})

test('an outcome that cannot be noted is logged, and the delivery comes again with the next start', async () => {
  let handled = 0
  const w = await DispatchWorld.open(() => handled++)
  const { apply } = w.store
  await w.accept('a', 1)
  Object.assign(w.store, { apply: () => Promise.reject(new Error('disk full')) })
  await settle()
  Object.assign(w.store, { apply })
  await w.accept('a', 2)
  await settle()
  expect(handled).toBe(2)
  expect(w.log.lines.map(({ message }) => message)).toEqual(['the outcome of a delivery could not be noted'])
  expect(await w.start()).toBe(1)
})

test('property: beyond what fits into memory nothing is lost, doubled or out of order, also over restarts', async () => {
  const event = fc.record({
    conversation: fc.constantFrom('', 'a', 'b', 'c'),
    plugins: fc.uniqueArray(fc.constantFrom('p', 'q', 'r'), { minLength: 0, maxLength: 3 }),
    slow: fc.integer({ min: 0, max: 3 }),
    turns: fc.integer({ min: 0, max: 3 }),
    restart: fc.integer({ min: 0, max: 12 }).map(n => n === 0),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      async (events, inMemory, perPlugin) => {
        const done: string[] = []
        let era = 0
        const w = await DispatchWorld.open(() => {}, { inMemory, perPlugin })
        const begin = () => {
          const mine = era
          return async (attempt: Attempt) => {
            const { n, slow } = dataOf(attempt) as { n: number; slow: number }
            for (let turn = 0; turn < slow; turn++) await settle(1)
            if (mine === era)
              done.push(`${attempt.delivery.plugin} ${attempt.delivery.event.conversation} ${n}`)
          }
        }
        w.handle = begin()
        const expected: string[] = []
        const allTold: Promise<void>[] = []
        for (const [n, { conversation, plugins, slow, turns, restart }] of events.entries()) {
          const recipients = plugins.map(plugin => ({ bot: 'bot', plugin }))
          const accepted = w.accept(conversation, { n, slow }, { recipients })
          const told = accepted.then(([one]) => {
            expected.push(...plugins.map(plugin => `${plugin} ${conversation || one!.id} ${n}`))
          })
          allTold.push(told)
          if (restart) {
            await accepted
            await w.dispatcher.stop(60_000)
            await settle(2)
            era++
            w.handle = begin()
            await w.start()
          }
          await settle(turns)
        }
        await Promise.all(allTold)
        for (let turn = 0; w.dispatcher.waiting > 0 && turn < 2000; turn++) await settle(1)
        expect(w.dispatcher.waiting).toBe(0)
        await w.dispatcher.stop(60_000)
        expect(done.toSorted()).toEqual(expected.toSorted())
        for (const lane of new Set(done.map(line => line.replace(/ \d+$/, '')))) {
          const order = done
            .filter(line => line.startsWith(`${lane} `))
            .map(line => Number(line.split(' ').at(-1)))
          expect(order).toEqual(order.toSorted((a, b) => a - b))
        }
        expect((await w.rows()).every(({ state }) => state === 'done')).toBe(true)
        await w.store.close()
      },
    ),
    { numRuns: 150 },
  )
}, 120_000)
