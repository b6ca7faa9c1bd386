import { expect, test } from 'vitest'
import { OTHER, refusal, world } from './world.ts'

const path = '/v1/users/alice/nodisturb'

async function people() {
  const w = await world()
  await w.users('alice', 'bob1', 'carl')
  return { w, mine: await w.group('alice'), foreign: await w.group('bob1') }
}

test('sets and clears all three kinds at once', async () => {
  const { w, mine } = await people()
  const set = { single: { add: ['bob1'] }, group: { add: [String(mine)] }, global: 1 }
  expect((await w.call('POST', path, set)).status).toBe(204)
  const clear = { single: { remove: ['bob1'] }, group: { remove: [mine] }, global: 0 }
  expect((await w.call('POST', path, clear)).status).toBe(204)
  expect((await w.call('POST', path, set)).status).toBe(204)
})

test('refuses what is set already or is not, and changes nothing then', async () => {
  const { w, mine, foreign } = await people()
  await w.call('POST', path, { single: { add: ['bob1'] }, group: { add: [mine] }, global: 1 })
  const cases: [object, number][] = [
    [{ single: { add: ['nobody'] } }, 899002],
    [{ single: { remove: ['nobody'] } }, 899002],
    [{ single: { add: ['bob1'] } }, 899043],
    [{ single: { remove: ['carl'] } }, 899044],
    [{ group: { add: [999] } }, 899051],
    [{ group: { remove: [999] } }, 899051],
    [{ group: { add: [foreign] } }, 899046],
    [{ group: { add: [mine] } }, 899047],
    [{ global: 1 }, 899048],
    [{ single: { add: ['carl'] }, global: 1 }, 899048],
  ]
  for (const [body, code] of cases) expect(refusal(await w.call('POST', path, body))).toEqual([403, code])
  // carl of the last case was not added.
  expect((await w.call('POST', path, { single: { add: ['carl'] } })).status).toBe(204)
})

test('refuses to clear what was never set', async () => {
  const { w, mine } = await people()
  expect(refusal(await w.call('POST', path, { group: { remove: [mine] } }))).toEqual([403, 899049])
  expect(refusal(await w.call('POST', path, { global: 0 }))).toEqual([403, 899050])
})

test.each([{}, { global: 2 }, { single: 'bob1' }, { group: { add: ['x'] } }])('refuses %j', async body => {
  const { w } = await people()
  expect(refusal(await w.call('POST', path, body))).toEqual([400, 899003])
})

test('does not know groups of another app', async () => {
  const { w } = await people()
  await w.callAs(OTHER, 'POST', '/v1/users', [{ username: 'dora', password: 'secret' }])
  const theirs = await w.callAs(OTHER, 'POST', '/v1/groups', { owner_username: 'dora', name: 'g' })
  const answer = await w.call('POST', path, { group: { add: [theirs.body.gid] } })
  expect(refusal(answer)).toEqual([403, 899051])
})
