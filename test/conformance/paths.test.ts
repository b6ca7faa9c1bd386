import { describe, expect, test } from 'vitest'
import { all, filled, ids, pathOf, type Sample } from './request.ts'
import { allSamples, samples } from './samples/index.ts'
import { errorOf, settledOnce, tryoutOnce } from './tryout.ts'

const same = (sample: Sample) => sample

/** Spellings of a path that mean the same. */
const spellings: readonly (readonly [string, (path: string) => string])[] = [
  ['with a slash at the end, or without', path => (path.endsWith('/') ? path.slice(0, -1) : `${path}/`)],
  ['with doubled slashes', path => `${path.replaceAll('/', '//')}//`],
  ['with names in percent', path => path.replace(/tommy/, '%74omm%79')],
]

describe('answers however its path is spelled:', () => {
  test.each(ids)('%s', async id => {
    const { attempt } = await tryoutOnce(id, samples[id])
    for (const [name, spell] of spellings) {
      const answer = await attempt(same, sample => ({ path: spell(pathOf(id, sample)) }))
      expect([name, answer.status]).toEqual([name, all[id].status])
    }
  })
})

describe('answers under its alias:', () => {
  test.each(ids.filter(id => all[id].aliases))('%s', async id => {
    const { attempt } = await tryoutOnce(id, samples[id])
    for (const alias of all[id].aliases ?? []) {
      const answer = await attempt(same, ({ params }) => ({ path: filled(alias, params) }))
      expect([alias, answer.status]).toEqual([alias, all[id].status])
    }
  })
})

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']
const patterns = ids.flatMap(id =>
  [all[id].path, ...(all[id].aliases ?? [])].map(path => ({
    method: all[id].method as string,
    pattern: new RegExp(`^${path.replace(/\/$/, '').replace(/:\w+/g, '[^/]+')}/?$`),
  })),
)
const isServed = (method: string, path: string) =>
  patterns.some(route => route.method === method && route.pattern.test(path))

describe('has no other method for', () => {
  test.each(allSamples.filter(([name, id]) => name === id))('%s', async (_, id, make) => {
    const { town, sample } = await settledOnce(make)
    const path = pathOf(id, sample)
    const others = METHODS.filter(method => !isServed(method, path))
    expect(others).toContain('PATCH')
    for (const method of others) {
      const answer = await town.call(id, {}, { path, method })
      expect([method, answer.status, errorOf(answer)]).toEqual([
        method,
        405,
        { code: 405, message: 'method not allowed' },
      ])
    }
  })
})

describe('knows no path but the endpoint’s own:', () => {
  test.each(ids)('%s', async id => {
    const { town, sample } = await settledOnce(samples[id])
    const path = pathOf(id, sample)
    const odd = [
      `/zz${path}`,
      path.toUpperCase(),
      `${path}/zz/zz/zz`,
      path.replace('/', '/v3/'),
      path.slice(1, 4),
    ]
    for (const wrong of odd.map(text => (text.startsWith('/') ? text : `/${text}`))) {
      const answer = await town.call(id, {}, { path: wrong })
      expect([wrong, answer.status, errorOf(answer)]).toEqual([
        wrong,
        404,
        { code: 404, message: 'not found' },
      ])
    }
  })
})

describe('refuses what no name or id can be:', () => {
  const odd: Readonly<Record<string, readonly string[]>> = {
    username: ['abc', 'x'.repeat(129), 'a%00bc', '.name', 'a b c', '信信信信', 'a%2Fb%2Fc', '%ff%fe%fd%fc'],
    gid: ['0', '-1', '1.5', 'abc', '1e5', '0x10', '9007199254740993', '%00', '12345678901234567890'],
    roomId: ['0', '-1', '1.5', 'abc', '1e5', '0x10', '9007199254740993', '%00', '12345678901234567890'],
    msgid: ['0', '-1', '1.5', 'abc', '1e5', '0x10', '9007199254740993', '%00', '12345678901234567890'],
  }
  const named = ids.flatMap(id =>
    Object.keys(all[id].params.shape).map(name => [`${id} ${name}`, id, name] as const),
  )
  test.each(named)('%s', async (_, id, name) => {
    const { town, sample } = await settledOnce(samples[id])
    for (const value of odd[name]!) {
      const path = all[id].path.replace(`:${name}`, () => value)
      const answer = await town.call(id, sample, { path: filled(path, sample.params) })
      expect([value, answer.status, errorOf(answer)]).toEqual([
        value,
        400,
        { code: 899003, message: expect.stringMatching(`^parameter invalid: ${name} must be `) },
      ])
    }
  })
})

describe('takes a name of 128 bytes as a name:', () => {
  const named = ids.filter(id => 'username' in all[id].params.shape)
  test.each(named)('%s', async id => {
    const { town, sample } = await settledOnce(samples[id])
    for (const username of ['a-b@', 'x'.repeat(128)]) {
      const answer = await town.call(id, { ...sample, params: { ...sample.params, username } })
      // No such user, or not the sender.
      expect(answer.status).toBe(403)
    }
  })
})
