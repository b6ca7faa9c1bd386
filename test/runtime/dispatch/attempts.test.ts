import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManualClock } from '../../../src/base/clock.ts'
import type { Attempt } from '../../../src/runtime/dispatch/attempt.ts'
import { Attempts } from '../../../src/runtime/dispatch/attempts.ts'

const MS = 100

/** As much of an attempt as the list needs. */
const attempt = (name: number, aborted: number[]) =>
  ({ abort: () => void aborted.push(name) }) as unknown as Attempt

test('property: those that stay too long expire in their order, once, and abort reaches just those that are left', async () => {
  const step = fc.oneof(
    fc.constant('add' as const),
    fc.record({ leave: fc.nat(30) }),
    fc.record({ advance: fc.integer({ min: 1, max: 60 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
      const clock = new ManualClock()
      const attempts = new Attempts(clock, MS)
      const aborted: number[] = []
      const expired: number[] = []
      const leave: (() => boolean)[] = []
      let left: { name: number; dueAt: number }[] = []
      const expected: number[] = []
      for (const each of steps) {
        if (each === 'add') {
          const name = leave.length
          left.push({ name, dueAt: clock.now() + MS })
          leave.push(attempts.add(attempt(name, aborted), () => expired.push(name)))
        } else if ('leave' in each) {
          const isIn = left.some(({ name }) => name === each.leave)
          expect(leave[each.leave]?.() ?? false).toBe(isIn)
          left = left.filter(({ name }) => name !== each.leave)
        } else {
          await clock.advance(each.advance)
          expected.push(...left.filter(({ dueAt }) => dueAt <= clock.now()).map(({ name }) => name))
          left = left.filter(({ dueAt }) => dueAt > clock.now())
        }
        expect(expired).toEqual(expected)
      }
      attempts.abort(new Error('over'))
      expect(aborted).toEqual(left.map(({ name }) => name))
      await clock.advance(10 * MS)
      expect(expired).toEqual(expected)
    }),
    { numRuns: 200 },
  )
})
