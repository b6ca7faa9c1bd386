import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { CALLBACK_BATCH } from '../../src/protocol/index.ts'
import { misdeliver } from '../../src/server/sandbox/faults/misdeliver.ts'
import { capturedLog, type LogLine } from '../../src/testing/captured-log.ts'
import { misbehave, struck } from './misbehave.ts'
import { receiver, texts } from './receiver.ts'
import { APP, OTHER, ok, world } from './world.ts'

const PATIENCE = { timeout: 5000 }

/** A server with alice in it, and the bot that it posts to. */
async function town() {
  const bot = await receiver()
  const log: LogLine[] = []
  const w = await world({ apps: [{ ...APP, callback: bot.url }, OTHER], log: capturedLog(log) })
  await w.users('alice')
  return {
    w,
    bot,
    misbehave: (rule: object) => misbehave(w, rule),
    struck: async () => (await struck(w))[0],
    say: async (...said: string[]) => {
      for (const text of said) ok(await w.say('alice', 'single', 'alice', { msg_body: { text } }), 201)
    },
    posted: (...batches: string[][]) =>
      vi.waitFor(() => expect(bot.received.map(one => texts([one]))).toEqual(batches), PATIENCE),
    /** Resolves once the delivery has failed and waits to try again. */
    failed: () => vi.waitFor(() => expect(log.map(({ level }) => level)).toContain('debug'), PATIENCE),
  }
}

test('posts a batch again, though it was taken, and goes on', async () => {
  const { misbehave, struck, say, posted } = await town()
  await misbehave({ fault: 'callback-duplicate', times: 1 })
  await say('one')
  await posted(['one'], ['one'])
  await say('two')
  await posted(['one'], ['one'], ['two'])
  expect(await struck()).toBe(1)
})

test('posts what was taken again when the answer was lost', async () => {
  const { w, misbehave, say, posted, failed } = await town()
  await misbehave({ fault: 'callback-drop-answer', times: 1 })
  await say('one')
  await failed()
  await posted(['one'])
  await w.clock.advance(1000)
  await posted(['one'], ['one'])
  await say('two')
  await posted(['one'], ['one'], ['two'])
})

test('lets a message that is alone wait for another one, and posts that first', async () => {
  const { misbehave, struck, say, posted } = await town()
  await misbehave({ fault: 'callback-reorder', times: 1 })
  await say('one')
  await vi.waitFor(async () => expect(await struck()).toBe(1))
  await posted()
  await say('two')
  await posted(['two', 'one'])
  await say('three')
  await posted(['two', 'one'], ['three'])
})

test('posts a message that stays alone after a second', async () => {
  const { w, bot, misbehave, say, posted } = await town()
  await misbehave({ fault: 'callback-reorder' })
  await say('one')
  const whileTimePasses = async () => {
    await w.clock.advance(250)
    expect(bot.received).toHaveLength(1)
  }
  await vi.waitFor(whileTimePasses, { ...PATIENCE, interval: 100 })
  await posted(['one'])
})

test('lets two batches change places, and all of both come again when one is not taken', async () => {
  const { w, bot, misbehave, say, posted, failed } = await town()
  const all = Array.from({ length: CALLBACK_BATCH + 3 }, (_, index) => `m${index}`)
  const [early, late] = [all.slice(0, CALLBACK_BATCH), all.slice(CALLBACK_BATCH)]
  bot.status = 503
  await say(all[0]!)
  await failed()
  await say(...all.slice(1))
  bot.received.length = 0
  Object.defineProperty(bot, 'status', { get: () => (bot.received.length === 2 ? 503 : 200) })
  await misbehave({ fault: 'callback-reorder', times: 1 })
  await w.clock.advance(1000)
  await posted(late, early)
  await vi.waitFor(async () => {
    await w.clock.advance(1000)
    expect(bot.received).toHaveLength(4)
  }, PATIENCE)
  await posted(late, early, early, late)
  await say('last')
  await posted(late, early, early, late, ['last'])
})

test('leaves the callbacks of other apps alone', async () => {
  const { misbehave, struck, say, posted } = await town()
  await misbehave({ fault: 'callback-duplicate', app: OTHER.appKey })
  await say('one')
  await say('two')
  await posted(['one'], ['two'])
  expect(await struck()).toBe(0)
})

test('loses no message, whatever befalls its delivery', async () => {
  const faults = ['callback-duplicate', 'callback-reorder', 'callback-drop-answer'] as const
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...faults),
      fc.integer({ min: 1, max: 2 * CALLBACK_BATCH + 1 }),
      fc.nat(3),
      async (fault, count, more) => {
        const waiting = Array.from({ length: count }, (_, index) => index)
        const batches: (readonly number[])[] = []
        const delivered = await misdeliver(
          { fault, probability: 1 },
          {
            unsent: async most => waiting.slice(0, most),
            post: async rows => void batches.push(rows),
            listen: () => async () => {
              for (let index = 0; index < more; index++) waiting.push(count + index)
            },
          },
        ).catch(() => [])
        expect(delivered).toEqual(waiting.slice(0, delivered.length))
        expect(delivered.filter(row => !batches.flat().includes(row))).toEqual([])
        expect(Math.max(...batches.map(batch => batch.length))).toBeLessThanOrEqual(CALLBACK_BATCH)
        expect(delivered.length > 0).toBe(fault !== 'callback-drop-answer')
        if (fault === 'callback-drop-answer') return
        const inOrder = batches.flat().every((row, index, rows) => index === 0 || row > rows[index - 1]!)
        expect(inOrder).toBe(fault === 'callback-reorder' && delivered.length === 1)
      },
    ),
  )
})
