import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ctimeOf, firstMsgidAt } from '../../../src/server/message-ids.ts'
import { messagesForTally } from '../../../src/server/queries/statistic-queries.ts'
import { DayTallies } from '../../../src/server/tallies/day-tallies.ts'
import { dayOf } from '../../../src/server/tallies/days.ts'
import { messages, type Sent } from './sent.ts'

const HOUR = 3_600_000
const small = fc.integer({ min: 1, max: 3 })
const message = fc.record({
  app: fc.integer({ min: 1, max: 2 }),
  sender: small,
  type: fc.constantFrom('single', 'group', 'chatroom'),
  target: small,
  msg_type: fc.constantFrom('text', 'image', 'voice', 'video', 'custom'),
})
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ send: fc.array(message, { minLength: 1, maxLength: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ login: small }) },
  { weight: 2, arbitrary: fc.record({ retract: fc.double({ min: 0, max: 0.999, noNaN: true }) }) },
  { weight: 3, arbitrary: fc.record({ advance: fc.constantFrom(1000, 240_000, HOUR, 15 * HOUR) }) },
  { weight: 4, arbitrary: fc.record({ ask: fc.integer({ min: 0, max: 2 }) }) },
)

test('tells of each day what is stored of it, whenever it is asked', async () => {
  const { store, clock, sent, send, retract, login, clear } = await messages()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async steps => {
      await clear()
      const tallies = new DayTallies(store.read, clock)
      const logins = new Set<string>()
      for (const one of steps) {
        if ('send' in one) await send(...one.send)
        else if ('advance' in one) await clock.advance(one.advance)
        else if ('login' in one) {
          await login(1, dayOf(clock.now()), one.login)
          logins.add(`${dayOf(clock.now())} ${one.login}`)
        } else if ('retract' in one) {
          const recent = sent.filter(({ msgid }) => msgid >= firstMsgidAt(clock.now() - 180_000))
          const row = recent[Math.floor(one.retract * recent.length)]
          if (!row) continue
          await retract(row)
          tallies.retracted(row.app, row.msgid)
        } else {
          const day = dayOf(clock.now()) - one.ask
          const ofDay = sent.filter(({ app, msgid }) => app === 1 && dayOf(ctimeOf(msgid)) === day)
          const numbers = await tallies.of(1, day)
          const senders = new Set(ofDay.map(({ sender }) => sender))
          expect(numbers.senders).toBe(senders.size)
          const silent = [1, 2, 3].filter(user => logins.has(`${day} ${user}`) && !senders.has(user))
          expect(numbers.active).toBe(senders.size + silent.length)
          const toGroups = ofDay.filter(({ type }) => type === 'group')
          expect(numbers.groups).toBe(new Set(toGroups.map(({ target }) => target)).size)
          for (const to of ['single', 'group'] as const) {
            expect(numbers.sent(to)).toEqual(byType(ofDay, to))
            for (const hour of [0, 8, 9, 23]) {
              const ofHour = ofDay.filter(({ msgid }) => hourOf(msgid) === hour)
              expect(numbers.sent(to, hour)).toEqual(byType(ofHour, to))
            }
          }
        }
      }
    }),
    { numRuns: 60 },
  )
})

const hourOf = (msgid: number) => new Date(ctimeOf(msgid) + 8 * HOUR).getUTCHours()

function byType(sent: readonly Sent[], to: string): number[] {
  const counts = [0, 0, 0, 0]
  for (const { type, msg_type } of sent)
    if (type === to) counts[['text', 'image', 'voice', msg_type].indexOf(msg_type)]! += 1
  return counts
}

test('reads a day that is over once, and of today only what is new', async () => {
  const { store, clock, send } = await messages()
  const row = { app: 1, sender: 1, type: 'single', target: 1, msg_type: 'text' } as const
  let rows = 0
  const read = {
    ...store.read,
    all: (async (query: never, params: never) => {
      const found = await store.read.all(query, params)
      if ((query as unknown) === messagesForTally) rows += found.length
      return found
    }) as typeof store.read.all,
  }
  const tallies = new DayTallies(read, clock)
  const today = dayOf(clock.now())
  const asked = async () => {
    rows = 0
    return [(await tallies.of(1, today)).sent('single')[0], rows]
  }
  await send(...Array.from({ length: 5000 }, () => row))
  expect(await asked()).toEqual([5000, 5000])
  await clock.advance(300_000)
  await asked()
  await send(row, row)
  expect(await asked()).toEqual([5002, 2])
  await clock.advance(24 * HOUR)
  expect(await asked()).toEqual([5002, 2])
  expect(await asked()).toEqual([5002, 0])
})

test('has nothing of days to come, and of those that are kept no longer', async () => {
  const { store, clock, send } = await messages()
  await send({ app: 1, sender: 1, type: 'group', target: 1, msg_type: 'text' })
  const tallies = new DayTallies(store.read, clock)
  const first = dayOf(clock.now())
  await clock.advance(60 * 24 * HOUR)
  expect((await tallies.of(1, first)).senders).toBe(1)
  expect((await tallies.of(1, dayOf(clock.now()) + 1)).senders).toBe(0)
  await clock.advance(24 * HOUR)
  expect((await tallies.of(1, first)).senders).toBe(0)
})
