import { describe, expect, test, vi } from 'vitest'
import {
  type Client,
  createClient,
  fetchTransport,
  RateLimited,
  ServerFault,
  TransportError,
} from '../../src/client/index.ts'
import { capturedLog, type LogLine } from '../../src/testing/captured-log.ts'
import { misbehave, struck } from './misbehave.ts'
import { APP, basic, OTHER, refusal, type World, world } from './world.ts'

const isThere = async (w: World, name: string) => (await w.call('GET', `/v1/users/${name}`)).status === 200
const register = (client: Client, username: string) =>
  client.users.register({ body: [{ username, password: 'secret' }] })
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.unreachable('it was answered'),
    error => error,
  )
const registrations = { endpoints: ['users.register'] }

describe.each(['over a socket', 'in this process'])('%s', place => {
  const clientOf = ({ server }: World) => {
    const inProcess = { transport: fetchTransport(request => server.fetch(request)) }
    return createClient({ endpoint: server.url, ...APP, ...(place === 'in this process' ? inProcess : {}) })
  }

  test('a call that is rate-limited says how long to wait, and does nothing', async () => {
    const w = await world()
    await misbehave(w, { ...registrations, fault: 'rate-limited', retry_after_s: 7 })
    const error = await failure(register(clientOf(w), 'alice'))
    expect(error).toBeInstanceOf(RateLimited)
    expect(error).toMatchObject({ status: 429, jmCode: 2002, retryAfterMs: 7000, retry: 'later' })
    expect(await isThere(w, 'alice')).toBe(false)
  })

  test('an error is a fault of the server, with the code that JMessage has for it, before any effect', async () => {
    const w = await world()
    const client = clientOf(w)
    for (const [more, status, jmCode] of [
      [{ status: 500 }, 500, 899000],
      [{ status: 502 }, 502, 0],
      [{}, 503, 899030],
      [{ html: true }, 503, 0],
      [{ status: 504 }, 504, 0],
    ] as const) {
      await misbehave(w, { ...registrations, fault: 'error', ...more })
      const error = await failure(register(client, 'alice'))
      expect(error).toBeInstanceOf(ServerFault)
      expect(error).toMatchObject({ status, jmCode, retry: 'unsure' })
    }
    expect(await isThere(w, 'alice')).toBe(false)
  })

  test.each([false, true])('a slow call waits, after its effect: %s', async after => {
    const w = await world()
    await misbehave(w, { ...registrations, fault: 'slow', delay_ms: 120_000, after })
    const answered = vi.fn()
    const call = register(clientOf(w), 'alice').then(answered)
    await vi.waitFor(async () => expect([await struck(w), await isThere(w, 'alice')]).toEqual([[1], after]))
    await w.clock.advance(119_999)
    expect(answered).not.toHaveBeenCalled()
    expect(await isThere(w, 'alice')).toBe(after)
    await w.clock.advance(1)
    await call
    expect(answered).toHaveBeenCalledWith([{ username: 'alice' }])
    expect(await isThere(w, 'alice')).toBe(true)
  })

  test.each([
    ['refused', false],
    ['lost', true],
    ['cut', true],
  ])('of a call that is %s it is not known whether it took effect: %s', async (fault, hasEffect) => {
    const w = await world()
    await misbehave(w, { ...registrations, fault })
    const client = clientOf(w)
    const error = await failure(register(client, 'alice'))
    expect(error).toBeInstanceOf(TransportError)
    expect(error).toMatchObject({ phase: 'after', retry: 'unsure' })
    expect(await isThere(w, 'alice')).toBe(hasEffect)
    await w.raw('/sandbox/faults', { method: 'DELETE' })
    expect(await register(client, 'bobby')).toEqual([{ username: 'bobby' }])
  })

  test('an answer that is cut promises more than comes, and one without a body is lost', async () => {
    const w = await world()
    await w.users('alice')
    await misbehave(w, { endpoints: ['users.*'], fault: 'cut' })
    const ask = (path: string, init: RequestInit = {}) => {
      const request = new Request(w.server.url + path, { ...init, headers: { authorization: basic(APP) } })
      return place === 'in this process' ? w.server.fetch(request) : fetch(request)
    }
    const answer = await ask('/v1/users/alice')
    const got = await halfOf(answer)
    expect(answer.status).toBe(200)
    expect(got.slice(0, 12)).toBe('{"username":')
    expect(got.length).toBe(Math.floor(Number(answer.headers.get('content-length')) / 2))
    await expect(ask('/v1/users/alice', { method: 'DELETE' })).rejects.toThrow(TypeError)
    await w.raw('/sandbox/faults', { method: 'DELETE' })
    expect(await isThere(w, 'alice')).toBe(false)
  })
})

/** What comes of a body before it fails. */
async function halfOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  const read = async () => {
    for await (const chunk of body!) text += decoder.decode(chunk, { stream: true })
  }
  await expect(read()).rejects.toThrow(TypeError)
  return text
}

test('tells in headers what the quota is, and when it is there again', async () => {
  const w = await world()
  await misbehave(w, { fault: 'rate-limited', retry_after_s: 30 })
  const { headers, body } = await w.call('GET', '/v1/users/alice')
  const limits = ['limit', 'quota', 'remaining', 'reset'].map(name => headers.get(`x-rate-limit-${name}`))
  expect([headers.get('retry-after'), ...limits]).toEqual(['30', '600', '600', '0', '30'])
  expect(body).toEqual({ error: { code: 2002, message: 'Rate limit exceeded' } })
})

test('shows a page, as a gateway does, where JMessage has no words of its own', async () => {
  const w = await world()
  await misbehave(w, { fault: 'error', status: 502 })
  const { headers, body } = await w.call('GET', '/v1/users/alice')
  expect(headers.get('content-type')).toBe('text/html')
  expect(body).toContain('<title>502 Bad Gateway</title>')
})

test('strikes the endpoints that are named, so often, of the app that is named; the first rule counts', async () => {
  const w = await world()
  await misbehave(
    w,
    { endpoints: ['users.get'], fault: 'error', status: 500, times: 2 },
    { endpoints: ['users.*', 'groups.*'], fault: 'error', status: 503, app: OTHER.appKey.toUpperCase() },
    { endpoints: ['chatrooms.*'], fault: 'error', status: 502, probability: 0 },
  )
  const get = async (app: typeof APP, path: string) => (await w.callAs(app, 'GET', path)).status
  expect(await get(APP, '/v1/users?count=1&start=0')).toBe(200)
  expect(await get(APP, '/v1/users/alice')).toBe(500)
  expect(await get(OTHER, '/v1/users/alice')).toBe(500)
  expect(await get(OTHER, '/v1/users/alice')).toBe(503)
  expect(await get(APP, '/v1/users/alice')).toBe(403)
  expect(await get(OTHER, '/v1/users?count=1&start=0')).toBe(503)
  expect(await get(OTHER, '/v1/groups/1/')).toBe(503)
  expect(await get(APP, '/v1/groups/1/')).toBe(403)
  expect(await get(OTHER, '/v1/chatroom/1/members?start=0&count=1')).toBe(403)
  expect(await struck(w)).toEqual([2, 3, 0])
})

test('strikes nobody whom the server does not know, and not the sandbox itself', async () => {
  const w = await world()
  await misbehave(w, { fault: 'refused' })
  expect(refusal(await w.raw('/v1/users/alice'))).toEqual([401, 899007])
  expect(refusal(await w.callAs({ ...APP, masterSecret: 'x' }, 'GET', '/v1/users/alice'))).toEqual([
    401, 899008,
  ])
  expect(await struck(w)).toEqual([0])
})

test('answers what is slow when the server closes', async () => {
  const w = await world()
  await misbehave(w, { ...registrations, fault: 'slow', delay_ms: 120_000 })
  const call = w.server.fetch(
    new Request('http://x/v1/users', {
      method: 'POST',
      headers: { authorization: basic(APP) },
      body: JSON.stringify([{ username: 'alice', password: 'secret' }]),
    }),
  )
  await vi.waitFor(async () => expect(await struck(w)).toEqual([1]))
  await w.server.close()
  expect((await call).status).toBe(201)
})

test('says nothing in its log, as all of it was asked for', async () => {
  const log: LogLine[] = []
  const w = await world({ log: capturedLog(log) })
  for (const fault of ['refused', 'lost', 'cut']) {
    await misbehave(w, { fault })
    const request = () =>
      new Request(`${w.server.url}/v1/users/alice`, { headers: { authorization: basic(APP) } })
    await failure(w.server.fetch(request()).then(answer => answer.text()))
    await failure(fetch(request()).then(answer => answer.text()))
  }
  expect(log).toEqual([])
})
