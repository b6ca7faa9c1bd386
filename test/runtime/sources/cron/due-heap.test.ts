import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Due, DueHeap } from '../../../../src/runtime/sources/cron/due-heap.ts'

test('agrees with a sorted list, whatever is added and removed', () => {
  const step = fc.oneof(
    fc.record({ add: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ remove: fc.nat() }),
    fc.constant('take' as const),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), steps => {
      const heap = new DueHeap<Due>()
      let list: Due[] = []
      let order = 0
      for (const what of steps) {
        if (what !== 'take' && 'add' in what) {
          const entry = { dueAt: what.add, order: order++, place: -1 }
          heap.add(entry)
          list.push(entry)
          list.sort((a, b) => a.dueAt - b.dueAt || a.order - b.order)
        } else {
          const entry = what === 'take' ? heap.first : list[what.remove % list.length]
          if (entry) {
            heap.remove(entry)
            heap.remove(entry)
          }
          list = list.filter(other => other !== entry)
        }
        expect(heap.first).toBe(list[0])
      }
    }),
    { seed: 31, numRuns: 500 },
  )
})
