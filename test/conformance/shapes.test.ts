import { describe, expect, test } from 'vitest'
import { fieldsOf, nameOf, typeOf, typesOf } from './fields.ts'
import { changed } from './request.ts'
import { allSamples } from './samples/index.ts'
import { blames, settledOnce } from './tryout.ts'

const wrongValues: readonly unknown[] = ['x', 7.5, true, { a: 1 }, [{}]]

describe('the sample has every field of', () => {
  test.each(allSamples)('%s', async (_, id, make) => {
    const { sample } = await settledOnce(make)
    const missing = fieldsOf(id, sample).filter(field => field.value === undefined)
    expect(missing.map(nameOf)).toEqual([])
  })
})

describe('refuses wrong types and names the field:', () => {
  test.each(allSamples)('%s', async (_, id, make) => {
    const { town, sample } = await settledOnce(make)
    const failures: unknown[] = []
    for (const field of fieldsOf(id, sample)) {
      const types = typesOf(field.schema)
      // A query has only texts.
      const wrongs = field.part === 'query' ? (types.has('number') ? ['x', '', '1.5'] : []) : wrongValues
      for (const wrong of wrongs) {
        if (field.part === 'body' && (types.size === 0 || types.has(typeOf(wrong)))) continue
        const answer = await town.call(id, changed(sample, field.part, field.at, wrong))
        if (!blames(answer, id, field)) failures.push([nameOf(field), wrong, answer.status, answer.body])
      }
    }
    expect(failures).toEqual([])
  })
})

describe('misses each required field, be it absent or null:', () => {
  test.each(allSamples)('%s', async (_, id, make) => {
    const { town, sample } = await settledOnce(make)
    const failures: unknown[] = []
    for (const field of fieldsOf(id, sample)) {
      if (!field.isRequired || typeof field.at.at(-1) === 'number') continue
      for (const value of field.part === 'body' ? [undefined, null] : [undefined]) {
        const answer = await town.call(id, changed(sample, field.part, field.at, value))
        if (!blames(answer, id, field)) failures.push([nameOf(field), value, answer.status, answer.body])
      }
    }
    expect(failures).toEqual([])
  })
})
