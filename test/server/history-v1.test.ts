import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { OTHER, refusal, world } from './world.ts'

async function people() {
  const w = await world()
  await w.users('alice', 'bob1')
  await w.admin('admin1')
  return w
}
const path = (base: string, query: Record<string, string | number>) =>
  `${base}?${new URLSearchParams(Object.entries(query).map(([k, v]): [string, string] => [k, String(v)]))}`

test('reads from any place of a list on, with times or without', async () => {
  const w = await people()
  const all: { id: number; at: number; alice: boolean }[] = []
  for (let i = 0; i < 24; i++) {
    const [from, to] = [
      ['admin1', 'alice'] as const,
      ['alice', 'alice'] as const,
      ['admin1', 'bob1'] as const,
    ][i % 3]!
    const sent = from === 'alice' ? await w.say(from, 'single', to) : await w.send(from, 'single', to)
    all.push({ id: sent.body.msg_id, at: i >> 1, alice: i % 3 < 2 })
    if (i % 2) await w.clock.advance(1000)
  }
  const second = (n: number) => `2026-01-01 08:00:${String(n).padStart(2, '0')}`
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.nat(30),
      fc.integer({ min: 1, max: 30 }),
      fc.option(fc.nat(15), { nil: undefined }),
      fc.option(fc.nat(15), { nil: undefined }),
      async (ofAlice, start, count, begin, end) => {
        fc.pre(begin === undefined || end === undefined || begin <= end)
        const { body } = await w.call(
          'GET',
          path(ofAlice ? '/v1/users/alice/messages' : '/v1/messages', {
            ...{ start, count },
            ...(begin === undefined ? {} : { begin_time: second(begin) }),
            ...(end === undefined ? {} : { end_time: second(end) }),
          }),
        )
        const due = all.filter(
          ({ at, alice }) => (!ofAlice || alice) && at >= (begin ?? 0) && at <= (end ?? 99),
        )
        const ids = due.slice(start, start + count).map(({ id }) => id)
        expect(body.messages.map(({ msgid }: { msgid: number }) => msgid)).toEqual(ids)
        expect(body).toMatchObject({ total: due.length, start, count: ids.length })
      },
    ),
    { numRuns: 60 },
  )
})

test('takes any range, and keeps sixty days', async () => {
  const w = await people()
  await w.send('admin1', 'single', 'alice')
  const total = async (more = {}) =>
    (await w.call('GET', path('/v1/messages', { start: 0, count: 1, ...more }))).body.total
  expect(await total({ begin_time: '2000-01-01 00:00:00', end_time: '2030-01-01 00:00:00' })).toBe(1)
  await w.clock.advance(60 * 86_400_000)
  expect(await total()).toBe(1)
  await w.clock.advance(1)
  expect(await total()).toBe(0)
  expect(await total({ begin_time: '2000-01-01 00:00:00' })).toBe(0)
  expect((await w.callAs(OTHER, 'GET', path('/v1/messages', { start: 0, count: 1 }))).body).toEqual({
    ...{ total: 0, start: 0, count: 0, messages: [] },
  })
})

test.each<[Record<string, string | number>, string]>([
  [{ count: 1 }, 'no start'],
  [{ start: 0 }, 'no count'],
  [{ start: -1, count: 1 }, 'start -1'],
  [{ start: 0, count: 0 }, 'count 0'],
  [{ start: 0, count: 1001 }, 'count 1001'],
  [{ start: 0, count: 1, begin_time: 'now' }, 'no time'],
  [
    { start: 0, count: 1, begin_time: '2026-01-02 00:00:00', end_time: '2026-01-01 00:00:00' },
    'bounds the wrong way round',
  ],
])('refuses %j: %s', async query => {
  const w = await people()
  expect(refusal(await w.call('GET', path('/v1/messages', query)))).toEqual([400, 899003])
})

test('knows no messages of nobody', async () => {
  const w = await people()
  expect(refusal(await w.call('GET', path('/v1/users/nobody/messages', { start: 0, count: 1 })))).toEqual([
    403, 899002,
  ])
})
