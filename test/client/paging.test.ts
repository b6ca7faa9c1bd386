import * as fc from 'fast-check'
import { expect, expectTypeOf, test } from 'vitest'
import {
  InvalidRequest,
  type Listing,
  type MessageRecord,
  NotFound,
  type UserRecord,
} from '../../src/client/index.ts'
import { inProcess } from './in-process.ts'

test('a list is walked over to its end, in pages of any size', async () => {
  const { client, people, requests } = await inProcess()
  const names = await people(7)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.nat(9), async (count, start) => {
      const seen: string[] = []
      for await (const { username } of client.users.list.each({ start, count })) seen.push(username)
      expect(seen).toEqual(names.slice(start))
    }),
    { numRuns: 20 },
  )
  requests.length = 0
  expect(await client.users.list.each().toArray()).toHaveLength(7)
  expect(requests.map(({ path }) => path)).toEqual(['/v1/users/?start=0&count=500'])
})

test('pages are given as they were answered, and none that is empty', async () => {
  const { client, people } = await inProcess()
  expect(await client.users.list.pages().toArray()).toEqual([])
  await people(3)
  const pages = await client.users.list.pages({ count: 2 }).toArray()
  expect(pages.map(({ total, start, count, users }) => [total, start, count, users.length])).toEqual([
    [3, 0, 2, 2],
    [3, 2, 1, 1],
  ])
})

test('a page is fetched when the loop comes to it, and none after its end', async () => {
  const { client, people, requests } = await inProcess()
  await people(6)
  const listing = client.users.list.each({ count: 2 })
  expect(requests).toHaveLength(0)
  let seen = 0
  for await (const _ of listing) if (++seen === 3) break
  expect(requests).toHaveLength(2)
  expect((await listing.toArray()).length, 'a second walk begins anew').toBe(6)
})

test('a list that grows while it is read has an end', async () => {
  const { client, people } = await inProcess()
  await people(4)
  let made = 0
  for await (const _ of client.users.list.each({ count: 1 }))
    await client.users.register({ body: [{ username: `more${++made}`, password: 'secret' }] })
  expect(made).toBe(4)
})

test('a list that shrinks while it is read has an end', async () => {
  const { client, people } = await inProcess()
  await people(9)
  for await (const { username } of client.users.list.each({ count: 2 }))
    await client.users.delete({ username })
  expect(await client.users.list.each().toArray()).not.toHaveLength(9)
})

test('lists below a path are read, and refused where there is none', async () => {
  const { client, people } = await inProcess()
  const [owner, ...members] = await people(5)
  const { chatroom_id: roomId } = await client.chatrooms.create({
    body: { owner_username: owner!, name: 'hall', members_username: members },
  })
  const all = await client.chatrooms.members.list.each({ roomId, count: 2 }).toArray()
  expect(all.map(({ username }) => username)).toEqual([owner, ...members])
  await expect(client.chatrooms.members.list.each({ roomId: 1 }).toArray()).rejects.toThrow(NotFound)
  await expect(client.users.list.each({ count: 501 }).toArray()).rejects.toThrow(InvalidRequest)
})

test('a used-up quota is waited for, but not for ever', async () => {
  const w = await inProcess()
  await w.people(2)
  let full = 2
  w.meddle = () => (full-- > 0 ? { status: 429 } : undefined)
  const read = w.client.users.list.each().toArray()
  await w.clock.advance(2999)
  expect(w.requests).toHaveLength(2)
  await w.clock.advance(1)
  expect(await read).toHaveLength(2)

  full = Number.POSITIVE_INFINITY
  const refused = expect(w.client.users.list.each().toArray()).rejects.toThrow('HTTP 429')
  await w.clock.advance(120_000)
  await refused
})

test('a list that takes more calls than the quota is read over its windows', async () => {
  const w = await inProcess({ rateLimit: 3 })
  await w.people(5)
  const read = w.client.users.list.each({ count: 1 }).toArray()
  await w.clock.advance(59_999)
  expect(w.requests.length).toBeLessThan(5)
  await w.clock.advance(60_001)
  expect(await read).toHaveLength(5)
})

test('items and arguments are typed', async () => {
  const { client } = await inProcess()
  expectTypeOf(client.users.list.each()).toEqualTypeOf<Listing<UserRecord>>()
  const range = { begin_time: '2026-01-01 00:00:00', end_time: '2026-01-02 00:00:00' }
  expectTypeOf(client.report.messages.list.each(range)).toEqualTypeOf<Listing<MessageRecord>>()
  // @ts-expect-error: a history is read in a range
  client.report.messages.list.each({ count: 3 })
  // @ts-expect-error: the room is needed
  client.chatrooms.members.list.each()
  // @ts-expect-error: a list that has no pages
  expect(client.users.groups.list.each).toBeUndefined()
  // @ts-expect-error: no call for many items
  expect(client.users.get.many).toBeUndefined()
})
