import { expect, expectTypeOf, test } from 'vitest'
import {
  ApiError,
  BatchStopped,
  InvalidRequest,
  type ItemResult,
  NotFound,
  TransportError,
} from '../../src/client/index.ts'
import { inProcess } from './in-process.ts'

const account = (username: string) => ({ username, password: 'secret' })
const unknownNames = (count: number) =>
  Array.from({ length: count }, (_, at) => `some${String(at).padStart(4, '0')}`)
const stoppedBy = async (promise: Promise<unknown>): Promise<BatchStopped> => {
  const error = await promise.catch((error: unknown) => error)
  expect(error).toBeInstanceOf(BatchStopped)
  return error as BatchStopped
}
const sizes = (requests: readonly { readonly body?: string | Buffer }[]) =>
  requests.map(({ body }) => JSON.parse(String(body)).length)

test('any number of users is registered, each with its own result', async () => {
  const { client, requests } = await inProcess()
  const names = Array.from({ length: 503 }, (_, at) => `user${String(at).padStart(4, '0')}`)
  const good = new Set([names[0], names[499], names[500], names[502]])
  // Those without a password are refused one by one, and cost the server nothing.
  const body = names.map(username => (good.has(username) ? account(username) : { username, password: '' }))
  const results = await client.users.register.many({ body })
  expectTypeOf(results).toEqualTypeOf<Awaited<ReturnType<typeof client.users.register>>>()
  expect(results.map(({ username }) => username)).toEqual(names)
  const registered = results.filter(({ error }) => !error)
  expect(registered.map(({ username }) => username)).toEqual([...good])
  expect(sizes(requests)).toEqual([500, 3])
})

test('items come from a list, or from whatever yields them', async () => {
  const { client, people, requests } = await inProcess()
  const names = await people(3)
  async function* slowly() {
    for (const name of names) yield name
  }
  for (const body of [names, new Set(names), slowly()]) {
    const states = await client.users.statBatchV2.many({ body })
    expect(states.map(({ username }) => username)).toEqual(names)
  }
  requests.length = 0
  expect(await client.users.deleteBatch.many({ body: [] })).toEqual([])
  expect(requests).toEqual([])
  await expect(client.users.deleteBatch.many({ body: 'abcd' })).rejects.toThrow('body must be a list')
  // @ts-expect-error: the names are missing
  await expect(client.users.deleteBatch.many({})).rejects.toThrow(InvalidRequest)
  // @ts-expect-error: these are no names
  await stoppedBy(client.users.statBatchV2.many({ body: [1, 2] }))
})

test('a call whose answer is empty tells of each item that it is done', async () => {
  const { client, people, requests } = await inProcess()
  const names = await people(102)
  const results = await client.users.deleteBatch.many({ body: names })
  expectTypeOf(results).toEqualTypeOf<ItemResult<string>[]>()
  expect(results).toEqual(names.map(item => ({ item, ok: true })))
  expect(sizes(requests)).toEqual([100, 2])
  expect(await client.users.list.each().toArray()).toEqual([])
})

test('a refused call is the refusal of all of its items, and of no others', async () => {
  const { client, people } = await inProcess()
  const names = await people(2)
  const unknown = unknownNames(100)
  const results = await client.users.deleteBatch.many({ body: [...unknown, ...names] })
  expect(results.map(({ ok }) => ok)).toEqual([...Array(100).fill(false), true, true])
  expect(results[99]).toMatchObject({ item: 'some0099', ok: false, among: 100, error: expect.any(NotFound) })
})

test('isolated, the items that are refused are found, and all others take effect', async () => {
  const { client, people } = await inProcess()
  const names = await people(105)
  const bad = ['nobody1', 'nobody2', 'nobody3']
  const items = [bad[0]!, ...names.slice(0, 60), bad[1]!, ...names.slice(60), bad[2]!]
  const results = await client.users.deleteBatch.many({ body: items }, { isolate: true })
  expect(results.map(({ item }) => item)).toEqual(items)
  const refused = results.flatMap(result => (result.ok ? [] : [result]))
  expect(refused).toEqual(
    bad.map(item => ({ item, ok: false, among: 1, error: expect.objectContaining({ jmCode: 899002 }) })),
  )
  expect(await client.users.list.each().toArray()).toEqual([])
})

test('what is refused as a whole is not taken apart', async () => {
  const { client, people, requests } = await inProcess()
  const [owner, ...names] = await people(60)
  const noGroup = await client.groups.members.add.many({ gid: 1, body: names }, { isolate: true })
  expect(noGroup.every(result => !result.ok && result.among === 59)).toBe(true)
  expect(requests).toHaveLength(1)
  // 899002 can be about one of the names, and about the user in the path: after a while it is found to be the latter.
  requests.length = 0
  const nobody = { username: 'nobody', body: names }
  const noUser = await client.users.blacklist.add.many(nobody, { isolate: true })
  expect(noUser.filter(({ ok }) => !ok)).toHaveLength(59)
  expect(requests.length).toBeLessThan(50)
  await client.users.blacklist.add.many({ username: owner!, body: names }, { isolate: true })
  expect(await client.users.blacklist.list({ username: owner! })).toHaveLength(59)
})

test('an item that breaks a rule by itself is not sent, and keeps no other back', async () => {
  const { client, people, requests } = await inProcess()
  const names = await people(3)
  const results = await client.users.deleteBatch.many({ body: ['', ...names] })
  expect(results.map(({ ok }) => ok)).toEqual([false, true, true, true])
  expect(results[0]).toMatchObject({ item: '', among: 1, error: expect.any(InvalidRequest) })
  expect(sizes(requests)).toEqual([3])
  const nowhere = client.groups.members.add.many({ gid: -1, body: names })
  await expect(nowhere).rejects.toThrow(InvalidRequest)
  const noApp = client.cross.users.friends.add.many({
    username: 'alice',
    body: { appkey: '', users: names },
  })
  await expect(noApp).rejects.toThrow('appkey must be an appKey')
  expect(requests).toHaveLength(1)
})

test('an answer that is lost ends the batch, and it says what is done, unknown and not tried', async () => {
  const w = await inProcess()
  const names = unknownNames(350)
  w.meddle = ({ body }) => {
    if (String(body).includes('some0200')) throw new TransportError('lost', 'after')
    return { status: 204 }
  }
  const error = await stoppedBy(w.client.users.deleteBatch.many({ body: names }))
  expect([error.done, error.unknown, error.untried]).toEqual([
    names.slice(0, 200),
    names.slice(200, 300),
    names.slice(300),
  ])
  expect(error.results).toEqual(names.slice(0, 200).map(item => ({ item, ok: true })))
  expect([error.retry, error.code]).toEqual(['unsure', 'batch.stopped'])
  expect(error.message).toContain('200 done, 0 refused, 100 unknown, 50 not tried: lost')
  expect(JSON.stringify({ ...error }), 'logs hold no items').not.toContain('some0')
})

const unreachable = () => {
  throw new TransportError('unreachable', 'before')
}
test.each([
  ['an answer that says 503', () => ({ status: 503 }), 'unknown', 'unsure'],
  ['an answer that says 401', () => ({ status: 401 }), 'refused', 'never'],
  ['a server that is not there', unreachable, 'untried', 'later'],
] as const)('%s ends a batch, even an isolated one', async (_, meddle, state, retry) => {
  const w = await inProcess()
  const names = unknownNames(100)
  w.meddle = meddle
  const stopped = stoppedBy(w.client.users.deleteBatch.many({ body: names }, { isolate: true }))
  await w.clock.advance(1000)
  const error = await stopped
  expect(error[state]).toEqual(names)
  expect([error.retry, error.done]).toEqual([retry, []])
})

test('a batch that looks things up ends at a refusal, with what was found', async () => {
  const w = await inProcess()
  const names = unknownNames(500)
  const states = names.map(username => ({ username, devices: [] }))
  w.meddle = ({ body }) => (String(body).includes('some0000') ? { status: 200, body: states } : undefined)
  const error = await stoppedBy(w.client.users.statBatch.many({ body: [...names, 'alice', 'nobody'] }))
  expect([error.results, error.done]).toEqual([states, names])
  expect(error.refused).toEqual(['alice', 'nobody'])
  expect(error.cause).toBeInstanceOf(NotFound)
})

test('items that cannot be had end the batch, with those that were taken', async () => {
  const w = await inProcess()
  const names = unknownNames(120)
  w.meddle = () => ({ status: 204 })
  function* failing() {
    yield* names
    throw new Error('no more')
  }
  const error = await stoppedBy(w.client.users.deleteBatch.many({ body: failing() }))
  expect([error.done, error.untried]).toEqual([names.slice(0, 100), names.slice(100)])
  expect(error.message).toContain('no more')
})

test('rooms that are unknown are left out, wherever the list is cut', async () => {
  const { client, people } = await inProcess()
  const [owner] = await people(1)
  const { chatroom_id } = await client.chatrooms.create({ body: { owner_username: owner!, name: 'hall' } })
  const unknown = Array.from({ length: 500 }, (_, at) => at + 1)
  const rooms = await client.chatrooms.getBatch.many({ body: [...unknown, chatroom_id] })
  expect(rooms.map(({ id }) => id)).toEqual([chatroom_id])
  await expect(client.chatrooms.getBatch.many({ body: unknown })).rejects.toMatchObject({ jmCode: 899081 })
})

test('calls are as large as the server takes them', async () => {
  const { client, requests } = await inProcess()
  const long = '\u0001'.repeat(250)
  const people = Array.from({ length: 250 }, (_, at) => ({
    username: `user${at}`,
    password: '',
    signature: long,
    region: long,
    address: long,
  }))
  await expect(client.users.register({ body: people })).rejects.toThrow(ApiError)
  requests.length = 0
  const results = await client.users.register.many({ body: people })
  expect(results.map(({ username }) => username)).toEqual(people.map(({ username }) => username))
  expect(requests).toHaveLength(2)
})
