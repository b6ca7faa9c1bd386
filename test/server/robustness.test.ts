import * as fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { type Endpoint, endpoints } from '../../src/protocol/index.ts'
import { startServer } from '../../src/server/index.ts'
import { APP, basic } from './world.ts'

const words = fc.oneof(
  fc.constantFrom(
    'alice',
    'admin1',
    '10000001',
    '20000001',
    'single',
    'group',
    'chatroom',
    'text',
    '',
    '0',
    '\u0000',
    '\ud800',
    '../x',
    '%',
    '信',
    'x'.repeat(300),
  ),
  fc.string({ unit: 'binary' }),
)
const keys = fc.constantFrom(
  'username',
  'password',
  'nickname',
  'version',
  'target_type',
  'target_id',
  'target_appkey',
  'from_type',
  'from_id',
  'from_name',
  'msg_type',
  'msg_body',
  'text',
  'extras',
  'notification',
  'owner_username',
  'name',
  'members_username',
  'add',
  'remove',
  'single',
  'group',
  'global',
  'flag',
  '__proto__',
  'constructor',
  'toString',
)
const { value } = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom<unknown>(null, true, 0, 1, -1, 1.5, 1e300, 2 ** 53, 10000001, [], {}),
    words,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 8 }),
  ),
}))
const asked = fc.record({
  endpoint: fc.constantFrom(...(Object.values(endpoints) as Endpoint[])),
  names: fc.array(words, { minLength: 3, maxLength: 3 }),
  query: fc.dictionary(
    fc.constantFrom(
      'start',
      'count',
      'status',
      'disable',
      'type',
      'mediaId',
      'cursor',
      'begin_time',
      'end_time',
    ),
    words,
  ),
  body: value,
})

test('nothing that is sent makes the server fail', async () => {
  const failures: unknown[] = []
  const log = (...line: unknown[]) => failures.push(line)
  const server = await startServer({ listen: undefined, data: ':memory:', apps: [APP], sandbox: true, log })
  onTestFinished(() => server.close())
  const headers = { authorization: basic(APP) }
  const send = (method: string, path: string, body?: unknown) => {
    const init = method === 'GET' ? { headers } : { method, headers, body: JSON.stringify(body) ?? '' }
    return server.fetch(new Request(`http://localhost${path}`, init))
  }
  await send('POST', '/v1/users', [{ username: 'alice', password: 'secret' }])
  await send('POST', '/v1/admins', { username: 'admin1', password: 'secret' })
  await send('POST', '/v1/groups', { owner_username: 'alice', name: 'g' })
  await send('POST', '/v1/chatroom', { owner_username: 'alice', name: 'r' })

  await fc.assert(
    fc.asyncProperty(asked, async ({ endpoint, names, query, body }) => {
      let next = 0
      const path = endpoint.path.replace(/:\w+/g, () =>
        encodeURIComponent((names[next++] ?? '').toString().replace(/[\ud800-\udfff]/g, '')),
      )
      const answer = await send(endpoint.method, `${path}?${new URLSearchParams(query)}`, body)
      const text = await answer.text()
      expect(answer.status, text).toBeLessThan(500)
      if (answer.status >= 400) {
        const said = JSON.parse(text)
        if (!Array.isArray(said))
          expect(said.error).toEqual({ code: expect.any(Number), message: expect.any(String) })
      }
    }),
    { numRuns: 3000 },
  )
  expect(failures).toEqual([])
}, 60_000)

test('gives back every text without NUL as it came', async () => {
  const server = await startServer({ listen: undefined, data: ':memory:', apps: [APP] })
  onTestFinished(() => server.close())
  const headers = { authorization: basic(APP) }
  const at = 'http://localhost/v1/users'
  await server.fetch(
    new Request(at, { method: 'POST', headers, body: '[{"username":"alice","password":"secret"}]' }),
  )
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), async signature => {
      const body = JSON.stringify({ signature, extras: { k: signature } })
      const refused = signature.includes('\0')
      const set = await server.fetch(new Request(`${at}/alice`, { method: 'PUT', headers, body }))
      expect(set.status).toBe(refused ? 400 : 204)
      if (refused) return
      const shown = (await (await server.fetch(new Request(`${at}/alice`, { headers }))).json()) as {
        signature: string
        extras: { k: string }
      }
      expect([shown.signature, shown.extras.k]).toEqual([signature, signature])
    }),
    { numRuns: 300 },
  )
})
