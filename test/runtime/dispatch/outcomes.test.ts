import { expect, test } from 'vitest'
import { AppError } from '../../../src/base/errors.ts'
import { DispatchWorld, settle } from './dispatch-world.ts'

/** From now on, the store refuses what is written, until it is mended. */
function breakStore(w: DispatchWorld): () => void {
  const { apply } = w.store
  Object.assign(w.store, { apply: () => Promise.reject(new Error('disk full')) })
  return () => void Object.assign(w.store, { apply })
}

const messages = (w: DispatchWorld) => w.log.lines.map(({ message }) => message)

test('outcomes that the store refuses are noted once it takes them, and no handler runs again', async () => {
  const handled: unknown[] = []
  const w = await DispatchWorld.open(({ delivery }) => {
    handled.push(delivery.event.data)
    if (delivery.event.data === 'bad') throw new AppError('no', { code: 'x' })
  })
  await Promise.all([w.accept('a', 1), w.accept('a', 2), w.accept('b', 'bad')])
  const mend = breakStore(w)
  await settle()
  expect(handled).toEqual([1, 'bad', 2])
  await w.clock.advance(60_000)
  expect((await w.rows()).map(({ state }) => state)).toEqual(['pending', 'pending', 'pending'])
  expect(w.dispatcher.waiting).toBe(3)
  mend()
  await w.clock.advance(15_000)
  expect((await w.rows()).map(({ state }) => state)).toEqual(['done', 'done', 'dead'])
  expect(handled.length).toBe(3)
  expect(w.dispatcher.waiting).toBe(0)
  expect(messages(w)).toEqual([
    'set aside: trying again cannot help',
    'the outcome of a delivery could not be noted; it is tried again',
    'outcomes of deliveries can be noted again',
  ])
})

test('what is not noted uses up memory, and no more of it is taken than there is', async () => {
  const handled: unknown[] = []
  const w = await DispatchWorld.open(({ delivery }) => handled.push(delivery.event.data), { inMemory: 4 })
  const accepted = Array.from({ length: 20 }, (_, n) => w.accept('', n))
  await Promise.all(accepted)
  const mend = breakStore(w)
  await w.clock.advance(60_000)
  expect(handled.length).toBeLessThanOrEqual(4)
  mend()
  await w.clock.advance(60_000)
  await settle(200)
  expect(handled.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 20 }, (_, n) => n))
  expect((await w.rows()).every(({ state }) => state === 'done')).toBe(true)
})

test('what cannot be noted when the process ends is not waited for, and comes again with the next start', async () => {
  const handled: unknown[] = []
  const w = await DispatchWorld.open(({ delivery }) => handled.push(delivery.event.data))
  await w.accept('a', 1)
  const mend = breakStore(w)
  await settle()
  await w.dispatcher.stop(10_000)
  mend()
  expect(messages(w).at(-1)).toBe('outcomes of deliveries could not be noted; they come again')
  expect(await w.start()).toBe(1)
  await settle()
  expect(handled).toEqual([1, 1])
})

test('a failed attempt that cannot be noted is made again all the same', async () => {
  let handled = 0
  const w = await DispatchWorld.open(() => {
    if (handled++ === 0) throw new Error('once')
  })
  await w.accept('a', 1)
  const mend = breakStore(w)
  await settle()
  mend()
  await w.clock.advance(5000)
  expect(handled).toBe(2)
  expect(await w.rows()).toMatchObject([{ state: 'done' }])
})
