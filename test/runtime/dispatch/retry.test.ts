import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AppError } from '../../../src/base/errors.ts'
import { DispatchWorld, settle } from './dispatch-world.ts'

const PLUGIN = { bot: 'bot', plugin: 'plugin' }

/** Has a delivery that ended handled again, as a person would ask for it. */
async function replay(w: DispatchWorld, event: string): Promise<boolean> {
  const delivery = await w.journal.reopen(event, PLUGIN)
  if (delivery) w.dispatcher.retry(delivery)
  return delivery !== undefined
}

test('what was set aside is handled again, behind what waits in its conversation, with all its attempts', async () => {
  const handled: unknown[] = []
  let well = false
  let end = () => {}
  const w = await DispatchWorld.open(({ delivery }) => {
    const { data } = delivery.event
    if (data === 'slow') return new Promise<void>(resolve => (end = resolve))
    if (data === 'bad' && !well) throw new AppError('no', { code: 'x' })
    handled.push(`${data} ${delivery.attempts}`)
    return undefined
  })
  const [bad] = await w.accept('a', 'bad')
  await settle()
  expect(await replay(w, bad!.id)).toBe(true)
  await settle()
  expect(await w.rows()).toMatchObject([{ state: 'dead', attempts: 1 }])
  well = true
  await w.accept('a', 'slow')
  await w.accept('a', 'next')
  await settle()
  expect(await replay(w, bad!.id)).toBe(true)
  expect(await replay(w, bad!.id)).toBe(false)
  await settle()
  end()
  await settle()
  expect(handled).toEqual(['next 0', 'bad 0'])
  expect(w.dispatcher.waiting).toBe(0)
})

test('what is to be handled again and finds no room waits on disk, also over a restart', async () => {
  const handled: unknown[] = []
  const w = await DispatchWorld.open(() => Promise.reject(new AppError('no', { code: 'x' })), { inMemory: 4 })
  const ids: string[] = []
  for (let n = 0; n < 30; n++) ids.push((await w.accept('', n))[0]!.id)
  await settle(100)
  w.handle = ({ delivery }) => handled.push(delivery.event.data)
  for (const id of ids.slice(0, 15)) await replay(w, id)
  await settle(200)
  expect(handled).toEqual(Array.from({ length: 15 }, (_, n) => n))
  w.handle = () => new Promise(() => {})
  for (const id of ids.slice(15)) await replay(w, id)
  expect(w.dispatcher.waiting).toBe(15)
  await w.dispatcher.stop(0)
  w.handle = ({ delivery }) => handled.push(delivery.event.data)
  await w.start()
  await settle(200)
  expect(handled.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 30 }, (_, n) => n))
})

test('what is to be handled again while a backlog is read is not handled twice when that comes upon it', async () => {
  const w = await DispatchWorld.open(({ delivery }) =>
    delivery.event.data === 'bad' ? Promise.reject(new AppError('no', { code: 'x' })) : new Promise(() => {}),
  )
  const bad: string[] = []
  for (let n = 0; n < 40; n++) {
    const [accepted] = await w.accept('', n % 2 ? 'bad' : n)
    if (n % 2) bad.push(accepted!.id)
  }
  await settle()
  await w.dispatcher.stop(0)
  Object.assign(w.limits, { inMemory: 8 })
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  w.handle = ({ delivery: { event } }) => {
    begun.push(event.id)
    return new Promise<void>(resolve => ends.set(event.id, resolve))
  }
  const end = async (ids: Iterable<string>) => {
    for (const id of [...ids]) {
      ends.get(id)?.()
      ends.delete(id)
    }
    await settle(10)
  }
  expect(await w.start()).toBe(20)
  await settle()
  expect(begun.length).toBe(8)
  // There is room for these, which are still handled when the backlog is read up to them.
  await end(begun.slice(0, 2))
  const late = bad.slice(-2)
  for (const id of late) await replay(w, id)
  expect(begun.slice(8)).toEqual(late)
  // There is none for those: some of them are still handled when they are taken up by their ids.
  for (const id of bad.slice(0, -2)) await replay(w, id)
  const kept = new Set(bad.slice(-4))
  for (let n = 0; n < 40; n++) await end([...ends.keys()].filter(id => !kept.has(id)).slice(0, 2))
  expect(begun.length).toBe(40)
  await end(kept)
  expect(new Set(begun).size).toBe(40)
  expect(w.dispatcher.waiting).toBe(0)
})

test('property: replays, backlogs and restarts lose nothing, and no delivery is handled twice at a time', async () => {
  const step = fc.oneof(
    fc.record({ accept: fc.constantFrom('', 'a', 'b') }),
    fc.record({ replay: fc.nat(30) }),
    fc.record({ turns: fc.integer({ min: 1, max: 8 }) }),
    fc.constant('restart' as const),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 1, max: 8 }),
      fc.constantFrom(1, 10, 1e6),
      async (steps, inMemory, charsInMemory) => {
        const w = await DispatchWorld.open(() => {}, { inMemory, charsInMemory, concurrency: 2 })
        const times = new Map<string, number>()
        const wanted = new Map<string, number>()
        const twice: string[] = []
        const handler = () => {
          const running = new Set<string>()
          return async ({ delivery: { event } }: { delivery: { event: { id: string; data: unknown } } }) => {
            if (running.has(event.id)) twice.push(event.id)
            running.add(event.id)
            await settle(Number(event.data) % 3)
            running.delete(event.id)
            times.set(event.id, (times.get(event.id) ?? 0) + 1)
            throw new AppError('set aside', { code: 'x' })
          }
        }
        w.handle = handler()
        const ids: string[] = []
        for (const each of steps) {
          if (each === 'restart') {
            await w.dispatcher.stop(60_000)
            w.handle = handler()
            await w.start()
          } else if ('turns' in each) await settle(each.turns)
          else if ('accept' in each) {
            const { id } = (await w.accept(each.accept, ids.length))[0]!
            ids.push(id)
            wanted.set(id, 1)
          } else if (each.replay < ids.length) {
            const id = ids[each.replay]!
            if (await replay(w, id)) wanted.set(id, wanted.get(id)! + 1)
          }
        }
        for (let turn = 0; w.dispatcher.waiting > 0 && turn < 2000; turn++) await settle(1)
        await w.dispatcher.stop(60_000)
        expect(w.dispatcher.waiting).toBe(0)
        expect(twice).toEqual([])
        expect((await w.rows()).every(({ state }) => state === 'dead')).toBe(true)
        for (const id of ids) expect(times.get(id)).toBeGreaterThanOrEqual(wanted.get(id)!)
        await w.store.close()
      },
    ),
    { numRuns: 100 },
  )
}, 60_000)
