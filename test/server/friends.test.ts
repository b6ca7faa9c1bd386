import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { inbox } from './inbox-reader.ts'
import { APP, ok, refusal, type World, world } from './world.ts'

const path = '/v1/users/alice/friends'

interface Friend {
  readonly username: string
  readonly note_name?: string
  readonly others?: string
}

async function people() {
  const w = await world()
  await w.users('alice', 'bob1', 'carl')
  return w
}

/** Names and notes of someone's friends. */
async function friendsOf(w: World, username: string): Promise<[string, string?, string?][]> {
  const { body } = ok(await w.call('GET', `/v1/users/${username}/friends`))
  return body.map(({ username, note_name, others }: Friend) => [username, note_name, others])
}

test('makes friends of both sides at once', async () => {
  const w = await people()
  await w.call('PUT', '/v1/users/bob1', { nickname: 'Bob', extras: { a: 1 } })
  const added = await w.call('POST', path, ['bob1', 'carl', 'bob1'])
  expect([added.status, added.body]).toEqual([201, ''])
  const times = { mtime: '2026-01-01 08:00:00', ctime: '2026-01-01 08:00:00', appkey: APP.appKey }
  expect((await w.call('GET', path)).body).toEqual([
    { username: 'bob1', nickname: 'Bob', extras: { a: 1 }, ...times },
    { username: 'carl', ...times },
  ])
  expect(await friendsOf(w, 'carl')).toEqual([['alice', undefined, undefined]])
})

test('makes a friend of an admin, and of someone blacklisted', async () => {
  const w = await people()
  await w.admin('admin1')
  await w.call('PUT', '/v1/users/bob1/blacklist', ['alice'])
  expect((await w.call('POST', path, ['admin1', 'bob1'])).status).toBe(201)
})

test('lists friends by the time they were made, then by name', async () => {
  const w = await people()
  await w.users('dora')
  await w.call('POST', '/v1/users/dora/friends', ['alice'])
  await w.clock.advance(1)
  await w.call('POST', path, ['carl', 'bob1'])
  expect((await friendsOf(w, 'alice')).map(([name]) => name)).toEqual(['dora', 'bob1', 'carl'])
})

test('keeps notes for the one who made them, changes only what is named, and clears what is empty', async () => {
  const w = await people()
  await w.call('POST', path, ['bob1'])
  const note = (notes: object) => w.call('PUT', path, [{ username: 'bob1', ...notes }])
  const noted = await note({ note_name: 'Bobby', others: 'two\nlines 😀' })
  expect([noted.status, noted.body]).toEqual([204, ''])
  expect(await friendsOf(w, 'alice')).toEqual([['bob1', 'Bobby', 'two\nlines 😀']])
  expect(await friendsOf(w, 'bob1')).toEqual([['alice', undefined, undefined]])
  await note({ note_name: 'Rob', others: null })
  expect(await friendsOf(w, 'alice')).toEqual([['bob1', 'Rob', 'two\nlines 😀']])
  await note({ others: '' })
  expect(await friendsOf(w, 'alice')).toEqual([['bob1', 'Rob', undefined]])
})

test('ends a friendship on both sides with its notes, and passes over who is no friend', async () => {
  const w = await people()
  await w.call('POST', path, ['bob1'])
  await w.call('PUT', '/v1/users/bob1/friends', [{ username: 'alice', note_name: 'Al' }])
  expect((await w.call('DELETE', path, ['carl', 'bob1', 'alice'])).status).toBe(204)
  expect([await friendsOf(w, 'alice'), await friendsOf(w, 'bob1')]).toEqual([[], []])
  await w.call('POST', path, ['bob1'])
  expect(await friendsOf(w, 'bob1')).toEqual([['alice', undefined, undefined]])
})

const many = Array.from({ length: 501 }, (_, i) => `user${i}`)
test('refuses to add whom it cannot, and adds none then', async () => {
  const w = await people()
  await w.call('POST', '/v1/users/carl/friends', ['alice'])
  const cases: [unknown, number, number][] = [
    [['bob1', 'nobody'], 403, 899002],
    [['bob1', 'carl'], 403, 899070],
    [['bob1', 'alice'], 400, 899003],
    // The order of the checks: existence, then oneself, then friends already.
    [['carl', 'alice', 'nobody'], 403, 899002],
    [['carl', 'alice'], 400, 899003],
    [[], 400, 899003],
    [{}, 400, 899003],
    [[7], 400, 899003],
    [many, 400, 899003],
    // 500 are taken, and looked for.
    [many.slice(1), 403, 899002],
  ]
  for (const [body, status, code] of cases)
    expect(refusal(await w.call('POST', path, body))).toEqual([status, code])
  expect((await friendsOf(w, 'alice')).map(([name]) => name)).toEqual(['carl'])
})

test('refuses to remove a stranger, and removes none then', async () => {
  const w = await people()
  await w.call('POST', path, ['bob1'])
  expect(refusal(await w.call('DELETE', path, ['bob1', 'nobody']))).toEqual([403, 899002])
  expect(refusal(await w.call('DELETE', path, many))).toEqual([400, 899003])
  expect(await friendsOf(w, 'alice')).toHaveLength(1)
})

test('refuses notes that do not fit, or of whom is no friend, and keeps none then', async () => {
  const w = await people()
  await w.call('POST', path, ['bob1'])
  const cases: [unknown, number, number][] = [
    [[{ username: 'carl', note_name: 'C' }], 403, 899071],
    [[{ username: 'alice', note_name: 'A' }], 403, 899071],
    [[{ username: 'nobody', note_name: 'N' }], 403, 899002],
    [[{ username: 'carl' }], 400, 899003],
    [[{ note_name: 'nameless' }], 400, 899003],
    [[{ username: 'carl', note_name: 'two\nlines' }], 400, 899003],
    [[{ username: 'carl', note_name: `${'信'.repeat(21)}xx` }], 400, 899003],
    [[{ username: 'carl', others: `${'信'.repeat(83)}xx` }], 400, 899003],
    [Array.from({ length: 501 }, () => ({ username: 'bob1', note_name: 'x' })), 400, 899003],
  ]
  for (const [items, status, code] of cases) {
    const body = [{ username: 'bob1', note_name: 'B' }, ...(items as object[])]
    expect(refusal(await w.call('PUT', path, body))).toEqual([status, code])
  }
  expect(await friendsOf(w, 'alice')).toEqual([['bob1', undefined, undefined]])
  const fits = { username: 'bob1', note_name: `${'信'.repeat(21)}x`, others: `${'信'.repeat(83)}x` }
  expect((await w.call('PUT', path, [fits])).status).toBe(204)
})

test.each([
  ['POST', ['alice']],
  ['DELETE', ['alice']],
  ['PUT', [{ username: 'alice', note_name: 'A' }]],
  ['GET', undefined],
])('%s knows no such user', async (method, body) => {
  const w = await people()
  expect(refusal(await w.call(method, '/v1/users/nobody/friends', body))).toEqual([403, 899002])
})

test('tells each friend, and nothing of the others', async () => {
  const w = await people()
  const bob = await inbox(w, 'bob1')
  await w.call('POST', path, ['bob1', 'carl'])
  await w.call('PUT', path, [{ username: 'bob1', note_name: 'secret' }])
  await w.call('DELETE', path, ['carl'])
  await w.call('DELETE', path, ['bob1'])
  for (const event_type of [5, 7, 6]) {
    const event = { event_type, from_username: 'alice', ctime: w.clock.now() }
    expect(await bob.named()).toEqual(['event', event])
  }
})

// Few enough users that commands meet.
const name = fc.constantFrom('anna', 'bert', 'cleo', 'dave')
interface Command {
  readonly method: string
  readonly user: string
  readonly names: readonly string[]
  readonly note: string
}
const command: fc.Arbitrary<Command> = fc.record({
  method: fc.constantFrom('POST', 'DELETE', 'PUT'),
  user: name,
  names: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
  note: fc.constantFrom('', 'x', 'y'),
})

test('holds what a model of friendships holds, whatever is asked', async () => {
  const w = await world()
  let run = 0
  const keeps = async (commands: Command[]) => {
    const suffix = run++
    const as = (name: string) => `${name}${suffix}`
    const names = ['anna', 'bert', 'cleo', 'dave']
    await w.users(...names.map(as))
    const model = new Map<string, Map<string, string>>(names.map(name => [name, new Map()]))
    for (const { method, user, names, note } of commands) {
      const friends = model.get(user)!
      const known = names.filter(name => friends.has(name))
      const asked = method === 'PUT' ? names.map(n => ({ username: as(n), note_name: note })) : names.map(as)
      const { status } = await w.call(method, `/v1/users/${as(user)}/friends`, asked)
      if (method === 'POST') {
        expect(status).toBe(names.includes(user) ? 400 : known.length > 0 ? 403 : 201)
        if (status !== 201) continue
        for (const other of names) model.get(other)!.set(user, '')
        for (const other of names) friends.set(other, '')
      } else if (method === 'PUT') {
        expect(status).toBe(known.length < names.length ? 403 : 204)
        if (status === 204) for (const other of names) friends.set(other, note)
      } else {
        expect(status).toBe(204)
        for (const other of names) model.get(other)!.delete(user)
        for (const other of names) friends.delete(other)
      }
    }
    for (const user of names) {
      const listed = (await friendsOf(w, as(user))).map(([name, note]) => [name, note ?? ''])
      expect(listed).toEqual([...model.get(user)!].map(([name, note]) => [as(name), note]).sort())
    }
  }
  await fc.assert(fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 10 }), keeps), {
    numRuns: 10,
  })
})
