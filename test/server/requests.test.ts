import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { capturedLog, type LogLine } from '../../src/testing/captured-log.ts'
import { APP, basic, refusal, world } from './world.ts'

const headers = { authorization: basic(APP) }

test.each(['/v1/users', '/v1/users/', '//v1//users///', '/v1/users?start=0', '/v1/users/?count=1'])(
  'takes %s for the list of users',
  async path => {
    const w = await world()
    expect((await w.call('GET', path)).status).toBe(200)
  },
)

test('answers JSON as UTF-8, and nothing after 204', async () => {
  const w = await world()
  await w.users('alice')
  const list = await w.call('GET', '/v1/users')
  expect(list.headers.get('content-type')).toBe('application/json; charset=utf-8')
  const changed = await w.call('PUT', '/v1/users/alice', { nickname: 'A' })
  expect([changed.status, changed.body]).toEqual([204, ''])
})

test('tells an unknown path from a wrong method', async () => {
  const w = await world()
  expect(await w.call('GET', '/v1/nothing')).toMatchObject({
    status: 404,
    body: { error: { code: 404, message: 'not found' } },
  })
  expect(await w.call('PATCH', '/v1/users/alice')).toMatchObject({
    status: 405,
    body: { error: { code: 405, message: 'method not allowed' } },
  })
  expect(refusal(await w.call('PUT', '/v1/users/alice/nodisturb', {}))).toEqual([405, 405])
  expect(refusal(await w.call('GET', '/v1/Users'))).toEqual([404, 404])
})

test.each(['application/json;charset:utf-8', 'text/plain', 'application/x-www-form-urlencoded', 'x'])(
  'reads a body of type %s as JSON',
  async type => {
    const w = await world()
    const body = JSON.stringify([{ username: 'alice', password: 'secret' }])
    const init = { method: 'POST', headers: { ...headers, 'content-type': type }, body }
    expect((await w.raw('/v1/users', init)).status).toBe(201)
  },
)

test('ignores a body where none is due', async () => {
  const w = await world()
  await w.users('alice')
  const init = { method: 'DELETE', headers, body: '{"half' }
  expect((await w.raw('/v1/users/alice', init)).status).toBe(204)
})

test.each([
  ['not JSON', '{"a":'],
  ['nothing', ''],
  ['not UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])],
  ['a number', '7'],
  ['null', 'null'],
])('refuses a body that is %s', async (_, body) => {
  const w = await world()
  const answer = await w.raw('/v1/users', { method: 'POST', headers, body })
  expect(refusal(answer)).toEqual([400, 899003])
  expect(answer.body.error.message).toMatch(/^parameter invalid: /)
})

test('takes null for absent, and [] for an empty object', async () => {
  const w = await world()
  const alice = { username: 'alice', password: 'secret', nickname: null, gender: null, extras: [] }
  expect((await w.call('POST', '/v1/users', [alice])).status).toBe(201)
  expect(Object.keys((await w.call('GET', '/v1/users/alice')).body)).toEqual([
    'username',
    'appkey',
    'mtime',
    'ctime',
  ])
  const dnd = await w.call('POST', '/v1/users/alice/nodisturb', { single: [], global: 1 })
  expect(dnd.status).toBe(204)
})

test.each([1_048_576, 1_048_577])('measures a body of %d bytes, declared or in chunks', async size => {
  const w = await world()
  const small = JSON.stringify([{ username: 'alice', password: 'secret', more: '' }])
  const body = small.replace('""', `"${'x'.repeat(size - small.length)}"`)
  const fits = size <= 1_048_576
  const declared = await w.raw('/v1/users', { method: 'POST', headers, body })
  expect(declared.status).toBe(fits ? 201 : 400)
  const stream = new Blob([body]).stream()
  const init = { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit
  const chunked = await w.raw('/v1/users', init)
  expect(refusal(chunked)).toEqual(fits ? [403, undefined] : [400, 899003])
})

test.each(['%zz', '%', '%ff%fe', 'a%2Fb', '%00', '..%2f..'])('refuses the username %s', async name => {
  const w = await world()
  expect(refusal(await w.call('GET', `/v1/users/${name}`))).toEqual([400, 899003])
})

test('decodes names in paths', async () => {
  const w = await world()
  await w.users('alice@example.com')
  expect((await w.call('GET', '/v1/users/alice%40example%2Ecom')).status).toBe(200)
})

test.each([
  'GET /\\ HTTP/1.1\r\nHost: x\r\n',
  'GET http://[/ HTTP/1.1\r\nHost: x\r\n',
  'GET /v1/users HTTP/1.1\r\nHost: a b\r\n',
  'GET /v1/users?%=%&&==&start=%zz HTTP/1.1\r\nHost: x\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: x\r\n',
  'BREW /v1/users HTTP/1.1\r\nHost: x\r\n',
  'GET /v1/users HTTP/1.1\r\n',
  `GET /${'v1/'.repeat(10_000)} HTTP/1.1\r\nHost: x\r\n`,
])('answers the odd request %#', async head => {
  const w = await world()
  const line = await firstLine(Number(new URL(w.server.url).port), `${head}Connection: close\r\n\r\n`)
  expect(line).toMatch(/^HTTP\/1\.1 4\d\d /)
})

function firstLine(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    socket.on('data', chunk => {
      text += chunk
    })
    socket.on('close', () => resolve(text.split('\r\n')[0] as string))
    socket.on('error', reject)
  })
}

test('names the field and what it must be', async () => {
  const w = await world()
  const { body } = await w.call('GET', '/v1/users?count=501')
  expect(body.error.message).toBe('parameter invalid: count must be an integer from 1 to 500')
})

test('keeps passwords and secrets out of log and database', async () => {
  const lines: LogLine[] = []
  const w = await world({ log: capturedLog(lines) })
  await w.users('alice')
  const shown = JSON.stringify((await w.call('GET', '/v1/users/alice')).body) + JSON.stringify(lines)
  expect(shown).not.toContain('secret')
  expect(shown).not.toContain(createHash('md5').update('secret').digest('hex'))
})
