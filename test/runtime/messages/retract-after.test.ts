import type { SentMessage } from 'beadle'
import { expect, test } from 'vitest'
import { world } from '../../world.ts'
import { doing, failFirst, MINUTE, said, say, tryAgain } from './doing.ts'

test('a message takes itself back, also over a restart and when its handler runs again', async () => {
  const { build, runs } = doing({
    go: async ({ chat }, _, run) => {
      await chat.text('one', { retractAfter: '170s' })
      await chat.text('two')
      failFirst(run)
    },
  })
  await using w = await build()
  await say(w, 'go')
  await tryAgain(w, 100_000)
  expect(runs.go).toBe(2)
  await w.restart()
  await w.clock.advance(69_999)
  await w.settled()
  expect(await said(w)).toEqual(['one', 'two'])
  await tryAgain(w, 1)
  expect(await said(w)).toEqual(['two'])
})

test('the time of a message that waited counts from when it was sent', async () => {
  const { build } = doing({ go: ({ chat }) => chat.text('one', { retractAfter: '60s' }) })
  await using w = await build()
  await w.misbehave([{ endpoints: ['messages.send'], fault: 'error', status: 503 }])
  await say(w, 'go')
  await w.clock.advance(10 * MINUTE)
  await w.misbehave([])
  for (let waited = 0; (await said(w)).length === 0; waited++) {
    expect(waited).toBeLessThan(100)
    await w.clock.advance(1000)
  }
  await w.clock.advance(59_000)
  expect(await said(w)).toEqual(['one'])
  await tryAgain(w, 1000)
  expect(await said(w)).toEqual([])
})

test('it is fine when somebody took the message back before, or it was never sent', async () => {
  let sent: SentMessage | undefined
  const { build } = doing({
    go: async ({ chat }) => {
      sent = await chat.text('one', { retractAfter: '60s' })
    },
    wait: async ({ chat }) => {
      const waiting = await chat.text('two', { retractAfter: '60s' })
      expect(await waiting.retract()).toBe('cancelled')
    },
    gone: ({ bot }) => bot.group(99999999).text('three', { retractAfter: '60s' }),
  })
  await using w = await build()
  await say(w, 'go')
  await sent!.retract()
  await say(w, 'gone')
  await w.misbehave([{ endpoints: ['messages.send'], fault: 'error', status: 503, times: 1 }])
  await say(w, 'wait')
  await w.clock.advance(2 * MINUTE)
  await tryAgain(w, 5 * MINUTE)
  expect(await said(w)).toEqual([])
  expect(w.log.filter(({ fields }) => fields.plugin === 'core')).toEqual([])
})

test('a message that could not be taken back in time stays, and the log says so', async () => {
  const { build } = doing({ go: ({ chat }) => chat.text('one', { retractAfter: '60s' }) })
  await using w = await build()
  await say(w, 'go')
  await w.restart({ after: 4 * MINUTE })
  await w.settled()
  expect(await said(w)).toEqual(['one'])
  expect(w.log.map(({ message }) => message)).toContain(
    'a message could not be taken back when its time was over',
  )
})

test('a broadcast does not take itself back', async () => {
  await using w = await world()
  const to = { to: { groups: [w.groups.square!] }, text: 'hi' }
  const [bot] = w.runtime.host.bots
  await expect(bot!.broadcast({ ...to, retractAfter: '60s' } as never)).rejects.toThrow(
    'retractAfter is not for broadcasts',
  )
  await bot!.broadcast({ ...to, mention: 'all' })
  await w.settled()
  expect(await said(w)).toEqual(['@all hi'])
})
