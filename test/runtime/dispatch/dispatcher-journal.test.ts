import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Attempt } from '../../../src/runtime/dispatch/attempt.ts'
import { DispatchWorld, settle } from './dispatch-world.ts'

const dataOf = (attempt: Attempt) => attempt.delivery.event.data

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

test('what was counted as left is handled once, though it is told of only then', async () => {
  const w = await DispatchWorld.open(() => new Promise(() => {}))
  await w.accept('a', 'left')
  const told = await w.journal.pending(1)
  const handled: unknown[] = []
  w.handle = attempt => handled.push(dataOf(attempt))
  expect(await w.start()).toBe(1)
  await settle()
  w.dispatcher.add(told)
  await settle()
  expect(handled).toEqual(['left'])
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

test('property: beyond what fits into memory nothing is lost, doubled or out of order, also over restarts', async () => {
  const event = fc.record({
    conversation: fc.constantFrom('', 'a', 'b', 'c'),
    plugins: fc.uniqueArray(fc.constantFrom('p', 'q', 'r'), { minLength: 0, maxLength: 3 }),
    slow: fc.integer({ min: 0, max: 3 }),
    turns: fc.integer({ min: 0, max: 3 }),
    more: fc.constantFrom('', 'x'.repeat(100), 'x'.repeat(1000)),
    restart: fc.integer({ min: 0, max: 12 }).map(n => n === 0),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 60 }),
      fc.constantFrom(1, 2, 3, 4, 5, 1000),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom(1, 300, 3000, 1e6),
      async (events, inMemory, concurrency, charsInMemory) => {
        const done: string[] = []
        let era = 0
        const w = await DispatchWorld.open(() => {}, { inMemory, concurrency, charsInMemory })
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
        for (const [n, { conversation, plugins, slow, turns, more, restart }] of events.entries()) {
          const recipients = plugins.map(plugin => ({ bot: 'bot', plugin }))
          const accepted = w.accept(conversation, { n, slow, more }, { recipients })
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
