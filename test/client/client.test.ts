import { afterEach, expect, expectTypeOf, test } from 'vitest'
import { AppError } from '../../src/base/errors.ts'
import {
  ApiError,
  type Client,
  type ClientOptions,
  createClient,
  fetchTransport,
  InvalidRequest,
  NotFound,
  RateLimited,
  RetractTooLate,
  ServerFault,
  TransportError,
  Unauthorized,
} from '../../src/client/index.ts'
import type { SendReceipt } from '../../src/protocol/index.ts'
import { type Arrived, type FakeServer, fakeServer, freePort, json } from './fake-server.ts'

const APP = { appKey: 'a'.repeat(24), masterSecret: 's3cr3t'.repeat(4) }
const undo: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function serving(
  handle: (request: Arrived) => unknown,
  options: Partial<ClientOptions> = {},
): Promise<{ server: FakeServer; client: Client }> {
  const server = await fakeServer(handle)
  undo.push(server.close)
  return { server, client: clientOf(server.url, options) }
}

function clientOf(endpoint: string, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({ endpoint, ...APP, ...options })
  undo.push(client.close)
  return client
}

const failureOf = async (promise: Promise<unknown>): Promise<AppError> => {
  const error = await promise.then(
    () => undefined,
    error => error,
  )
  expect(error).toBeInstanceOf(AppError)
  return error
}

const text = (content = 'hello') => ({
  version: 1 as const,
  target_type: 'group' as const,
  target_id: '10001',
  from_type: 'admin' as const,
  from_id: 'robot',
  msg_type: 'text' as const,
  msg_body: { text: content },
})

test('every endpoint is a typed method under its id', async () => {
  const { client, server } = await serving(({ answer }) => json(answer, 201, { msg_id: 7, msg_ctime: 9 }))
  const receipt = await client.messages.send({ body: text() })
  expectTypeOf(receipt).toEqualTypeOf<SendReceipt>()
  // @ts-expect-error: a body is needed
  await failureOf(client.messages.send({}))
  expect(receipt).toEqual({ msg_id: 7, msg_ctime: 9 })
  expect(await client.call('messages.send', { body: text() })).toEqual(receipt)
  const [request] = server.requests
  expect([request?.method, request?.path]).toEqual(['POST', '/v1/messages'])
  expect(request?.headers.authorization).toBe(`Basic ${btoa(`${APP.appKey}:${APP.masterSecret}`)}`)
  expect(JSON.parse(request!.body)).toEqual(text())
})

test.each([
  [401, 899008, Unauthorized, 'api.unauthorized', 'never'],
  [403, 899002, NotFound, 'api.not-found', 'never'],
  [403, 855003, NotFound, 'api.not-found', 'never'],
  [403, 899045, NotFound, 'api.not-found', 'never'],
  [403, 899071, ApiError, 'api.refused', 'never'],
  [403, 855001, RetractTooLate, 'api.retract-too-late', 'never'],
  [400, 899003, InvalidRequest, 'api.invalid', 'never'],
  [403, 803012, ApiError, 'api.refused', 'never'],
  [429, 2002, RateLimited, 'api.rate-limited', 'later'],
  [500, 899000, ServerFault, 'api.fault', 'unsure'],
  [503, 899030, ServerFault, 'api.fault', 'unsure'],
] as const)('HTTP %i with code %i is its own class of error', async (status, jmCode, type, code, retry) => {
  const { client } = await serving(({ answer }) =>
    json(answer, status, { error: { code: jmCode, message: 'the reason' } }),
  )
  const error = (await failureOf(client.messages.retract({ username: 'robot', msgid: 1 }))) as ApiError
  expect(error.constructor).toBe(type)
  expect({ ...error }).toMatchObject({ status, jmCode, code, retry, endpoint: 'messages.retract' })
  expect(error.message).toContain('the reason')
})

test.each([
  [403, { error: { code: 899071, message: 'friend not exist' } }, 'Add the user as a friend first.'],
  [429, {}, 'Wait for the next one-minute window, or raise the quota of the appKey.'],
  [502, undefined, 'Try again later.'],
  [401, {}, 'Check the masterSecret.'],
  [403, {}, undefined],
])('a refusal with HTTP %i and %j says what to do, where it is known', async (status, body, hint) => {
  const { client } = await serving(({ answer }) => json(answer, status, body))
  expect((await failureOf(client.messages.send({ body: text() }))).hint).toBe(hint)
})

test.each([
  [{ 'retry-after': '7' }, 7000],
  [{ 'x-rate-limit-reset': '12' }, 12_000],
  [{ 'retry-after': 'soon' }, 1000],
  [{ 'retry-after': '-5' }, 1000],
  [{ 'retry-after': '999999999' }, 3_600_000],
  [{}, 1000],
])('a full quota with %o says to wait %i ms', async (headers, waitMs) => {
  const { client } = await serving(({ answer }) => json(answer, 429, {}, headers))
  const error = (await failureOf(client.messages.send({ body: text() }))) as RateLimited
  expect(error.retryAfterMs).toBe(waitMs)
})

test('arguments are checked before anything is sent, and the message names the field', async () => {
  const { client, server } = await serving(({ answer }) => json(answer, 200, {}))
  const wrong = { ...text(), msg_body: { text: '' } }
  expect((await failureOf(client.messages.send({ body: wrong }))).message).toContain('msg_body.text must be')
  expect((await failureOf(client.users.get({ username: '../x' }))).message).toContain('username must be')
  expect((await failureOf(client.groups.get({ gid: 0 }))).message).toMatch(
    /groups.get: parameter invalid: gid is/,
  )
  const noFile = client.resource.upload({ type: 'image' } as never)
  expect((await failureOf(noFile)).message).toContain('file is required')
  expect(server.requests).toEqual([])
})

test('paths and queries are encoded', async () => {
  const { client, server } = await serving(({ answer }) => json(answer, 200, { url: 'x' }))
  await client.users.get({ username: 'a@b.c' })
  await client.resource.download({ mediaId: 'qiniu/image/a b+c&d=é' })
  expect(server.requests.map(({ path }) => path)).toEqual([
    '/v1/users/a%40b.c',
    '/v1/resource?mediaId=qiniu%2Fimage%2Fa%20b%2Bc%26d%3D%C3%A9',
  ])
})

test('a file travels as a form, with its bytes as they are and its name made harmless', async () => {
  const { client, server } = await serving(({ answer }) =>
    json(answer, 200, { media_id: 'm', media_crc32: 1, fsize: 2 }),
  )
  await client.resource.upload({ type: 'file', file: { bytes: Buffer.from('a\r\nb'), name: 'x"\r\ny.txt' } })
  const { headers, body } = server.requests[0]!
  const boundary = /boundary=(\S+)/.exec(headers['content-type']!)![1]
  expect(body).toBe(
    `--${boundary}\r\nContent-Disposition: form-data; name="filename"; filename="x___y.txt"\r\nContent-Type: application/octet-stream\r\n\r\na\r\nb\r\n--${boundary}--\r\n`,
  )
})

test('a GET whose answer is lost is asked again, a POST is not', async () => {
  let lost = 0
  const { client, server } = await serving(({ socket, answer, method }) => {
    if (method === 'POST' || ++lost < 3) socket.destroy()
    else json(answer, 200, { url: 'here' })
  })
  expect(await client.resource.download({ mediaId: 'm' })).toEqual({ url: 'here' })
  const error = (await failureOf(client.messages.send({ body: text() }))) as TransportError
  expect([error.phase, error.retry]).toEqual(['after', 'unsure'])
  expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET', 'POST'])
})

test('a refused connection leaves nothing in doubt', async () => {
  const client = clientOf(`http://127.0.0.1:${await freePort()}`)
  const error = (await failureOf(client.messages.send({ body: text() }))) as TransportError
  expect(error).toBeInstanceOf(TransportError)
  expect([error.phase, error.retry]).toEqual(['before', 'later'])
  expect(error.message).toMatch(/127\.0\.0\.1:\d+ does not answer \(ECONNREFUSED\)/)
})

test('a request that is not answered in time is in doubt', async () => {
  const { client, server } = await serving(() => {}, { timeoutMs: 150 })
  const error = (await failureOf(client.messages.send({ body: text() }))) as TransportError
  expect([error.phase, server.requests.length]).toEqual(['after', 1])
})

test('an answer that stops half-way is in doubt', async () => {
  const { client } = await serving(({ answer }) => {
    answer.writeHead(201, { 'content-length': '100' })
    answer.write('{"msg_id":')
    setTimeout(() => answer.destroy(), 20)
  })
  const error = (await failureOf(client.messages.send({ body: text() }))) as TransportError
  expect([error.constructor, error.phase]).toEqual([TransportError, 'after'])
})

test.each(['<html>welcome to the hotel</html>', '', '42', 'null', '"ok"', '{"msg_id":'])(
  'the answer %j is none of JMessage',
  async garbage => {
    const { client } = await serving(({ answer }) => answer.writeHead(201).end(garbage))
    const error = (await failureOf(client.messages.send({ body: text() }))) as TransportError
    expect([error.constructor, error.phase]).toEqual([TransportError, 'after'])
  },
)

test.each([
  [502, '<html>bad gateway</html>', ServerFault],
  [404, 'nope', ApiError],
  [302, '', ApiError],
  [403, '{"error":"text"}', ApiError],
  [403, '[]', ApiError],
  [403, '{"error":{"code":"x","message":{"a":1}}}', ApiError],
] as const)('a refusal HTTP %i with the body %j is an error without a code', async (status, body, type) => {
  const { client } = await serving(({ answer }) => answer.writeHead(status).end(body))
  const error = (await failureOf(client.messages.send({ body: text() }))) as ApiError
  expect([error.constructor, error.status, error.jmCode]).toEqual([type, status, 0])
})

test('a batch registration answers with each result, also when all failed', async () => {
  const results = [{ username: 'carol', error: { code: 899001, message: 'User exist' } }]
  const { client } = await serving(({ answer }) => json(answer, 403, results))
  expect(await client.users.register({ body: [{ username: 'carol', password: 'secret' }] })).toEqual(results)
})

test('an endless answer is cut off', async () => {
  const chunk = Buffer.alloc(1024 * 1024, 'x')
  const { client } = await serving(({ answer }) => {
    answer.writeHead(201)
    const more = () => {
      while (!answer.destroyed && answer.write(chunk));
      if (!answer.destroyed) answer.once('drain', more)
    }
    more()
  })
  const error = (await failureOf(client.messages.send({ body: text() }))) as TransportError
  expect(error).toBeInstanceOf(TransportError)
  expect(error.message).toContain('ANSWER_TOO_LARGE')
})

test('the history is asked where the report API is', async () => {
  const report = await fakeServer(({ answer }) => json(answer, 200, { total: 0, count: 0, messages: [] }))
  undo.push(report.close)
  const { client, server } = await serving(({ answer }) => json(answer, 200, { url: 'x' }), {
    reportEndpoint: report.url,
  })
  await client.report.messages.list({ cursor: 'c' })
  await client.resource.download({ mediaId: 'm' })
  expect(report.requests.map(({ path }) => path)).toEqual(['/v2/messages?cursor=c'])
  expect(server.requests.map(({ path }) => path)).toEqual(['/v1/resource?mediaId=m'])
})

test('errors hold neither the master secret nor what was said', async () => {
  const { client } = await serving(({ socket, answer, path }) =>
    path.startsWith('/v1/messages') ? socket.destroy() : json(answer, 500, {}),
  )
  for (const call of [
    client.messages.send({ body: text('for your eyes') }),
    client.users.get({ username: 'robot' }),
  ]) {
    const error = await failureOf(call)
    const shown = `${error.stack} ${JSON.stringify(error)} ${String(error.cause)} ${JSON.stringify(error.cause)}`
    for (const secret of [APP.masterSecret, btoa(`${APP.appKey}:${APP.masterSecret}`), 'for your eyes'])
      expect(shown).not.toContain(secret)
  }
})

test('a server in this process is called without a socket', async () => {
  const seen: unknown[] = []
  const transport = fetchTransport(async request => {
    const { pathname } = new URL(request.url)
    seen.push([request.method, pathname, request.headers.get('authorization')?.slice(0, 6)])
    if (request.method === 'GET') throw new Error('crashed')
    return Response.json(
      { error: { code: 2002, message: 'full' } },
      { status: 429, headers: { 'retry-after': '3' } },
    )
  })
  const client = clientOf('http://nowhere', { transport })
  expect(await failureOf(client.messages.send({ body: text() }))).toMatchObject({ retryAfterMs: 3000 })
  expect(await failureOf(client.users.get({ username: 'robot' }))).toBeInstanceOf(TransportError)
  expect(seen.length).toBe(4)
  expect(seen[0]).toEqual(['POST', '/v1/messages', 'Basic '])
})

test('after close calls fail as calls that got no answer do', async () => {
  const { client } = await serving(({ answer }) => json(answer, 200, { url: 'x' }))
  await client.close()
  expect(await failureOf(client.messages.send({ body: text() }))).toBeInstanceOf(TransportError)
})
