import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { type Example, examples } from './examples.ts'
import { all, ids } from './request.ts'
import { allSamples, type Make, moreSamples, samples } from './samples/index.ts'
import { foundTown, newcomer } from './town.ts'

test('every endpoint has a sample', () => {
  expect(Object.keys(samples).sort()).toEqual([...ids].sort())
})

describe('answers as described:', () => {
  test.each(allSamples)('%s', async (_, id, make) => {
    const town = await foundTown()
    const { status, body, headers } = await town.call(id, await make(town))
    const { response, status: due } = all[id]
    expect([status, status === due ? '' : body]).toEqual([due, ''])
    if (response) {
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
      // Keys that the schema does not know are gone once it has parsed them.
      expect((response as z.ZodType).parse(body)).toEqual(body)
    } else {
      expect(body).toBe('')
      expect(headers.get('content-type')).toBeNull()
    }
  })
})

/** `path: type` of everything in a value; the items of a list are taken together. */
function shape(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap(item => shape(item, `${path}[]`))
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`]
  return Object.entries(value).flatMap(([key, inner]) => shape(inner, `${path}.${key}`))
}

/** What an example shows, but no call over REST leads to: devices come of client apps. */
const devices = /devices\[\]/

/** Calls for the examples of special cases. */
const variants: Readonly<Record<string, Make>> = {
  'users.register.partial': () => ({ body: ['novak', 'tommy'].map(newcomer) }),
  'report.messages.list.lastPage': async town => {
    const { query } = await samples['report.groups.messages.list'](town)
    return { query: { ...query, cursor: undefined } }
  },
}
const makeFor = (example: Example): Make =>
  variants[example.name] ??
  moreSamples.find(([id, label]) => id === example.id && label === example.variant)?.[2] ??
  samples[example.id]

describe('answers what the example shows:', () => {
  const shown = examples('response').map(example => [example.name, example] as const)
  test.each(shown)('%s', async (_, example) => {
    const town = await foundTown()
    const { body } = await town.call(example.id, await makeFor(example)(town))
    const lines = new Set(shape(body))
    const missing = [...new Set(shape(example.json))].filter(line => !devices.test(line) && !lines.has(line))
    expect(missing).toEqual([])
  })
})
