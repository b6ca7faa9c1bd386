import { expect, test } from 'vitest'
import { OTHER, refusal, type World, world } from './world.ts'

async function sent(): Promise<{
  w: World
  id: number
  retract: (who?: string, id?: unknown) => ReturnType<World['call']>
}> {
  const w = await world()
  await w.users('alice')
  await w.admin('admin1')
  const id = (await w.send('admin1', 'single', 'alice')).body.msg_id
  const retract = (who = 'admin1', which: unknown = id) =>
    w.call('POST', `/v1/messages/${who}/${which}/retract`)
  return { w, id, retract }
}

test('takes a message back, once', async () => {
  const { w, retract } = await sent()
  expect((await retract()).status).toBe(204)
  expect(refusal(await retract())).toEqual([403, 855004])
  const query = 'count=9&begin_time=2026-01-01+08:00:00&end_time=2026-01-01+09:00:00'
  expect((await w.call('GET', `/v2/messages?${query}`)).body).toEqual({ total: 0, count: 0, messages: [] })
})

test('works for three minutes and not a millisecond longer', async () => {
  const { w, retract } = await sent()
  await w.clock.advance(180_000)
  expect((await retract()).status).toBe(204)
  const late = (await w.send('admin1', 'single', 'alice')).body.msg_id
  await w.clock.advance(180_001)
  expect(refusal(await retract('admin1', late))).toEqual([403, 855001])
})

test('refuses others, unknown messages and other apps', async () => {
  const { w, id, retract } = await sent()
  expect(refusal(await retract('alice'))).toEqual([403, 855002])
  expect(refusal(await retract('nobody'))).toEqual([403, 855002])
  expect(refusal(await retract('admin1', id + 1))).toEqual([403, 855003])
  expect(refusal(await retract('admin1', 'x'))).toEqual([400, 899003])
  const foreign = await w.callAs(OTHER, 'POST', `/v1/messages/admin1/${id}/retract`)
  expect(refusal(foreign)).toEqual([403, 855003])
})

test('looks at the sender before the window, and at what was done before it', async () => {
  const { w, retract } = await sent()
  await retract()
  await w.clock.advance(200_000)
  expect(refusal(await retract('alice'))).toEqual([403, 855002])
  expect(refusal(await retract())).toEqual([403, 855004])
})
