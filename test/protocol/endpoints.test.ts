import { expect, test } from 'vitest'
import { type Endpoint, endpoints, errorCodes } from '../../src/protocol/index.ts'

const all = Object.values(endpoints) as readonly Endpoint[]
const trimmed = (path: string) => path.replace(/\/$/, '').replace(/:\w+/g, ':x')

test('every endpoint is in the table under its own id', () => {
  expect(Object.entries(endpoints).filter(([id, endpoint]) => id !== endpoint.id)).toEqual([])
  expect(all.length).toBeGreaterThanOrEqual(34)
})

test('no two endpoints share a method and a path', () => {
  const routes = all.flatMap(endpoint =>
    [endpoint.path, ...(endpoint.aliases ?? [])].map(path => `${endpoint.method} ${trimmed(path)}`),
  )
  expect(routes.filter((route, i) => routes.indexOf(route) !== i)).toEqual([])
})

test.each(all.map(endpoint => [endpoint.id, endpoint] as const))('%s is whole', (_, endpoint) => {
  const names = [...endpoint.path.matchAll(/:(\w+)/g)].map(match => match[1])
  expect(Object.keys(endpoint.params.shape)).toEqual(names)
  for (const code of endpoint.errors) expect(errorCodes).toHaveProperty(String(code))
  if (endpoint.status === 204) expect(endpoint.response).toBeUndefined()
})
