import { expect, test } from 'vitest'
import type { Broadcast, BroadcastProgress } from '../../../src/runtime/bot/broadcast/broadcast.ts'
import { BroadcastTown } from './broadcast-town.ts'

const GROUPS = 4
const MINUTE = 60_000

/** Lets the process die at one step towards the disk or JMessage: at each that there is, one run after the other. */
async function atEachStep(
  town: BroadcastTown,
  run: (name: string) => Promise<Broadcast | undefined>,
  judge: (broadcast: Broadcast | undefined, name: string) => Promise<void>,
): Promise<number> {
  for (let deadly = 1; ; deadly++) {
    const name = `run ${deadly}`
    let steps = 0
    town.onStep = () => {
      if (++steps === deadly) town.die()
    }
    let begun: Broadcast | undefined
    run(name).then(
      broadcast => {
        begun = broadcast
      },
      () => {},
    )
    // Twice what a doubt takes to be settled.
    await town.pass(5000)
    town.onStep = () => {}
    const hasDied = steps >= deadly
    await town.restart()
    // What an earlier process had handed to the outbox leaves, paused or not.
    await town.pass(5000)
    const [left] = (await town.bot.broadcasts()).filter(({ title }) => title === name)
    if (begun) expect(left?.id).toBe(begun.id)
    if (left) await town.pass(MINUTE, async () => isAtRest(await left.progress()))
    await judge(left, name)
    if (!hasDied) return deadly - 1
  }
}

const isAtRest = ({ endedAt, state }: BroadcastProgress) => endedAt !== undefined || state === 'paused'

const served = (town: BroadcastTown, name: string) =>
  town.posted.filter(({ text }) => text === name).map(({ group }) => group)

test('wherever the process dies, a broadcast is posted once to each, or was not begun', async () => {
  await using town = await BroadcastTown.open({ groups: GROUPS })
  const steps = await atEachStep(
    town,
    name => town.bot.broadcast({ to: { groups: town.groups }, text: name }),
    async (broadcast, name) => {
      expect(served(town, name).sort()).toEqual(broadcast ? town.groups : [])
      expect(await broadcast?.progress()).toEqual(
        broadcast && expect.objectContaining({ state: 'done', sent: GROUPS }),
      )
    },
  )
  // One commit to begin, and at least a commit, a request, an answer and a commit for each.
  expect(steps).toBeGreaterThan(4 * GROUPS)
})

test('wherever the process dies, what was to be undone is undone', async () => {
  await using town = await BroadcastTown.open({ groups: GROUPS })
  let undone: Promise<unknown> | undefined
  const steps = await atEachStep(
    town,
    async name => {
      const { onStep } = town
      town.onStep = () => {}
      const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: name })
      await broadcast.done()
      town.onStep = onStep
      undone = broadcast.undo()
      await undone
      return broadcast
    },
    async (broadcast, name) => {
      const { state, retracted } = await broadcast!.progress()
      expect([state, retracted]).toEqual(state === 'undone' ? ['undone', GROUPS] : ['done', 0])
      for (const group of town.groups) {
        const texts = (await town.texts(group)).filter(text => text === name)
        expect(texts).toEqual(state === 'undone' ? [] : [name])
      }
      expect(served(town, name)).toHaveLength(GROUPS)
    },
  )
  expect(steps).toBeGreaterThan(2 * GROUPS)
})

test('wherever the process dies, the results of a cancelled broadcast say what was posted', async () => {
  await using town = await BroadcastTown.open({ groups: GROUPS })
  await atEachStep(
    town,
    async name => {
      const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: name })
      await broadcast.cancel()
      return broadcast
    },
    async (broadcast, name) => {
      const sent = (await broadcast?.results({ state: 'sent' })) ?? []
      expect(served(town, name).sort()).toEqual(sent.map(({ to }) => to.id))
      if (!broadcast) return
      const { state, cancelled } = await broadcast.progress()
      expect(sent.length + cancelled).toBe(GROUPS)
      if (state !== 'cancelled') expect([state, cancelled]).toEqual(['done', 0])
    },
  )
})

test('wherever the process dies, the results of a paused broadcast say what was posted, before it is resumed', async () => {
  await using town = await BroadcastTown.open({ groups: GROUPS })
  await atEachStep(
    town,
    async name => {
      const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: name })
      await broadcast.pause()
      return broadcast
    },
    async (broadcast, name) => {
      const sent = (await broadcast?.results({ state: 'sent' })) ?? []
      expect(served(town, name).sort()).toEqual(sent.map(({ to }) => to.id))
      await broadcast?.resume()
      await broadcast?.done()
      expect(served(town, name).sort()).toEqual(broadcast ? town.groups : [])
    },
  )
})

test('while the store takes no writes a broadcast waits, and goes on by itself afterwards', async () => {
  await using town = await BroadcastTown.open({ groups: 20, quota: 600 })
  const broadcast = await town.bot.broadcast({ to: { groups: town.groups }, text: 'hello' })
  await town.pass(500)
  town.storeFails = true
  await town.pass(30_000)
  town.storeFails = false
  await town.pass(120_000)
  expect(await broadcast.done()).toMatchObject({ state: 'done', sent: 20 })
  expect(served(town, 'hello').sort()).toEqual(town.groups)
})
