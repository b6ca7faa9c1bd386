import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Edit,
  type EditValue,
  editText,
  parseField,
  valueIn,
} from '../../../../src/app/config/edit/index.ts'
import { fieldName } from '../../../../src/app/config/field-path.ts'
import type { FieldPath } from '../../../../src/app/config/index.ts'
import { editValue, newKey, sample } from './documents.ts'

const set = (path: FieldPath, value: EditValue): Edit => ({ kind: 'set', path, value })
const unset = (path: FieldPath): Edit => ({ kind: 'unset', path })

/** How much of two texts is the same at their beginnings and ends. */
function sameChars(before: string, after: string): number {
  const most = Math.min(before.length, after.length)
  let head = 0
  while (head < most && before[head] === after[head]) head++
  let tail = 0
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  return head + tail
}

const holdsReference = (value: unknown): boolean =>
  typeof value === 'object' && value !== null
    ? Object.values(value).some(holdsReference)
    : typeof value === 'string' && value.includes('${')

/** Of a field: the values of all others. */
const others = (text: string, paths: readonly FieldPath[], path: FieldPath): unknown[] =>
  paths
    .filter(one => !one.every((part, at) => at >= path.length || part === path[at]))
    .map(one => valueIn(text, one))

/** Comments and blank lines that come to stand behind a text of several lines could become a part of it: that is refused. */
function withoutField(text: string, path: FieldPath): string {
  try {
    return editText(text, unset(path)).text
  } catch (error) {
    fc.pre(!/[|>][+-]?\r?\n/.test(text))
    throw error
  }
}

describe('whatever a file is like', () => {
  const RUNS = { numRuns: 1000 }

  test('what was set is what is got, and all else is as it was', () => {
    fc.assert(
      fc.property(sample, fc.nat(), editValue, ({ text, paths }, at, value) => {
        fc.pre(paths.length > 0)
        const path = paths[at % paths.length]!
        const old = valueIn(text, path)
        fc.pre(typeof old !== 'object' || !holdsReference(old))
        const edited = editText(text, set(path, value)).text
        expect(valueIn(edited, path)).toEqual(value)
        expect(others(edited, paths, path)).toEqual(others(text, paths, path))
      }),
      RUNS,
    )
  })

  test('what was added and is taken away leaves every byte as it was', () => {
    fc.assert(
      fc.property(
        sample,
        fc.nat(),
        newKey,
        fc.array(newKey, { maxLength: 2 }),
        editValue,
        ({ text, maps }, at, name, more, value) => {
          const path = [...maps[at % maps.length]!, `+${name}`, ...more]
          const added = editText(text, set(path, value))
          expect(valueIn(added.text, path)).toEqual(value)
          expect(sameChars(text, added.text)).toBeGreaterThanOrEqual(text.length)
          expect(editText(added.text, unset(added.at)).text).toBe(text)
        },
      ),
      RUNS,
    )
  })

  test('what is taken away is gone, and nothing is written but what was there', () => {
    fc.assert(
      fc.property(sample, fc.nat(), ({ text, paths }, at) => {
        fc.pre(paths.length > 0)
        const path = paths[at % paths.length]!
        const edited = withoutField(text, path)
        const owner = valueIn(edited, path.slice(0, -1))
        const before = valueIn(text, path.slice(0, -1)) as object
        expect(Object.keys(owner ?? {}).length).toBe(Object.keys(before).length - 1)
        // Where nothing is left, that has to be said.
        expect(edited.length).toBeLessThanOrEqual(text.length + ' {}'.length)
      }),
      RUNS,
    )
  })

  test('an item that is put into a list is there, and the others follow it', () => {
    fc.assert(
      fc.property(sample, fc.nat(), editValue, ({ text, paths }, at, value) => {
        const items = paths.filter(path => typeof path.at(-1) === 'number')
        fc.pre(items.length > 0)
        const path = items[at % items.length]!
        const list = valueIn(text, path.slice(0, -1)) as unknown[]
        const edited = editText(text, { kind: 'insert', path, value }).text
        expect(valueIn(edited, path.slice(0, -1))).toEqual(list.toSpliced(path.at(-1) as number, 0, value))
      }),
      RUNS,
    )
  })

  test('a field is read as it is written', () => {
    const part = fc.oneof(fc.nat(999_999), fc.string({ unit: 'grapheme', maxLength: 20 }), newKey)
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), path => {
        const name = fieldName(path)
        fc.pre(!name.startsWith('[0') || path[0] === 0)
        expect(parseField(name)).toEqual(path)
      }),
      RUNS,
    )
  })
})
