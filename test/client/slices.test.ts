import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { slices } from '../../src/client/slices.ts'

const bytesOf = (items: readonly unknown[]) => Buffer.byteLength(JSON.stringify(items)) - 2

test('property: slices are the items, in order, and as large as can be within both limits', async () => {
  const item = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.integer(), fc.constant(undefined))
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 80 }),
      async (items, max, room) => {
        const cut: unknown[][] = []
        for await (const slice of slices(items, max, room)) cut.push(slice)
        expect(cut.flat()).toEqual(items)
        for (const [at, slice] of cut.entries()) {
          expect(slice.length).toSatisfy((length: number) => length >= 1 && length <= max)
          if (slice.length > 1) expect(bytesOf(slice)).toBeLessThanOrEqual(room)
          const next = cut[at + 1]?.[0]
          // The one that begins the next slice did not fit; a comma after the last item is counted, too.
          if (at + 1 < cut.length && slice.length < max)
            expect(bytesOf([...slice, next]) + 1).toBeGreaterThan(room)
        }
      },
    ),
  )
})
