import { expect, test } from 'vitest'
import { startServer } from '../../src/server/index.ts'
import { memory } from './place.ts'
import { APP, basic, OTHER, ok, refusal, type World, world } from './world.ts'

const HEADERS = ['x-rate-limit-limit', 'x-rate-limit-quota', 'x-rate-limit-remaining', 'x-rate-limit-reset']
const told = ({ headers }: { headers: Headers }) => HEADERS.map(name => headers.get(name))
const list = '/v1/users?start=0&count=1'
const setLimit = (w: World, body: unknown, appKey = APP.appKey) =>
  w.raw(`/sandbox/apps/${appKey}/rate-limit`, { method: 'PUT', body: JSON.stringify(body) })

test('tells on every answer what is left of the minute, and refuses what is over', async () => {
  const w = await world({ rateLimit: 3 })
  await w.clock.advance(12_345)
  const first = await w.call('GET', list)
  expect([first.status, told(first)]).toEqual([200, ['3', '3', '2', '48']])
  const refused = await w.call('GET', '/v1/users/nobody')
  expect([refusal(refused), told(refused)]).toEqual([
    [403, 899002],
    ['3', '3', '1', '48'],
  ])
  const wrong = await w.call('POST', '/v1/users', 'x')
  expect([refusal(wrong), told(wrong)]).toEqual([
    [400, 899003],
    ['3', '3', '0', '48'],
  ])
  const over = await w.call('POST', '/v1/users', [{ username: 'alice', password: 'secret' }])
  expect([over.status, over.body]).toEqual([429, { error: { code: 2002, message: 'Rate limit exceeded' } }])
  expect([told(over), over.headers.get('retry-after')]).toEqual([['3', '3', '0', '48'], '48'])
  await w.clock.advance(47_654)
  expect(told(await w.call('GET', list))).toEqual(['3', '3', '0', '1'])
  await w.clock.advance(1)
  const next = await w.call('GET', '/v1/users/alice')
  expect([refusal(next), told(next)]).toEqual([
    [403, 899002],
    ['3', '3', '2', '60'],
  ])
})

test('counts each app by itself, and only calls that authenticate', async () => {
  const w = await world({ rateLimit: 2 })
  for (let i = 0; i < 3; i++) {
    const stranger = await w.callAs({ ...APP, masterSecret: 'x'.repeat(24) }, 'GET', list)
    expect([stranger.status, told(stranger)]).toEqual([401, [null, null, null, null]])
    expect(refusal(await w.call('GET', '/v1/nothing'))).toEqual([404, 404])
    expect((await w.call('PATCH', '/v1/users')).status).toBe(405)
  }
  for (const app of [APP, OTHER]) {
    const { status } = await w.callAs(app, 'GET', list)
    const { headers } = await w.callAs(app, 'GET', list)
    expect([status, headers.get('x-rate-limit-remaining')]).toEqual([200, '0'])
    expect((await w.callAs(app, 'GET', list)).status).toBe(429)
  }
})

test('is off in a sandbox until it is switched on, app by app, and off again', async () => {
  const w = await world()
  expect(told(await w.call('GET', list))).toEqual([null, null, null, null])
  expect((await setLimit(w, { per_minute: 1 })).body).toEqual({ per_minute: 1 })
  expect(told(await w.call('GET', list))).toEqual(['1', '1', '0', '60'])
  expect((await w.call('GET', list)).status).toBe(429)
  expect(told(await w.callAs(OTHER, 'GET', list))).toEqual([null, null, null, null])
  ok(await setLimit(w, { per_minute: 2 }))
  expect(told(await w.call('GET', list))).toEqual(['2', '2', '1', '60'])
  expect((await setLimit(w, { per_minute: null })).body).toEqual({ per_minute: null })
  for (let i = 0; i < 3; i++) expect(told(await w.call('GET', list))).toEqual([null, null, null, null])
})

test.each([{ per_minute: 0 }, { per_minute: 1.5 }, { per_minute: '5' }, { perMinute: 5 }, 'x', null])(
  'the sandbox refuses %j',
  async body => {
    const w = await world({ rateLimit: 7 })
    expect(refusal(await setLimit(w, body))).toEqual([400, 899003])
    expect(told(await w.call('GET', list))[0]).toBe('7')
  },
)

test('the sandbox refuses an unknown app', async () => {
  const w = await world()
  expect(refusal(await setLimit(w, { per_minute: 1 }, 'c3'.repeat(12)))).toEqual([401, 899009])
})

test('without a sandbox it is 600, unless it is said otherwise', async () => {
  for (const [rateLimit, due] of [
    [undefined, '600'],
    ['off', null],
    [5, '5'],
  ] as const) {
    const server = await startServer({
      ...{ listen: undefined, ...(await memory()), apps: [APP] },
      ...(rateLimit === undefined ? {} : { rateLimit }),
    })
    const answer = await server.fetch(
      new Request(`http://localhost${list}`, { headers: { authorization: basic(APP) } }),
    )
    expect(answer.headers.get('x-rate-limit-quota')).toBe(due)
    await server.close()
  }
})

test.each([0, -1, 1.5, Number.NaN, 1_000_001])('a limit of %d is refused at the start', async rateLimit => {
  const start = startServer({ listen: undefined, ...(await memory()), apps: [APP], rateLimit })
  await expect(start).rejects.toMatchObject({ code: 'server.rateLimit' })
})
