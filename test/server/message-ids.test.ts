import { expect, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.ts'
import { ctimeOf, firstMsgidAt, MessageIds } from '../../src/server/message-ids.ts'
import { place } from './place.ts'
import { type World, world } from './world.ts'

test('rise with time and stay exact', () => {
  const ids = new MessageIds(0)
  const at = Date.UTC(2026, 0, 1)
  const many = Array.from({ length: 5000 }, () => ids.next(at))
  expect(many).toEqual([...new Set(many)].sort((a, b) => a - b))
  expect(ctimeOf(many[0] as number)).toBe(at)
  expect(ctimeOf(ids.next(at - 1000))).toBeGreaterThanOrEqual(at)
  expect(firstMsgidAt(Date.UTC(2080, 0, 1))).toBeLessThan(2 ** 53)
})

async function sendOne(w: World): Promise<{ msg_id: number; msg_ctime: number }> {
  return (await w.send('admin1', 'single', 'admin1')).body
}

test('go on after a restart, also when the clock was set back and the last was retracted', async () => {
  const data = await place()
  const w = await world(data)
  await w.admin('admin1')
  await sendOne(w)
  const last = await sendOne(w)
  await w.call('POST', `/v1/messages/admin1/${last.msg_id}/retract`)
  await w.server.close()
  const again = await world({ ...data, clock: new ManualClock(w.clock.now() - 3_600_000), sandbox: false })
  const next = await sendOne(again)
  expect(next.msg_id).toBeGreaterThan(last.msg_id)
  expect(next.msg_ctime).toBeGreaterThanOrEqual(last.msg_ctime)
})
