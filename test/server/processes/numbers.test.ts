import { expect, test } from 'vitest'
import { ManualClock } from '../../../src/base/clock.ts'
import { database } from '../../engine.ts'
import { ok, type World, world } from '../world.ts'
import { names, twoWorlds } from './two-worlds.ts'

const send = async (w: World): Promise<number> =>
  ok(await w.send('admin1', 'single', 'admin1'), 201).body.msg_id
const rising = (ids: readonly number[]) => ids.every((id, i) => i === 0 || id > ids[i - 1]!)

test('a message sent after another was acknowledged has the higher id, whichever process took it', async () => {
  const { a, b } = await twoWorlds()
  const ids: number[] = []
  for (let i = 0; i < 60; i++) ids.push(await send(i % 2 === 0 ? a : b))
  expect(rising(ids)).toBe(true)
})

test('ids are unique, and rise for each sender, while processes send at the same time', async () => {
  const { a, b } = await twoWorlds()
  const sender = async (w: World) => {
    const ids: number[] = []
    for (let i = 0; i < 40; i++) ids.push(await send(w))
    return ids
  }
  const all = await Promise.all([a, b, a, b, a, b].map(sender))
  expect(all.every(rising)).toBe(true)
  expect(new Set(all.flat()).size).toBe(240)
})

test('ids rise though the clock of one process is behind, and after a restart', async () => {
  const url = await database()
  const a = await world({ database: url, clock: new ManualClock(), sandbox: false, rateLimit: 'off' })
  await a.admin('admin1')
  const behind = { database: url, clock: new ManualClock(a.clock.now() - 5000), sandbox: false } as const
  const b = await world(behind)
  const ids = [await send(a), await send(b), await send(a), await send(b)]
  await a.server.close()
  await b.server.close()
  ids.push(await send(await world(behind)))
  expect(rising(ids)).toBe(true)
})

test('groups and rooms get ids of their own', async () => {
  const { a, b } = await twoWorlds()
  await a.users('owner')
  const made = await Promise.all(
    names(40).map((_, i) => (i % 4 < 2 ? a : b)[i % 2 === 0 ? 'group' : 'room']('owner')),
  )
  expect(new Set(made).size).toBe(40)
  expect((await b.call('GET', '/v1/groups?start=0&count=100')).body.total).toBe(20)
  expect((await b.call('GET', '/v1/chatroom/?start=0&count=100')).body.total).toBe(20)
})
