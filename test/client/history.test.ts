import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatWireTime, InvalidRequest, NotFound } from '../../src/client/index.ts'
import { admin, type InProcess, inProcess, text } from './in-process.ts'

const DAY = 86_400_000

async function people(): Promise<InProcess> {
  const w = await inProcess()
  await w.people(1, 'alice')
  await w.client.admins.register({ body: admin })
  return w
}

const ALICE = 'alice0001'

/** Sends a text after each pause, and answers the msgids and the range they are in. */
async function chat({ client, clock }: InProcess, pauses: readonly number[]) {
  const begin_time = formatWireTime(clock.now())
  const sent: number[] = []
  for (const pause of pauses) {
    await clock.advance(pause)
    sent.push((await client.messages.send({ body: text(ALICE, 'hello') })).msg_id)
  }
  return { sent, range: { begin_time, end_time: formatWireTime(clock.now()) } }
}

test('a range of any length is read in ranges that one query can have', async () => {
  const w = await people()
  const { sent, range } = await chat(w, [0, 0, 7 * DAY, 0, 1, 7 * DAY - 1, 0, 5 * DAY, 999])
  w.requests.length = 0
  const read = await w.client.report.messages.list.each(range).toArray()
  expect(read.map(({ msgid }) => msgid)).toEqual(sent)
  expect(w.requests).toHaveLength(3)
  const users = await w.client.report.users.messages.list.pages({ username: ALICE, ...range }).toArray()
  expect(users.flatMap(({ messages }) => messages.map(({ msgid }) => msgid))).toEqual(sent)
  expect(users.every(({ count, messages }) => count === messages.length)).toBe(true)
})

test('property: each message is given once and in order, however slow the loop is and small the page', async () => {
  const w = await people()
  const pause = fc.oneof(fc.constant(0), fc.nat(3000), fc.nat(9 * DAY))
  const reading = fc.record({
    pauses: fc.array(pause, { minLength: 1, maxLength: 7 }),
    count: fc.integer({ min: 1, max: 4 }),
    slow: fc.array(fc.constantFrom(0, 0, 100_000, 119_999, 130_000, DAY), { minLength: 1 }),
  })
  await fc.assert(
    fc.asyncProperty(reading, async ({ pauses, count, slow }) => {
      await w.clock.advance(1000)
      const { sent, range } = await chat(w, pauses)
      const read: number[] = []
      for await (const { msgid } of w.client.report.messages.list.each({ ...range, count })) {
        await w.clock.advance(slow[read.length % slow.length]!)
        read.push(msgid)
      }
      expect(read).toEqual(sent)
    }),
    { numRuns: 25 },
  )
})

test('a cursor that has run out is not tried', async () => {
  const w = await people()
  const { sent, range } = await chat(w, [0, 1000, 1000])
  w.requests.length = 0
  for await (const _ of w.client.report.messages.list.each({ ...range, count: 2 }))
    await w.clock.advance(60_000)
  expect(w.requests.map(({ path }) => /cursor|begin_time=[^&]*/.exec(path)?.[0])).toEqual([
    'begin_time=2026-01-01%2008%3A00%3A00',
    'begin_time=2026-01-01%2008%3A00%3A01',
  ])
  expect(sent).toHaveLength(3)
})

test('a cursor that the server does not know any more is made up for by a new query', async () => {
  const w = await people()
  const { sent, range } = await chat(w, [0, 0, 0, 5000, 0])
  let forgets = 3
  w.meddle = ({ path }) => {
    if (!path.includes('cursor=') || forgets-- <= 0) return undefined
    return { status: 400, body: { error: { code: 899003, message: 'parameter invalid' } } }
  }
  const read = await w.client.report.messages.list.each({ ...range, count: 4 }).toArray()
  expect(read.map(({ msgid }) => msgid)).toEqual(sent)
})

test('a server that knows no cursor at all is given up', async () => {
  const w = await people()
  const { range } = await chat(w, [0, 0, 0])
  w.meddle = ({ path }) =>
    path.includes('cursor=')
      ? { status: 400, body: { error: { code: 899003, message: 'parameter invalid' } } }
      : undefined
  const read = w.client.report.messages.list.each({ ...range, count: 1 }).toArray()
  await expect(read).rejects.toThrow(InvalidRequest)
})

test('what is too old to be kept is not asked for, and a range without end is refused', async () => {
  const w = await people()
  const end_time = formatWireTime(w.clock.now())
  w.requests.length = 0
  const all = { begin_time: '1970-01-02 00:00:00', end_time }
  expect(await w.client.report.messages.list.each(all).toArray()).toEqual([])
  expect(w.requests).toHaveLength(9)
  const refused = [
    { begin_time: end_time, end_time: '9999-12-31 00:00:00' },
    { begin_time: end_time, end_time: '2000-01-01 00:00:00' },
    { begin_time: 'yesterday', end_time },
    {},
  ]
  for (const range of refused)
    await expect(w.client.report.messages.list.each(range as typeof all).toArray()).rejects.toThrow(
      InvalidRequest,
    )
  expect(w.requests).toHaveLength(9)
  await expect(w.client.report.groups.messages.list.each({ gid: 1, ...all }).toArray()).rejects.toThrow(
    NotFound,
  )
})
