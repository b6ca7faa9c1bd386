import { expect, test } from 'vitest'
import type { Broadcast } from '../../../src/runtime/bot/broadcast/broadcast.ts'
import { giveOrder, orderResult } from '../../../src/runtime/orders/orders.ts'
import { BroadcastTown } from './broadcast-town.ts'

/** As `beadle dead replay --all`. */
async function replayAll({ store, clock, runtime }: BroadcastTown): Promise<unknown> {
  const id = await giveOrder(store, { kind: 'dead.replay', args: { all: true }, at: clock.now() })
  await runtime.orders.take()
  return orderResult(store, id)
}

/** Some groups take no messages. */
function deny(town: BroadcastTown, denied: readonly string[]): void {
  town.fate = group => (denied.includes(group) ? 'denied' : undefined)
}

const isOver = (broadcast: Broadcast) => async () => (await broadcast.progress()).endedAt !== undefined

const statesOf = async (broadcast: Broadcast) => (await broadcast.results()).map(({ state }) => state)

test('a message that was refused, and is replayed, is among what its broadcast sent, and is taken back with it', async () => {
  await using town = await BroadcastTown.open({ groups: 4 })
  deny(town, [town.groups[1]!, town.groups[2]!])
  const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: 'news' })
  await town.pass(5000, isOver(broadcast))
  expect(await statesOf(broadcast)).toEqual(['sent', 'failed', 'failed', 'sent'])
  deny(town, [town.groups[2]!])
  expect(await replayAll(town)).toMatchObject({ ok: true })
  await town.pass(5000, isOver(broadcast))
  const [, sent, failed] = await broadcast.results()
  expect(sent).toMatchObject({ state: 'sent', msgId: expect.any(Number), sentAt: expect.any(Number) })
  expect(sent!.error).toBeUndefined()
  expect(failed).toMatchObject({ state: 'failed', error: expect.stringContaining('denied') })
  expect(await broadcast.progress()).toMatchObject({ state: 'done', sent: 3, failed: 1, waiting: 0 })
  await broadcast.undo()
  await town.pass(5000, isOver(broadcast))
  expect(await broadcast.done()).toMatchObject({ state: 'undone', retracted: 3, failed: 1 })
  expect(await town.texts(town.groups[1]!)).toEqual([])
})

test('what is replayed is among what its broadcast sent after a crash, too', async () => {
  await using town = await BroadcastTown.open({ groups: 3 })
  deny(town, [town.groups[1]!])
  const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: 'news' })
  await town.pass(5000, isOver(broadcast))
  deny(town, [])
  town.isDown = true
  await replayAll(town)
  await town.pass(1000)
  expect(await broadcast.progress()).toMatchObject({ state: 'running', waiting: 1, endedAt: undefined })
  await town.restart()
  town.isDown = false
  const again = (await town.bot.findBroadcast(broadcast.id))!
  await town.pass(30_000, isOver(again))
  expect(await statesOf(again)).toEqual(['sent', 'sent', 'sent'])
  expect(town.posted.filter(({ group }) => group === town.groups[1])).toHaveLength(1)
})

test.each(['running', 'paused'] as const)(
  'what is replayed while its broadcast is %s is noted, and the broadcast stays so',
  async state => {
    await using town = await BroadcastTown.open({ groups: 20, quota: 600 })
    deny(town, [town.groups[0]!])
    const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: 'news' })
    await town.pass(5000, async () => (await broadcast.progress()).failed > 0)
    if (state === 'paused') await broadcast.pause()
    deny(town, [])
    await replayAll(town)
    await town.pass(20_000, async () => (await broadcast.progress()).failed === 0)
    await town.pass(3000, async () => (await broadcast.results({ limit: 1 }))[0]!.state === 'sent')
    expect(await broadcast.results({ limit: 1 })).toMatchObject([{ state: 'sent' }])
    if (state === 'paused') {
      expect(await broadcast.progress()).toMatchObject({ state })
      await broadcast.resume()
    }
    await town.pass(60_000, isOver(broadcast))
    expect(await broadcast.done()).toMatchObject({ state: 'done', sent: 20 })
    expect(town.posted).toHaveLength(20)
  },
)

test.each(['cancel', 'undo'] as const)(
  'what is replayed and has not left by then does not leave after %s, however much it is, also after a crash',
  async stop => {
    await using town = await BroadcastTown.open({ groups: 150 })
    deny(town, town.groups)
    const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: 'news' })
    await town.pass(20_000, isOver(broadcast))
    deny(town, [])
    town.isDown = true
    await replayAll(town)
    await town.pass(1000)
    await town.restart()
    await town.pass(1000)
    const again = (await town.bot.findBroadcast(broadcast.id))!
    await again[stop]()
    town.isDown = false
    await town.pass(60_000, isOver(again))
    const ended = await again.done()
    expect(ended).toMatchObject({ waiting: 0, sent: stop === 'undo' ? 0 : expect.any(Number) })
    // One goes first, to see whether JMessage is back.
    expect(ended.cancelled).toBeGreaterThanOrEqual(149)
    expect(town.posted.length).toBeLessThanOrEqual(1)
  },
)
