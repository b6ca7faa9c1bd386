import { expect, test } from 'vitest'
import { engine } from '../../engine.ts'
import { BroadcastTown } from './broadcast-town.ts'

const GROUPS = engine === 'postgres' ? 1000 : 2000
/** Calls a minute on JMessage's free plan. */
const QUOTA = 600
/** So many users ask at once, every so often: half of what is kept for replies. */
const ASKING = 3
const EVERY_MS = 4000

test(`a broadcast to ${GROUPS} groups leaves room for replies, and is posted once in each, though the process dies`, {
  timeout: 120_000,
}, async () => {
  await using town = await BroadcastTown.open({ groups: GROUPS, quota: QUOTA })
  const begunAt = town.clock.now()
  const { id, total, estimateMs } = await town.bot.broadcast({
    to: { groups: town.groups },
    text: 'All hands!',
  })
  expect(total).toBe(GROUPS)
  const asked = new Map<string, number>()
  const talkUntil = async (isOver: () => boolean) => {
    while (!isOver()) {
      for (let user = 0; user < ASKING; user++) {
        // In groups that wait, that are being served, and that were served.
        const group = town.groups[(asked.size * 53) % GROUPS]!
        asked.set(group, town.clock.now())
        await town.say(group, '/ping')
      }
      await town.pass(EVERY_MS, isOver)
    }
  }
  const served = () => town.posted.filter(({ text }) => text === 'All hands!').map(({ group }) => group)

  // The server has taken the message, and the process dies before it has noted that.
  let isDead = false
  town.onStep = () => {
    if (isDead || served().length < GROUPS / 2) return
    isDead = true
    town.die()
  }
  await talkUntil(() => isDead)
  await town.restart()
  const broadcast = await town.bot.findBroadcast(id)
  let isDone = false
  const done = broadcast!.done().finally(() => {
    isDone = true
  })
  await talkUntil(() => isDone)

  expect(await done).toMatchObject({ state: 'done', total: GROUPS, sent: GROUPS })
  expect(served().sort()).toEqual(town.groups)
  const replies = town.posted.filter(({ text }) => text === 'pong')
  expect(replies.map(({ group }) => group).sort()).toEqual([...asked.keys()].sort())
  const waits = replies.map(({ group, at }) => at - asked.get(group)!)
  expect(Math.max(...waits)).toBeLessThan(2000)
  expect(town.tooMany).toBe(0)
  // Of virtual time: what it said beforehand, and how long it took with the replies and the restart.
  const took = (town.clock.now() - begunAt) / estimateMs
  expect(took).toBeGreaterThan(0.9)
  expect(took).toBeLessThan(1.15)
})
