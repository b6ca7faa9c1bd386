import { expect, test } from 'vitest'
import { doing, failFirst, MINUTE, said, say, tryAgain } from './doing.ts'

const LONG = Array.from({ length: 900 }, (_, n) => `word${n}`).join(' ')

test('a long text leaves in order, and is taken back as a whole', async () => {
  let taken: Promise<unknown> | undefined
  const { build } = doing({
    go: async ({ chat }) => {
      const sent = await chat.texts(LONG, { mention: ['bobby'], extras: { n: 1 } })
      expect(sent.all.length).toBe(2)
      expect(JSON.parse(JSON.stringify({ sent })).sent).toHaveLength(2)
      await sent.delivered()
      taken = sent.retract()
    },
  })
  await using w = await build()
  await say(w, 'go')
  await taken
  expect(await said(w)).toEqual([])
  const { calls } = await w.recorded()
  const bodies = calls.flatMap(({ endpoint, args }) =>
    endpoint === 'messages.send'
      ? [(args as { body: { msg_body: { text: string; extras: unknown } } }).body.msg_body]
      : [],
  )
  expect(bodies.map(({ text }) => text).join(' ')).toBe(`@bobby ${LONG}`)
  expect(bodies.map(({ extras }) => extras)).toEqual([{ n: 1, mention: ['bobby'] }, { n: 1 }])
})

test('a long text keeps its order in an outage, and is not sent again when its handler runs again', async () => {
  const { build, runs } = doing({
    go: async ({ chat }, _, run) => {
      await chat.texts(LONG)
      await chat.text('end')
      failFirst(run)
    },
  })
  await using w = await build()
  await w.misbehave([{ endpoints: ['messages.send'], fault: 'error', status: 503, times: 3 }])
  await say(w, 'go')
  await tryAgain(w, 5 * MINUTE)
  expect(runs.go).toBe(2)
  const texts = await said(w)
  expect(texts.slice(0, -1).join(' ')).toBe(LONG)
  expect(texts.at(-1)).toBe('end')
})

test('a text that is one message is sent as one by texts, too, and one that is empty is refused', async () => {
  const { build } = doing({
    go: async ({ chat }) => {
      await chat.texts('x'.repeat(4039))
      await expect(chat.texts('')).rejects.toMatchObject({ code: 'message.invalid' })
      await expect(chat.texts('x'.repeat(90_000))).rejects.toThrow('more than 20 messages')
      await expect(chat.texts(LONG, { extras: { x: 'x'.repeat(3500) } })).rejects.toThrow('extras leave')
      await chat.text('end')
    },
  })
  await using w = await build()
  await say(w, 'go')
  expect((await said(w)).map(text => text.length)).toEqual([4039, 3])
})
