import { describe, expect, test } from 'vitest'
import { all, ids, pathOf, type Sample, urlOf } from './request.ts'
import { samples } from './samples/index.ts'
import { blames, settledOnce, tryoutOnce } from './tryout.ts'
import { send } from './wire.ts'

const withJson = ids.filter(id => typeof all[id].body === 'object')
const withoutBody = ids.filter(id => all[id].body === undefined && all[id].method !== 'GET')

const types = [
  'application/json;charset:utf-8',
  'text/plain; charset=latin1',
  'application/x-www-form-urlencoded',
  ';;=',
]

const same = (sample: Sample) => sample

describe('reads its body as JSON, whatever its type is said to be:', () => {
  test.each(withJson)('%s', async id => {
    const { attempt } = await tryoutOnce(id, samples[id])
    for (const type of types) {
      const { status } = await attempt(same, () => ({ headers: { 'content-type': type } }))
      expect([type, status]).toEqual([type, all[id].status])
    }
  })
})

describe('reads its body without a type, indented, after a byte-order mark:', () => {
  test.each(withJson)('%s', async id => {
    const { attempt } = await tryoutOnce(id, samples[id])
    const { status } = await attempt(same, ({ body }) => ({
      rawBody: new TextEncoder().encode(`\ufeff\r\n${JSON.stringify(body, null, 2)}\r\n`),
    }))
    expect(status).toBe(all[id].status)
  })
})

const broken: readonly (readonly [string, string | Uint8Array])[] = [
  ['nothing', ''],
  ['blanks', ' \r\n\t'],
  ['null', 'null'],
  ['a number', '7'],
  ['half of it', '{"a":'],
  ['a bare name', 'tommy'],
  ['a form', 'username=tommy&password=secret'],
  ['two values', '[] []'],
  ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
  ['UTF-16', Buffer.from('\ufeff{}', 'utf16le')],
  ['very deep lists', '['.repeat(100_000)],
]

describe.each(broken)('refuses %s for a body:', (_, rawBody) => {
  test.each(withJson)('%s', async id => {
    const { town, sample } = await settledOnce(samples[id])
    const answer = await town.call(id, sample, { rawBody })
    const isNamed = blames(answer, id, {
      part: 'body',
      at: [],
      schema: {},
      isRequired: true,
      value: undefined,
    })
    // Of an object that is not there, the first field is missed.
    expect([answer.status, answer.body.error.code, isNamed]).toEqual([400, 899003, true])
  })
})

const ignored: readonly (readonly [string, string, string])[] = [
  ['an empty one of type JSON', 'application/json', ''],
  ['an empty object', 'application/json', '{}'],
  ['half of one', 'application/json', '{"half'],
  ['a form', 'application/x-www-form-urlencoded', 'a=b'],
]

describe('passes over a body where none is due:', () => {
  test.each(withoutBody)('%s', async id => {
    const { attempt } = await tryoutOnce(id, samples[id])
    for (const [what, type, rawBody] of ignored) {
      const { status } = await attempt(same, () => ({ headers: { 'content-type': type }, rawBody }))
      expect([what, status]).toEqual([what, all[id].status])
    }
  })
})

describe('passes over a body that comes with GET:', () => {
  test.each(ids.filter(id => all[id].method === 'GET'))('%s', async id => {
    const { town, sample } = await settledOnce(samples[id])
    const path = urlOf('', pathOf(id, sample), sample.query)
    for (const body of ['{"start":-1,"username":"x!"}', '{"half']) {
      const { status } = await send(town, 'GET', path, {
        headers: { 'content-type': 'application/json' },
        body,
      })
      expect([body, status]).toEqual([body, all[id].status])
    }
  })
})

test('every endpoint that can have a body is tried, but for the upload', () => {
  expect(withJson.length + withoutBody.length).toBe(ids.filter(id => all[id].method !== 'GET').length - 1)
})
