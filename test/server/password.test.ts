import { scryptSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { inbox } from './inbox-reader.ts'
import { openWorld } from './tables.ts'
import { refusal, world } from './world.ts'

const path = '/v1/users/alice/password'

/** Whether a stored hash is of this password. */
function fits(stored: unknown, password: string): boolean {
  const [, n, r, salt = '', key] = String(stored).split('$')
  const derived = scryptSync(password, Buffer.from(salt, 'base64'), 32, { N: Number(n), r: Number(r), p: 1 })
  return derived.toString('base64') === key
}

test('keeps a hash of the new password in place of the old one', async () => {
  const { w, rows } = await openWorld()
  await w.users('alice', 'bob1')
  const changed = await w.call('PUT', path, { new_password: '信信 654321' })
  expect([changed.status, changed.body]).toEqual([204, ''])
  const [alice, bob] = (await rows('select password from im_user order by id')).map(row => row.password)
  expect([fits(alice, '信信 654321'), fits(alice, 'secret'), fits(bob, 'secret')]).toEqual([
    true,
    false,
    true,
  ])
})

test('counts as a change of the user, who is told', async () => {
  const w = await world()
  await w.users('alice')
  const alice = await inbox(w, 'alice')
  await w.clock.advance(1000)
  await w.call('PUT', path, { new_password: '654321' })
  expect(await alice.named()).toEqual(['event', { event_type: 2, ctime: w.clock.now() }])
  const { body } = await w.call('GET', '/v1/users/alice')
  expect([body.ctime, body.mtime]).toEqual(['2026-01-01 08:00:00', '2026-01-01 08:00:01'])
})

test('takes 4 to 128 bytes, and repeats no password in a refusal', async () => {
  const w = await world()
  await w.users('alice')
  const wide = (bytes: number) => '信'.repeat(Math.floor(bytes / 3)) + 'x'.repeat(bytes % 3)
  for (const bytes of [4, 128])
    expect((await w.call('PUT', path, { new_password: wide(bytes) })).status).toBe(204)
  for (const new_password of [wide(3), wide(129), `nul\0word`, 654321, null, undefined]) {
    const answer = await w.call('PUT', path, { new_password })
    expect(refusal(answer)).toEqual([400, 899003])
    expect(answer.body.error.message).toContain('new_password')
    expect(answer.body.error.message).not.toContain(new_password ?? 'secret')
  }
  expect(refusal(await w.call('PUT', path, ['654321']))).toEqual([400, 899003])
})

test('knows no such user', async () => {
  const w = await world()
  const answer = await w.call('PUT', '/v1/users/nobody/password', { new_password: '654321' })
  expect(refusal(answer)).toEqual([403, 899002])
})
