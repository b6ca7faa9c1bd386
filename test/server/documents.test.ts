import { expect, test } from 'vitest'
import { openApi } from '../../src/server/documents/openapi.ts'
import { refusal, world } from './world.ts'

test('serves the OpenAPI document to whoever asks', async () => {
  const w = await world({ sandbox: false })
  const { status, body, headers } = await w.raw('/openapi.json')
  expect(status).toBe(200)
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(body).toEqual(JSON.parse(JSON.stringify(openApi())))
})

test.each(['/openapi.json', '/docs', '/docs/main.js', '/docs/style.css'])(
  'sends %s only to those who do not have it yet',
  async path => {
    const w = await world()
    const first = await w.raw(path)
    const etag = first.headers.get('etag')!
    expect(first.headers.get('cache-control')).toBe('no-cache')
    const again = await w.raw(path, { headers: { 'if-none-match': `"other", W/${etag}` } })
    expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', etag])
    expect((await w.raw(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
    const head = await fetch(w.server.url + path, { method: 'HEAD' })
    expect([head.status, await head.text(), head.headers.get('etag')]).toEqual([200, '', etag])
    expect(refusal(await w.raw(path, { method: 'POST' }))).toEqual([405, 405])
  },
)

test('serves the reference with all that it asks for, from here only', async () => {
  const w = await world()
  const seen = new Map<string, string>()
  const visit = async (path: string): Promise<void> => {
    if (seen.has(path)) return
    const { status, body, headers } = await w.raw(path)
    expect([path, status, headers.get('x-content-type-options')]).toEqual([path, 200, 'nosniff'])
    seen.set(path, typeof body === 'string' ? body : '')
    const found = [...seen.get(path)!.matchAll(/(?:src|href|from)[= ]["']([^"'#]+)["']/g)].map(
      match => match[1]!,
    )
    for (const other of found) await visit(new URL(other, `http://here${path}`).pathname)
  }
  await visit('/docs')
  expect([...seen.keys()].sort()).toEqual([
    '/docs',
    '/docs/attempt.js',
    '/docs/dom.js',
    '/docs/entry.js',
    '/docs/main.js',
    '/docs/schema.js',
    '/docs/style.css',
    '/openapi.json',
  ])
  for (const [path, text] of seen) expect([path, /https?:/.test(text)]).toEqual([path, false])
})

test('lets nothing else run in the reference, nothing frame it, and no form leave it', async () => {
  const w = await world()
  const policy = (await w.raw('/docs')).headers.get('content-security-policy')!
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ])
})

test('keeps to the files of the reference', async () => {
  const w = await world()
  for (const path of ['/docs/page.html', '/docs/../start.ts', '/docs/%2e%2e%2fstart.ts', '/docs/none.js'])
    expect(refusal(await w.raw(path))).toEqual([404, 404])
})
