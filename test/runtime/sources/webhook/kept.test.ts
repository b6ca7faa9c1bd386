import { expect, test } from 'vitest'
import { definePlugin, type PluginContext, z } from '../../../../src/index.ts'
import { type World, world } from '../../../world.ts'

const worldWith = (setup: (ctx: PluginContext) => void): Promise<World> =>
  world({ plugins: [{ use: definePlugin({ name: 'taker', setup }) }] })

const PATH = '/hooks/bot/taker/take'
const open = { auth: 'none', dedupe: 'off' } as const

/** Calls the webhook with a body as it is. */
async function call(w: World, body: string | Uint8Array, type?: string, path = PATH) {
  const headers = { ...(type ? { 'content-type': type } : {}), 'x-github-event': 'push', 'x-other': 'no' }
  const response = await w.runtime.http.request(path, { method: 'POST', body: body as string, headers })
  await w.settled()
  return {
    status: response.status,
    json: (await response.json()) as { error?: { code: string; message: string } },
  }
}

test('a raw body is given as the bytes that came, also to a schema, and after a restart', async () => {
  const taken: Buffer[] = []
  let fails = true
  await using w = await worldWith(ctx => {
    const body = z.instanceof(Buffer).refine(bytes => bytes.length < 300, 'must be shorter')
    ctx.webhook(
      'take',
      { ...open, accept: 'raw', body, conversation: body => `${body.length}` },
      ({ body }) => {
        if (fails) throw new Error('not yet')
        taken.push(body)
      },
    )
  })
  const bytes = Uint8Array.from({ length: 256 }, (_, value) => value)
  const response = await w.runtime.http.request(PATH, { method: 'POST', body: bytes })
  expect(response.status).toBe(202)
  fails = false
  await w.restart()
  await w.settled()
  expect(Buffer.isBuffer(taken[0])).toBe(true)
  expect([...taken[0]!]).toEqual([...bytes])
  expect(await call(w, new Uint8Array(300))).toMatchObject({
    status: 400,
    json: { error: { message: expect.stringContaining('must be shorter') } },
  })
})

test('a text is given as a text, whatever it holds; one that is not UTF-8 is refused', async () => {
  const taken: string[] = []
  await using w = await worldWith(ctx => {
    ctx.webhook('take', { ...open, accept: 'text' }, ({ body }) => void taken.push(body.toUpperCase()))
  })
  expect((await call(w, '<a>é</a>', 'text/xml')).status).toBe(202)
  expect((await call(w, '{"a":1}', 'application/json')).status).toBe(202)
  expect(taken).toEqual(['<A>É</A>', '{"A":1}'])
  expect((await call(w, Uint8Array.of(0xb2, 0xbf))).status).toBe(400)
})

test.each<['json' | 'form' | undefined, string, string | undefined, number, string?]>([
  ['json', '{"a":1}', 'application/json; charset=utf-8', 202],
  ['json', '{"a":1}', 'application/vnd.api+json', 202],
  ['json', '{"a":1}', undefined, 202],
  ['json', '{"a":1}', 'application/x-www-form-urlencoded', 415, 'send application/json'],
  ['json', '', 'application/json', 400, 'the body is empty'],
  ['json', '{"a"', 'application/json', 400, 'must be JSON'],
  ['form', 'a=1&b=2', 'application/x-www-form-urlencoded', 202],
  ['form', '{"a":1}', 'application/json', 415, 'send application/x-www-form-urlencoded'],
  [undefined, '{"a":1}', 'application/x-www-form-urlencoded', 202],
  [undefined, '{"a":1}', 'image/png', 202],
  [
    undefined,
    '<a/>',
    'application/xml',
    415,
    'application/xml is not taken here; send application/json or application/x-www-form-urlencoded',
  ],
  [undefined, '<a/>', 'text/plain', 400, 'must be JSON'],
])('where %s is accepted, %j as %s is answered %i', async (accept, body, type, status, message = '') => {
  await using w = await worldWith(ctx => {
    ctx.webhook('take', { ...open, ...(accept ? { accept } : {}) }, () => {})
  })
  const { status: given, json } = await call(w, body, type)
  expect(given).toBe(status)
  expect(json.error?.message ?? '').toContain(message)
  if (status === 415) expect(json.error?.code).toBe('webhook.type')
})

test('headers and parameters that are named are kept with the event, and no others', async () => {
  const taken: unknown[] = []
  await using w = await worldWith(ctx => {
    const names = { headers: ['X-GitHub-Event', 'x-missing'], query: ['from', 'none'] } as const
    ctx.webhook('take', { ...open, ...names }, ({ headers, query, body }) => {
      taken.push([
        headers['x-github-event'],
        headers['x-missing'],
        query.from,
        query.none,
        headers,
        query,
        body,
      ])
    })
  })
  expect((await call(w, '{"a": 1}', 'application/json', `${PATH}?from=ci%20two&other=1`)).status).toBe(202)
  expect(taken).toEqual([
    ['push', undefined, 'ci two', undefined, { 'x-github-event': 'push' }, { from: 'ci two' }, { a: 1 }],
  ])
  const long = await call(w, '{}', undefined, `${PATH}?from=${'x'.repeat(4001)}`)
  expect(long).toMatchObject({
    status: 400,
    json: { error: { message: 'the parameter from is longer than 4000 characters' } },
  })
  expect(JSON.stringify(w.log)).not.toContain('xxxx')
})

test.each<[object, string]>([
  [{ headers: ['authorization'] }, "headers 'authorization' may hold a secret"],
  [{ headers: ['Cookie'] }, "'cookie' may hold a secret"],
  [{ headers: ['x-mine'] }, "'x-mine' may hold a secret"],
  [{ headers: ['x-hub-signature-256'] }, 'may hold a secret'],
  [{ query: ['access_token'] }, "query 'access_token' may hold a secret"],
  [{ headers: ['not a header'] }, 'must be the name of an HTTP header'],
  [{ query: Array.from({ length: 21 }, (_, at) => `a${at}`) }, 'query has more than 20 names'],
  [{ accept: 'xml' }, 'the webhook is wrong: accept'],
])('the setup fails with %j', async (options, message) => {
  const auth = { type: 'header', name: 'X-Mine', value: 'a secret of mine' } as const
  await expect(worldWith(ctx => ctx.webhook('take', { auth, ...options }, () => {}))).rejects.toThrow(message)
})

test('lists without names keep nothing', async () => {
  const taken: unknown[] = []
  await using w = await worldWith(ctx => {
    ctx.webhook(
      'take',
      { ...open, headers: [], query: [] },
      ({ body, event }) => void taken.push(body, event.data),
    )
  })
  expect((await call(w, '{"a":1}')).status).toBe(202)
  await w.restart()
  expect(taken).toEqual([{ a: 1 }, { name: 'take', body: { a: 1 } }])
})
