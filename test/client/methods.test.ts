import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import * as protocol from '../../src/protocol/index.ts'

const file = (path: string) => new URL(`../../${path}`, import.meta.url)
const generated = readFileSync(file('src/client/methods.ts'), 'utf8')
const all = Object.values(protocol.endpoints) as protocol.Endpoint[]

test('the methods are those that `npm run generate` makes of the protocol', async () => {
  const { render } = await import(file('scripts/generate-client.mjs').href)
  expect(render(protocol)).toBe(generated)
})

/** The comment on the method of an endpoint, without its stars. */
const commentOn = (id: string): string => {
  const end = generated.indexOf(`: Method<'${id}'>`)
  return generated.slice(generated.lastIndexOf('/**', end), end).replace(/^ *\* ?/gm, '')
}

test.each(all)('$id says what it does, what it refuses and where it stands', endpoint => {
  const comment = commentOn(endpoint.id)
  expect(comment).toContain(`${endpoint.title}.\n\n\`${endpoint.method} ${endpoint.path}\`\n`)
  for (const code of endpoint.errors)
    expect(comment).toContain(`- ${code} ${protocol.errorCodes[code].message}\n`)
  expect(comment).toContain(`@see "${endpoint.section}"`)
  if (endpoint.notes) expect(comment).toContain(endpoint.notes)
})

test('limits are told where they are', () => {
  expect(commentOn('users.list')).toContain('- `count`: page size; default 500; 1 to 500\n')
  expect(commentOn('users.update')).toContain('- `body.nickname`: 0 to 64 bytes\n')
  expect(commentOn('admins.register')).toContain('- `body[].password`: 4 to 128 bytes\n')
  expect(commentOn('messages.send')).toContain('- `body.msg_body`: at most 4096 bytes of JSON\n')
  expect(commentOn('chatrooms.create')).toContain('- `body.members_username`: at most 3000 items\n')
  expect(commentOn('sensitivewords.update')).toContain('- `body.new_word`: 1 to 10 characters\n')
})

test('every endpoint is a method; those with pages have each, those with batches have many', () => {
  const app = { appKey: 'a'.repeat(24), masterSecret: 'b'.repeat(24) }
  const transport = { send: () => Promise.reject(new Error('nothing is sent')), close: async () => {} }
  const client = createClient({ endpoint: 'http://nowhere', ...app, transport })
  const wrong = all.filter(({ id, paged, batch }) => {
    const method = id.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], client)
    const { each, pages, many } = method as Record<string, unknown>
    const has = [method, ...(paged ? [each, pages] : []), ...(batch ? [many] : [])]
    const hasNot = [...(paged ? [] : [each, pages]), ...(batch ? [] : [many])]
    return has.some(one => typeof one !== 'function') || hasNot.some(one => one !== undefined)
  })
  expect(wrong).toEqual([])
})
