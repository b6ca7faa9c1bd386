import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Queue } from '../../src/base/queue.ts'

test('property: what comes out is what came in, in its order', () => {
  const step = fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 3000 }) }),
    fc.record({ shift: fc.integer({ min: 1, max: 3000 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), steps => {
      const queue = new Queue<number>(-1)
      const model = [-1]
      let n = 0
      for (const each of steps) {
        if ('push' in each) {
          for (let i = 0; i < each.push; i++, n++) {
            queue.push(n)
            model.push(n)
          }
        } else {
          for (let i = 0; i < each.shift; i++) {
            const expected = model.shift()
            if (queue.shift() !== expected) throw new Error(`not ${expected}`)
          }
        }
        expect([queue.length, queue.first]).toEqual([model.length, model[0]])
      }
    }),
    { numRuns: 100 },
  )
})
