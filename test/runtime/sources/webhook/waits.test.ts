import { expect, test } from 'vitest'
import { ManualClock } from '../../../../src/base/clock.ts'
import { Attempt } from '../../../../src/runtime/dispatch/attempt.ts'
import type { Delivery } from '../../../../src/runtime/events/event.ts'
import { replyOf } from '../../../../src/runtime/sources/webhook/reply.ts'
import { Waits, type WaitsOptions } from '../../../../src/runtime/sources/webhook/waits.ts'

const PLUGIN = { bot: 'bot', plugin: 'form' }

function waits(more: Partial<WaitsOptions> = {}) {
  const clock = new ManualClock()
  const all = new Waits({ clock, ...more })
  const handled = async (id: string, value: unknown, { bot, plugin } = PLUGIN) => {
    const event = { id, type: 'webhook', conversation: id, data: {}, createdAt: 0 }
    const delivery = {
      event,
      bot,
      plugin,
      attempts: 0,
      again: false,
      recovered: false,
      partition: 0,
      calls: [],
    } as Delivery
    await all.follow(new Attempt(delivery, () => {}), Promise.resolve(replyOf(value, id)))
    all.ended(id, { bot, plugin })
  }
  return { clock, all, handled }
}

test('an event may end before whoever called comes to wait', async () => {
  const { all, handled } = waits()
  all.begin('A', PLUGIN)
  await handled('A', 'fine')
  expect(await all.wait('A', 'app', 1000)).toMatchObject({ status: 200, text: '"fine"' })
  expect(all.wait('A', 'app', 1000)).toBeUndefined()
})

test('what another plugin makes of the event is not the answer', async () => {
  const { clock, all, handled } = waits()
  all.begin('A', PLUGIN)
  const answered = all.wait('A', 'app', 1000)!
  await handled('A', 'the shadow', { bot: 'shadow', plugin: 'form' })
  expect(all.callers).toBe(1)
  await clock.advance(1000)
  expect(await answered).toBeUndefined()
})

test('beyond so many callers nobody waits, and of several apps one leaves the others room', async () => {
  const one = waits({ mostCallers: 2 })
  for (const id of ['A', 'B', 'C']) one.all.begin(id, PLUGIN)
  expect([one.all.wait('A', 'app', 1), one.all.wait('B', 'app', 1), one.all.wait('C', 'app', 1)]).toEqual([
    expect.any(Promise),
    expect.any(Promise),
    undefined,
  ])
  await one.clock.advance(1)
  expect(one.all.wait('C', 'app', 1)).toBeInstanceOf(Promise)
  const several = waits({ mostCallers: 4, isShared: true })
  for (const id of ['A', 'B', 'C', 'D']) several.all.begin(id, PLUGIN)
  expect(several.all.wait('A', 'greedy', 1)).toBeDefined()
  expect(several.all.wait('B', 'greedy', 1)).toBeDefined()
  expect(several.all.wait('C', 'greedy', 1)).toBeUndefined()
  expect(several.all.wait('D', 'modest', 1)).toBeDefined()
})

test('events that never end are forgotten when there are too many, those first for which nobody waits', async () => {
  const { all, handled } = waits({ mostEvents: 2 })
  all.begin('A', PLUGIN)
  const first = all.wait('A', 'app', 1000)!
  all.begin('B', PLUGIN)
  all.begin('C', PLUGIN)
  expect(all.wait('B', 'app', 1000)).toBeUndefined()
  await handled('A', 1)
  expect(await first).toMatchObject({ text: '1' })
})

test('after the end nobody waits any more', async () => {
  const { all } = waits()
  all.begin('A', PLUGIN)
  const answered = all.wait('A', 'app', 1000)!
  all.stop()
  expect(await answered).toBeUndefined()
  all.begin('B', PLUGIN)
  expect(all.wait('B', 'app', 1000)).toBeUndefined()
  expect(all.callers).toBe(0)
})
