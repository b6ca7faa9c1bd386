import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fault } from './fake-jmessage.ts'
import { OutboxWorld } from './outbox-world.ts'

const faults = fc.constantFrom<(Fault | undefined)[]>(
  undefined,
  undefined,
  undefined,
  'refused',
  'reset-before',
  'reset-after',
  'http-500-before',
  'http-500-after',
  'http-429',
)

/** What happens: a message is sent and its answer awaited, time passes, JMessage goes or comes back, the process dies. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ send: fc.integer({ min: 0, max: 2 }) }) },
  { weight: 3, arbitrary: fc.record({ passMs: fc.integer({ min: 1, max: 40_000 }) }) },
  { weight: 1, arbitrary: fc.record({ down: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ crash: fc.constant(true) }) },
)

test('property: whatever fails, and whenever the process dies, each message is sent once and in its order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      fc.array(faults, { maxLength: 60 }),
      async (steps, failures) => {
        const w = await OutboxWorld.open()
        const left = [...failures]
        w.jmessage.fault = () => left.shift()
        const expected: Record<string, string[]> = {}
        let count = 0
        for (const one of steps) {
          if ('send' in one) {
            const group = `${10_000 + one.send}`
            const text = `${group} ${count++}`
            let answered = false
            const sent = w.send(text, { group }).then(() => {
              answered = true
            })
            while (!answered) await w.clock.advance(500)
            await sent
            expected[group] = [...(expected[group] ?? []), text]
          } else if ('passMs' in one) await w.clock.advance(one.passMs)
          else if ('down' in one) w.jmessage.isDown = one.down
          else await w.crash()
        }
        w.jmessage.isDown = false
        await w.drain()
        const said: Record<string, string[]> = {}
        for (const { target_id, msg_body } of w.jmessage.history) {
          said[target_id] = [...(said[target_id] ?? []), String(msg_body.text)]
        }
        expect(said).toEqual(expected)
        await w.store.close()
      },
    ),
    { numRuns: 150 },
  )
}, 120_000)

test('property: what was asked for side by side, or by an event of a process that died, is sent once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ group: fc.integer({ min: 0, max: 2 }), fresh: fc.boolean() }), {
        minLength: 1,
        maxLength: 30,
      }),
      fc.array(faults, { maxLength: 60 }),
      fc.integer({ min: 0, max: 5000 }),
      async (sends, failures, diesAfterMs) => {
        const w = await OutboxWorld.open()
        const left = [...failures]
        w.jmessage.fault = () => left.shift()
        const ask = (origin: 'fresh' | 'recovered') =>
          sends.map(({ group, fresh }, index) =>
            w
              .send(`${index}`, {
                group: `${10_000 + group}`,
                key: `k${index}`,
                origin: fresh ? origin : 'own',
              })
              .catch(() => {}),
          )
        void ask('fresh')
        await w.clock.advance(diesAfterMs)
        await w.crash()
        // Events that were not finished are handled again by the next process.
        void ask('recovered')
        await w.clock.advance(1000)
        await w.drain()
        const texts = w.jmessage.texts.toSorted((a, b) => Number(a) - Number(b))
        expect(texts).toEqual(sends.map((_, index) => `${index}`))
        await w.store.close()
      },
    ),
    { numRuns: 150 },
  )
}, 120_000)
