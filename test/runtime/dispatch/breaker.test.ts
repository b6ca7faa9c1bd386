import { expect, test } from 'vitest'
import { AppError } from '../../../src/base/errors.ts'
import { TransportError } from '../../../src/client/index.ts'
import { DispatchWorld, settle } from './dispatch-world.ts'

const LIMITS = { failures: 3, pauseMs: 10_000, attempts: 100, firstRetryMs: 1, longestRetryMs: 1 }

const health = (w: DispatchWorld, plugin = 'plugin') => w.dispatcher.health('bot', plugin)

/** A plugin that fails until it is mended. */
async function ill(error = () => new Error('broken') as Error, limits = {}) {
  const times: number[] = []
  const state = { well: false, times }
  const w = await DispatchWorld.open(
    ({ delivery }) => {
      if (delivery.plugin !== 'plugin') return
      times.push(w.clock.now() - startedAt)
      if (!state.well) throw error()
    },
    { ...LIMITS, ...limits },
  )
  const startedAt = w.clock.now()
  return { w, state }
}

test('a plugin that fails often in a row rests, and others do not', async () => {
  const { w, state } = await ill()
  await Promise.all([w.accept('a', 1), w.accept('b', 2), w.accept('c', 3)])
  await settle()
  expect(health(w)).toMatchObject({ state: 'resting', failuresInARow: 3, running: 0, waiting: 3 })
  expect(health(w).restsUntil).toBe(w.clock.now() + 10_000)
  await w.clock.advance(9000)
  await w.accept('d', 4)
  await w.accept('a', 5, { plugin: 'other' })
  await settle()
  expect(state.times.length).toBe(3)
  expect((await w.rows()).map(row => `${row.plugin} ${row.state} ${row.attempts}`)).toEqual([
    'plugin pending 1',
    'plugin pending 1',
    'plugin pending 1',
    'plugin pending 0',
    'other done 0',
  ])
  expect(health(w, 'other')).toMatchObject({ state: 'working', errors: 0 })
})

test('after each pause one delivery is tried, pauses double up to ten times the first, and the log says it once', async () => {
  const { w, state } = await ill()
  for (const name of 'abcdefgh') await w.accept(name, name)
  await w.clock.advance(1_000_000)
  const tries = state.times.slice(3)
  const pauses = tries.slice(1).map((at, index) => at - tries[index]!)
  expect(tries[0]).toBe(10_000)
  expect(pauses.slice(0, 5)).toEqual([20_000, 40_000, 80_000, 100_000, 100_000])
  const told = w.log.lines.filter(({ message }) => !message.startsWith('a handler failed'))
  expect(told.map(({ message }) => message)).toEqual([
    'the plugin failed so often in a row that it rests; what is for it waits',
  ])
})

test('when the one that is tried is handled, all that wait are, in the order of their conversations', async () => {
  const handled: unknown[] = []
  const { w, state } = await ill()
  for (const data of ['a1', 'b1', 'c1', 'a2', 'a3', 'b2']) await w.accept(data[0]!, data)
  await settle()
  expect(health(w).state).toBe('resting')
  state.well = true
  const { handle } = w
  w.handle = attempt => {
    handled.push(attempt.delivery.event.data)
    return handle(attempt)
  }
  await w.clock.advance(10_000)
  await settle()
  expect(health(w)).toMatchObject({ state: 'working', failuresInARow: 0, waiting: 0, restsUntil: undefined })
  expect(handled.filter(data => String(data).startsWith('a'))).toEqual(['a1', 'a2', 'a3'])
  expect(handled.toSorted()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'c1'])
  expect(w.log.lines.at(-1)?.message).toBe('the plugin works again')
})

test('one delivery at a time is tried, and a poisoned one does not keep the others from being it', async () => {
  let running = 0
  const together: number[] = []
  let well = false
  const handled: unknown[] = []
  const w = await DispatchWorld.open(async ({ delivery }) => {
    running++
    if (health(w).state === 'probing') together.push(running)
    await settle(3)
    running--
    if (!well || delivery.event.data === 'poison') throw new Error('broken')
    handled.push(delivery.event.data)
  }, LIMITS)
  await w.accept('a', 'poison')
  for (const data of ['b', 'c']) await w.accept(data, data)
  await w.clock.advance(100)
  expect(health(w).state).toBe('resting')
  well = true
  await w.clock.advance(31_000)
  expect(handled.toSorted()).toEqual(['b', 'c'])
  expect(new Set(together)).toEqual(new Set([1]))
})

test('a success in between lets the count begin anew', async () => {
  const w = await DispatchWorld.open(
    ({ delivery }) => {
      if (delivery.event.data === 'bad') throw new Error('broken')
    },
    { ...LIMITS, attempts: 1 },
  )
  for (let n = 0; n < 10; n++) {
    await w.accept('', 'bad')
    await w.accept('', 'bad')
    await w.accept('', 'good')
    await settle(3)
  }
  await settle()
  expect(health(w)).toMatchObject({ state: 'working', errors: 20 })
})

test('neither an outage nor an error that speaks of the event counts', async () => {
  const outage = await ill(() => new TransportError('gone', 'before'))
  for (let n = 0; n < 5; n++) await outage.w.accept('', n)
  await outage.w.clock.advance(1000)
  expect(outage.state.times.length).toBeGreaterThan(10)
  expect(health(outage.w)).toMatchObject({ state: 'working', errors: 0 })
  const refused = await ill(() => new AppError('no such group', { code: 'x' }))
  for (let n = 0; n < 5; n++) await refused.w.accept('', n)
  await settle()
  expect(health(refused.w)).toMatchObject({ state: 'working', failuresInARow: 0, errors: 5 })
})

test('a success of what was under way when the rest began ends it, a failure does not lengthen it', async () => {
  const ends: ((error?: Error) => void)[] = []
  const w = await DispatchWorld.open(
    () => new Promise<void>((resolve, reject) => ends.push(error => (error ? reject(error) : resolve()))),
    LIMITS,
  )
  for (let n = 0; n < 5; n++) await w.accept('', n)
  await settle()
  for (const end of ends.slice(0, 4)) end(new Error('broken'))
  await settle()
  expect(health(w)).toMatchObject({ state: 'resting', failuresInARow: 4, restsUntil: w.clock.now() + 10_000 })
  ends[4]!()
  await settle()
  expect(health(w)).toMatchObject({ state: 'working', failuresInARow: 0 })
})

test('what waits while a plugin rests is handled by the next start, when it may be well', async () => {
  const { w, state } = await ill()
  for (const name of 'abcd') await w.accept(name, name)
  await settle()
  await w.dispatcher.stop(0)
  state.well = true
  expect(await w.start()).toBe(4)
  await settle()
  expect((await w.rows()).every(row => row.state === 'done')).toBe(true)
})

test('the last errors are remembered, and one that comes again and again takes the place of one', async () => {
  let n = 0
  const w = await DispatchWorld.open(() => {
    n++
    throw new AppError(n <= 30 ? `error ${n}` : 'the same', { code: 'x' })
  })
  const ids: string[] = []
  for (let event = 0; event < 50; event++) {
    const [accepted] = await w.accept('', event)
    ids.push(accepted!.id)
  }
  await settle()
  w.dispatcher.noteError('bot', 'plugin', new Error('x'.repeat(10_000)))
  const { errors, lastErrors } = health(w)
  expect(errors).toBe(51)
  expect(lastErrors.length).toBe(20)
  expect(lastErrors[0]!.message).toBe('error 13')
  expect(lastErrors.at(-2)).toMatchObject({ message: 'the same', times: 20, event: ids[49] })
  expect(lastErrors.at(-1)!.event).toBeUndefined()
  expect(lastErrors.at(-1)!.message.length).toBeLessThan(1000)
  expect(lastErrors.at(-1)!.stack.length).toBeLessThan(5000)
})
