import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Chain, type Link } from '../../src/base/chain.ts'

test('keeps what is in it in the order in which it came, whatever is taken out', () => {
  const step = fc.oneof(
    fc.record({ add: fc.nat() }),
    fc.record({ remove: fc.nat() }),
    fc.record({ again: fc.nat() }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const chain = new Chain<number>()
      const links: Link<number>[] = []
      const out: Link<number>[] = []
      for (const one of steps) {
        if ('add' in one) links.push(chain.add(one.add))
        else if ('remove' in one && links.length > 0) {
          const [link] = links.splice(one.remove % links.length, 1)
          expect(chain.remove(link!)).toBe(true)
          out.push(link!)
        } else if ('again' in one && out.length > 0) {
          expect(chain.remove(out[one.again % out.length]!)).toBe(false)
        }
        const items = links.map(({ item }) => item)
        expect([...chain]).toEqual(items)
        expect(chain.length).toBe(items.length)
        expect(chain.first?.item).toBe(items[0])
        expect(chain.find(item => item % 2 === 1)).toBe(items.find(item => item % 2 === 1))
      }
    }),
  )
})

test('what was taken out points at nothing that is still in it', () => {
  const chain = new Chain<string>()
  const [, middle] = [chain.add('first'), chain.add('middle'), chain.add('last')]
  chain.remove(middle)
  expect([middle.before, middle.after]).toEqual([undefined, undefined])
  expect([...chain]).toEqual(['first', 'last'])
})
