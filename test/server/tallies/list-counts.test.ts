import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Clock } from '../../../src/base/clock.ts'
import { firstMsgidAt } from '../../../src/server/message-ids.ts'
import { type HistoryPart, histories } from '../../../src/server/queries/history-queries.ts'
import { Checkpoints } from '../../../src/server/tallies/checkpoints.ts'
import { ListCounts } from '../../../src/server/tallies/list-counts.ts'
import { messages, type Sent } from './sent.ts'

const MINUTE = 60_000
const lists: [name: keyof typeof histories, holds: (sent: Sent, id: number) => boolean][] = [
  ['app', ({ app }, id) => app === id],
  ['user', ({ sender, type, target }, id) => sender === id || (type === 'single' && target === id)],
  ['group', ({ type, target }, id) => type === 'group' && target === id],
  ['chatroom', ({ type, target }, id) => type === 'chatroom' && target === id],
]

const small = fc.integer({ min: 1, max: 2 })
const message = fc.record({
  app: small,
  sender: small,
  type: fc.constantFrom('single', 'group', 'chatroom'),
  target: small,
  msg_type: fc.constant('text'),
})
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ send: fc.array(message, { minLength: 1, maxLength: 12 }) }) },
  { weight: 2, arbitrary: fc.record({ retract: fc.double({ min: 0, max: 0.999, noNaN: true }) }) },
  { weight: 2, arbitrary: fc.record({ advance: fc.constantFrom(1, 1000, 2 * MINUTE, 10 * MINUTE) }) },
  // The clock of a machine may be set back.
  { weight: 1, arbitrary: fc.record({ back: fc.constantFrom(1000, 3 * MINUTE) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      count: fc.constantFrom(...lists),
      id: small,
      from: fc.double({ min: -0.1, max: 1, noNaN: true }),
      to: fc.double({ min: 0, max: 1, noNaN: true }),
      skip: fc.nat(60),
    }),
  },
)

test('counts and finds as a plain count does, whatever is sent, retracted and counted in between', async () => {
  const { store, clock, sent, send, retract, clear } = await messages()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async steps => {
      await clear()
      let behind = 0
      const shifted: Clock = { now: () => clock.now() - behind, after: (ms, run) => clock.after(ms, run) }
      const counts = new ListCounts(store.read, shifted, { every: 3, lists: 4, checkpoints: 30 })
      const start = firstMsgidAt(clock.now())
      for (const one of steps) {
        if ('send' in one) await send(...one.send)
        else if ('advance' in one) await clock.advance(one.advance)
        else if ('back' in one) behind += one.back
        else if ('retract' in one) {
          // As the server has it: only what is new enough, by the clock as it is.
          const new3 = sent.filter(({ msgid }) => msgid >= firstMsgidAt(shifted.now() - 3 * MINUTE))
          const row = new3[Math.floor(one.retract * new3.length)]
          if (!row) continue
          await retract(row)
          counts.retracted(row.msgid)
        } else {
          const [name, holds] = one.count
          const newest = sent.at(-1)?.msgid ?? start
          const at = (part: number) => start + Math.floor((newest - start) * part)
          const range = { id: one.id, first: at(one.from), last: at(one.to) }
          const inRange = sent.filter(
            row => holds(row, one.id) && row.msgid >= range.first && row.msgid <= range.last,
          )
          expect(await counts.count(histories[name], range)).toBe(inRange.length)
          const wanted = inRange[one.skip]
          if (!wanted) continue
          const { first, skip } = await counts.seek(histories[name], range, one.skip)
          expect(skip).toBeLessThanOrEqual(3)
          expect(inRange.filter(({ msgid }) => msgid >= first)[skip]).toBe(wanted)
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('looks at few messages of a long list once its checkpoints are set', async () => {
  const { store, clock, send } = await messages()
  const row = { app: 1, sender: 1, type: 'group', target: 7, msg_type: 'text' } as const
  for (let i = 0; i < 20; i++) {
    await send(...Array.from({ length: 50 }, () => row))
    await clock.advance(1000)
  }
  await clock.advance(10 * MINUTE)
  let looked = 0
  const read = {
    ...store.read,
    first: (async (part: HistoryPart['measure'], p: Parameters<HistoryPart['measure']['build']>[1]) => {
      const found = await store.read.first(part, p)
      looked += found?.total ?? 0
      return found
    }) as typeof store.read.first,
  }
  const counts = new ListCounts(read, clock, { every: 10 })
  const all = { id: 7, first: 0, last: Number.MAX_SAFE_INTEGER }
  expect(await counts.count(histories.group, all)).toBe(1000)
  looked = 0
  expect(await counts.count(histories.group, all)).toBe(1000)
  expect(await counts.count(histories.group, { ...all, first: firstMsgidAt(clock.now() - 610_500) })).toBe(
    500,
  )
  expect(looked).toBeLessThanOrEqual(2 * (20 + 10 + 10))
})

test('counts a list once for all who ask at the same time', async () => {
  const { store, clock, send } = await messages()
  const row = { app: 1, sender: 1, type: 'chatroom', target: 1, msg_type: 'text' } as const
  await send(...Array.from({ length: 300 }, () => row))
  await clock.advance(10 * MINUTE)
  const counts = new ListCounts(store.read, clock, { every: 10 })
  const range = { id: 1, first: 0, last: Number.MAX_SAFE_INTEGER }
  const all = await Promise.all(Array.from({ length: 20 }, () => counts.count(histories.chatroom, range)))
  expect(new Set(all)).toEqual(new Set([300]))
})

test('checkpoints that are older than what is kept are forgotten, and the rest still counts', () => {
  const list = new Checkpoints(1)
  for (let end = 10; end <= 30_000; end += 10) list.add(end)
  list.dropBefore(25_000)
  expect(list.size).toBeLessThanOrEqual(502)
  expect(list.within(25_001, 30_000)).toEqual({ first: 25_010, last: 30_000, stretches: 499 })
  expect(list.from).toBeLessThanOrEqual(25_000)
})
