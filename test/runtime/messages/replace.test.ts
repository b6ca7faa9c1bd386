import { RetractTooLate, type SentMessage } from 'beadle'
import { expect, test } from 'vitest'
import { doing, failFirst, MINUTE, said, say, tryAgain } from './doing.ts'

test('a message is replaced: it is taken back first, and the new one is sent once', async () => {
  const { build, runs } = doing({
    go: async ({ chat }, { job }, run) => {
      const sent = await chat.text('one')
      const two = await sent.replace('two')
      expect(two.id).not.toBe(sent.id)
      await two.replace({ text: 'three' }, { extras: { n: 3 } })
      await job('replace', { after: '1m' }, await chat.text('four'))
      failFirst(run)
    },
  })
  await using w = await build()
  await say(w, 'go')
  await tryAgain(w)
  expect(runs.go).toBe(2)
  expect(await said(w)).toEqual(['three', 'four'])
  await tryAgain(w, MINUTE)
  expect(await said(w)).toEqual(['three', 'replaced'])
  const { calls } = await w.recorded()
  const order = calls.filter(({ plugin }) => plugin === 'plugin').map(({ endpoint }) => endpoint)
  expect(order.filter(endpoint => endpoint === 'messages.send')).toHaveLength(5)
})

test('nothing is taken back for what cannot be said', async () => {
  const { build } = doing({
    go: async ({ chat }) => {
      const sent = await chat.text('one')
      await expect(sent.replace('x'.repeat(5000))).rejects.toThrow('bytes too long')
      await expect(sent.replace({ kind: 'card', version: 1, title: '' })).rejects.toThrow('title must')
    },
  })
  await using w = await build()
  await say(w, 'go')
  expect(await said(w)).toEqual(['one'])
})

test('a message that is too old to be taken back is not replaced, unless the new one is to be sent all the same', async () => {
  let sent: SentMessage | undefined
  const { build } = doing({
    one: async ({ chat }) => {
      sent = await chat.text('one')
    },
    two: async () => {
      await expect(sent!.replace('two')).rejects.toBeInstanceOf(RetractTooLate)
      await sent!.replace('three', { late: 'send' })
    },
  })
  await using w = await build()
  await say(w, 'one')
  await w.clock.advance(4 * MINUTE)
  await say(w, 'two')
  expect(await said(w)).toEqual(['one', 'three'])
})

test('a replacement whose handler runs again after the three minutes was made, and is not refused', async () => {
  let fails = true
  const { build, runs } = doing({
    go: async ({ chat }) => {
      await (await chat.text('one')).replace('two')
      if (fails) throw new Error('not yet')
      await chat.text('three')
    },
  })
  await using w = await build()
  await say(w, 'go')
  await w.restart({ after: 4 * MINUTE })
  fails = false
  await tryAgain(w, MINUTE)
  expect(runs.go).toBeGreaterThan(1)
  expect(await said(w)).toEqual(['two', 'three'])
})

test('a message that waits is replaced by one that waits: only the new one is sent', async () => {
  const { build } = doing({
    go: async ({ chat }) => {
      const sent = await chat.text('one')
      expect(sent.state).toBe('queued')
      const next = await sent.replace('two')
      expect(next.state).toBe('queued')
    },
  })
  await using w = await build()
  await w.misbehave([{ endpoints: ['messages.send'], fault: 'error', status: 503, times: 2 }])
  await say(w, 'go')
  await tryAgain(w, 5 * MINUTE)
  expect(await said(w)).toEqual(['two'])
})

test('a new message waits for the old one to be taken back', async () => {
  const { build } = doing({
    go: async ({ chat }) => {
      const sent = await chat.text('one')
      expect((await sent.replace('two')).state).toBe('queued')
    },
  })
  await using w = await build()
  await w.misbehave([{ endpoints: ['messages.retract'], fault: 'error', status: 503 }])
  await say(w, 'go')
  await w.clock.advance(10_000)
  expect(await said(w)).toEqual(['one'])
  await w.misbehave([])
  await tryAgain(w, 2 * MINUTE)
  expect(await said(w)).toEqual(['two'])
})
