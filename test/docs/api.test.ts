import { beforeAll, describe, expect, test } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import { type Endpoint, endpoints } from '../../src/protocol/index.ts'
import { openApi } from '../../src/server/documents/openapi.ts'
import { read } from './markdown.ts'

const all = Object.values(endpoints) as readonly Endpoint[]

interface Script {
  apiPage(document: object): string
  coveragePage(
    endpoints: object,
    client: object,
  ): { readonly page: string; readonly holes: readonly string[] }
}

describe('what `npm run docs` writes', () => {
  let script: Script
  const client = createClient({ endpoint: 'http://127.0.0.1', appKey: '', masterSecret: '' })

  beforeAll(async () => {
    script = await import(new URL('../../scripts/docs.mjs', import.meta.url).href)
    return () => client.close()
  })

  test('is in docs/api.md as the protocol has it now', () => {
    expect(read('docs/api.md')).toBe(script.apiPage(JSON.parse(JSON.stringify(openApi()))))
  })

  test('is in docs/coverage.md as things are now', () => {
    expect(read('docs/coverage.md')).toBe(script.coveragePage(endpoints, client).page)
  })

  test('has a handler, a method and a test for every endpoint', () => {
    expect(script.coveragePage(endpoints, client).holes).toEqual([])
  })

  test('finds what is missing', () => {
    const { page, holes } = script.coveragePage({ 'users.fly': {} }, client)
    expect(holes).toEqual(['users.fly has no handler', 'users.fly has no method', 'users.fly has no test'])
    expect(page).toContain('| [users.fly](api.md#usersfly) | **none** | **none** | **none** |')
  })
})

test.each(all.map(endpoint => [endpoint.id, endpoint] as const))('docs/api.md has %s', (id, endpoint) => {
  const document = read('docs/api.md')
  const start = document.indexOf(`\n### ${id}\n`)
  const part = document.slice(start, document.indexOf('\n### ', start + 1))
  const path = endpoint.path.replace(/:(\w+)/g, '{$1}').replace(/\/$/, '')
  expect(part).toContain(`\n${endpoint.title}.\n\n\`${endpoint.method} ${path}\`\n`)
  for (const code of endpoint.errors) expect(part).toContain(` ${code} `)
  for (const alias of endpoint.aliases ?? []) expect(part).toContain(alias)
})
