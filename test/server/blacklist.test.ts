import { expect, test } from 'vitest'
import { refusal, world } from './world.ts'

const path = '/v1/users/alice/blacklist'

async function people() {
  const w = await world()
  await w.users('alice', 'bob1', 'carl')
  await w.admin('admin1')
  return w
}

test('adds, lists and removes', async () => {
  const w = await people()
  expect((await w.call('PUT', path, ['bob1', 'carl'])).status).toBe(204)
  const names = (await w.call('GET', path)).body.map((user: { username: string }) => user.username)
  expect(names).toEqual(['bob1', 'carl'])
  expect((await w.call('DELETE', path, ['bob1'])).status).toBe(204)
  expect((await w.call('GET', path)).body).toHaveLength(1)
})

test.each([
  ['a stranger', ['bob1', 'nobody'], [403, 899002]],
  ['an admin', ['bob1', 'admin1'], [403, 899018]],
  ['itself', ['bob1', 'alice'], [400, 899003]],
  ['someone listed', ['bob1', 'carl'], [403, 899017]],
  ['nobody', [], [400, 899003]],
  ['no list', {}, [400, 899003]],
  ['too many', Array.from({ length: 501 }, (_, i) => `user${i}`), [400, 899003]],
])('refuses %s, and adds none', async (_, body, expected) => {
  const w = await people()
  await w.call('PUT', path, ['carl'])
  expect(refusal(await w.call('PUT', path, body))).toEqual(expected)
  expect((await w.call('GET', path)).body).toHaveLength(1)
})

test('refuses to remove someone who is not listed, and removes none', async () => {
  const w = await people()
  await w.call('PUT', path, ['bob1'])
  expect(refusal(await w.call('DELETE', path, ['bob1', 'carl']))).toEqual([403, 899019])
  expect((await w.call('GET', path)).body).toHaveLength(1)
})
