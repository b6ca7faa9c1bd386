import { expect, test } from 'vitest'
import { BroadcastTown } from './broadcast-town.ts'

/** Groups of a town at whose messages the connection always breaks: more than a broadcast has on its way at a time. */
function breakSome(town: BroadcastTown): Set<string> {
  const broken = new Set(town.groups.filter((_, index) => index % 4 === 1))
  town.fate = group => (broken.has(group) ? 'broken' : undefined)
  return broken
}

test.each(['broken', 'faulty'] as const)(
  'messages at which JMessage fails (%s) do not keep the others of a broadcast, also after a crash',
  async fate => {
    await using town = await BroadcastTown.open({ groups: 100, quota: 600 })
    const broken = new Set(town.groups.filter((_, index) => index % 3 === 1))
    const sound = town.groups.length - broken.size
    town.fate = group => (broken.has(group) ? fate : undefined)
    const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: 'news' })
    await town.pass(30_000, () => town.posted.length >= sound / 2)
    expect(town.posted.length).toBeGreaterThanOrEqual(sound / 2)
    await town.restart()
    await town.pass(180_000, () => town.posted.length >= sound)
    expect(town.posted).toHaveLength(sound)
    town.fate = () => undefined
    const again = (await town.bot.findBroadcast(broadcast.id))!
    await town.pass(180_000, async () => (await again.progress()).endedAt !== undefined)
    const { state, sent, failed } = await again.done()
    // Some may have been given up by then.
    expect([state, sent + failed]).toEqual(['done', 100])
    expect(new Set(town.posted.map(({ group }) => group)).size).toBe(town.posted.length)
  },
)

test('no more than some dozens of messages at which JMessage fails are on their way', async () => {
  await using town = await BroadcastTown.open({ groups: 200, quota: 600 })
  town.fate = () => 'faulty'
  await town.bot.broadcast({ to: { groups: town.groups }, text: 'news' })
  await town.pass(120_000)
  expect(town.runtime.outbox.waiting).toBe(80)
})

test('what was sent is taken back at once, though some messages on their way never arrive', async () => {
  await using town = await BroadcastTown.open({ groups: 60, quota: 600 })
  const broken = breakSome(town)
  town.historyIsDown = true
  const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: 'wrong' })
  await town.pass(10_000)
  const { sent } = await broadcast.progress()
  expect(sent).toBeGreaterThan(20)
  await broadcast.undo()
  await town.pass(20_000)
  expect(await broadcast.progress()).toMatchObject({ sent: 0, retracted: sent, endedAt: undefined })
  town.historyIsDown = false
  await town.pass(60_000, async () => (await broadcast.progress()).endedAt !== undefined)
  expect(await broadcast.done()).toMatchObject({ state: 'undone', sent: 0, waiting: 0, retracted: sent })
  for (const group of town.groups) if (!broken.has(group)) expect(await town.texts(group)).toEqual([])
})

test('a message that turns out to have arrived while its broadcast is undone is taken back, also after a crash', async () => {
  await using town = await BroadcastTown.open({ groups: 12, quota: 600 })
  const [late, later] = town.groups
  town.fate = group => (group === late || group === later ? 'lost' : undefined)
  town.historyIsDown = true
  const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: 'wrong' })
  await town.pass(10_000)
  await broadcast.undo()
  await town.pass(10_000)
  expect(await broadcast.progress()).toMatchObject({ waiting: 2, retracted: 10 })
  town.historyIsDown = false
  await town.pass(20_000, async () => (await broadcast.progress()).waiting < 2)
  await town.restart()
  const again = await town.bot.findBroadcast(broadcast.id)
  await town.pass(20_000, async () => (await again!.progress()).endedAt !== undefined)
  expect(await again!.done()).toMatchObject({ state: 'undone', retracted: 12 })
  for (const group of town.groups) expect(await town.texts(group)).toEqual([])
})

test.each(['cancel', 'undo'] as const)(
  'what turns out not to have left when it was too late to %s does not leave',
  async stop => {
    await using town = await BroadcastTown.open({ groups: 5, quota: 600 })
    const [broken] = town.groups
    town.fate = group => (group === broken ? 'broken' : undefined)
    const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: 'wrong' })
    await town.pass(1000)
    await broadcast[stop]()
    town.fate = () => undefined
    await town.pass(60_000, async () => (await broadcast.progress()).endedAt !== undefined)
    expect(await broadcast.done()).toMatchObject({ cancelled: 1, waiting: 0 })
    expect(town.posted.map(({ group }) => group)).not.toContain(broken)
  },
)
