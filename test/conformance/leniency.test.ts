import { describe, expect, test } from 'vitest'
import { fieldsOf, nameOf, typeOf, typesOf } from './fields.ts'
import { all, changed, type Sample } from './request.ts'
import { allSamples } from './samples/index.ts'
import { tryoutOnce } from './tryout.ts'

/** Samples with a JSON body. */
const withBody = allSamples.filter(([, id]) => typeof all[id].body === 'object')

describe('takes null for absent:', () => {
  test.each(withBody)('%s', async (_, id, make) => {
    const { sample, attempt } = await tryoutOnce(id, make)
    const optional = fieldsOf(id, sample).filter(field => !field.isRequired && field.part === 'body')
    const failures: unknown[] = []
    for (const field of optional) {
      const { status, body } = await attempt(it => changed(it, field.part, field.at, null))
      if (status !== all[id].status) failures.push([nameOf(field), status, body])
    }
    expect(failures).toEqual([])
  })
})

describe('ignores unknown keys:', () => {
  test.each(allSamples)('%s', async (_, id, make) => {
    const { sample, attempt } = await tryoutOnce(id, make)
    const objects = fieldsOf(id, sample).filter(
      ({ part, value }) => part === 'body' && typeOf(value) === 'object',
    )
    const { status, body } = await attempt(it => {
      let odd: Sample = { ...it, query: { ...it.query, item: 'x' } }
      for (const { at } of objects) odd = changed(odd, 'body', [...at, 'item'], [{ deep: null }])
      return odd
    })
    expect([status, status < 300 ? '' : body]).toEqual([all[id].status, ''])
  })
})

describe('takes [] for {}:', () => {
  test.each(withBody)('%s', async (_, id, make) => {
    const { sample, attempt } = await tryoutOnce(id, make)
    const failures: unknown[] = []
    for (const field of fieldsOf(id, sample)) {
      const types = typesOf(field.schema)
      if (field.part === 'query' || !types.has('object')) continue
      // An empty list is one where a list may stand.
      if (types.has('array') && field.at.length === 0) continue
      const object = await attempt(it => changed(it, field.part, field.at, {}))
      const array = await attempt(it => changed(it, field.part, field.at, []))
      if (object.status !== array.status || object.body.error?.message !== array.body.error?.message)
        failures.push([nameOf(field), object.body, array.body])
    }
    expect(failures).toEqual([])
  })
})
