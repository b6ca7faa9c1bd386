import { expect, test } from 'vitest'
import { idMaker } from '../../../src/base/ids.ts'
import type { Delivery } from '../../../src/runtime/events/event.ts'
import { Journal, type NewEvent } from '../../../src/runtime/events/journal.ts'
import { change, query } from '../../../src/store/index.ts'
import type { RuntimeTables } from '../../../src/store/schema/runtime.ts'
import { runtimeStore } from '../../engine.ts'
import { QuietClock } from '../../quiet.ts'

const A = { bot: 'bot', plugin: 'a' }
const B = { bot: 'bot', plugin: 'b' }

async function world() {
  const clock = new QuietClock()
  const store = await runtimeStore()
  const told: Delivery[] = []
  const journal = new Journal({
    ...{ store, now: () => clock.now(), makeId: idMaker(() => clock.now()) },
    onAccepted: deliveries => void told.push(...deliveries),
  })
  const rows = () =>
    store.read.execute(
      store.db
        .selectFrom('deliveries')
        .select(['event_id', 'plugin', 'dedupe', 'state'])
        .orderBy('event_id')
        .orderBy('plugin'),
    )
  return { store, journal, told, rows }
}

const event = (dedupe: string | undefined, recipients = [A, B]): NewEvent => ({
  ...{ type: 'webhook', conversation: 'c', data: { n: 1 }, dedupe, recipients },
})

test('an event that comes again is one, for each who has to handle it', async () => {
  const w = await world()
  const [first] = await w.journal.accept([event('x')])
  const again = await w.journal.accept([event('y'), event('x'), event('y'), event(undefined)])
  expect(again.map(({ repeated }) => repeated)).toEqual([false, true, true, false])
  expect([again[1]!.id, again[2]!.id]).toEqual([first!.id, again[0]!.id])
  expect((await w.rows()).map(({ plugin }) => plugin)).toEqual(['a', 'b', 'a', 'b', 'a', 'b'])
  expect(w.told.map(({ event: { id }, plugin }) => `${id} ${plugin}`)).toEqual(
    [first!.id, again[0]!.id, again[3]!.id].flatMap(id => [`${id} a`, `${id} b`]),
  )
})

test('an event that nobody has to handle is known when it comes again', async () => {
  const w = await world()
  const [first] = await w.journal.accept([event('x', [])])
  expect(await w.journal.accept([event('x', [A])])).toEqual([{ id: first!.id, repeated: true }])
  expect(w.told).toEqual([])
})

test('events that are claimed and those that are not give the same', async () => {
  const claimed = { ...event('x'), claim: async () => true }
  for (const second of [event('x'), claimed]) {
    const w = await world()
    const [first] = await w.journal.accept([claimed])
    expect(await w.journal.accept([second])).toEqual([{ id: first!.id, repeated: true }])
    expect((await w.rows()).length).toBe(2)
  }
})

test('what is written along is in the commit of the events, or not at all', async () => {
  const w = await world()
  const move = query<RuntimeTables>()((db, p: { name: string; value: number }) =>
    db.insertInto('cursors').values({ name: p.name, value: p.value }),
  )
  const at = (value: number) => [change(move, { name: 'x', value })]
  await w.journal.accept([event('x')], at(1))
  await expect(w.journal.accept([event('y')], at(2))).rejects.toThrow(/unique/i)
  expect((await w.rows()).length).toBe(2)
  expect(w.told.length).toBe(2)
})
