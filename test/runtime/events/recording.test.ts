import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { definePlugin, z } from 'beadle'
import { type Recording, recording } from 'beadle/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRecording, recordingLines } from '../../../src/runtime/events/recording.ts'
import { compare } from '../../../src/runtime/shadow/compare.ts'
import { world } from '../../world.ts'

const board = definePlugin({
  name: 'board',
  config: z.strictObject({ word: z.string().default('posted') }),
  setup(ctx, { word }) {
    ctx.webhook('post', { auth: 'none', dedupe: 'off' }, async ({ bot, event }) => {
      await ctx.state.set('last', event.id)
      await bot.group(10000001).text(`${word} at ${ctx.clock.now()}`)
    })
    ctx.command('undo', async ({ bot, message }) => {
      const last = (await ctx.state.get<string>('last'))!
      for (const sent of await bot.sentFor(last)) await sent.retract()
      await message.retract()
      return 'undone'
    })
  },
})

const boardWorld = (word?: string) =>
  world({ plugins: [{ use: board, config: word === undefined ? {} : { word } }] })

/** A post, and its being taken back a minute later. */
async function recorded(): Promise<Recording> {
  await using w = await boardWorld()
  await w.clock.advance(5 * 3_600_000)
  await w.hook('/hooks/bot/board/post', { by: 'alice' })
  await w.clock.advance(60_000)
  await w.say({ from: 'alice', group: 'square', text: '/undo' })
  return await w.recorded()
}

const file = (text: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'recording-')), 'events.jsonl')
  writeFileSync(path, text)
  return path
}

test('recorded events make the same calls of the same plugin, at the time and with the answers of then', async () => {
  const before = await recorded()
  expect(before.calls.map(({ endpoint }) => endpoint)).toEqual([
    ...['messages.send', 'messages.retract', 'messages.retract', 'messages.send'],
  ])
  const path = file([...recordingLines(before.events)].join(''))
  expect(recording(path)).toEqual(before)
  await using w = await boardWorld()
  expect(await w.replay(path)).toEqual(before.calls)
  expect(await w.texts({ group: 'square' })).toEqual([])
  expect((await w.recorded()).events).toEqual([])
})

test('a plugin that does something else makes other calls', async () => {
  const before = await recorded()
  await using w = await boardWorld('put up')
  const [post] = await w.replay(before)
  expect(post).not.toEqual(before.calls[0])
  expect(JSON.stringify(post!.args)).toContain('put up at')
})

test('a recording of a plugin that is not there says so', async () => {
  const before = await recorded()
  await using w = await world({ bot: { id: 'other' }, plugins: [{ use: board }] })
  await expect(w.replay(before)).rejects.toThrow('plugin board of bot bot, which this world does not have')
})

test('a handler that fails fails the replay', async () => {
  const before = await recorded()
  await using w = await boardWorld()
  const [, undo] = before.events
  // Without the post there is nothing to undo.
  await expect(w.replay({ events: [{ ...undo!, data: {} }], calls: [] })).rejects.toThrow()
})

test('a recording that is damaged is told of by its line and field', () => {
  const read = (text: string) => () => readRecording(text, 'x.jsonl')
  const header = '{"beadle":1,"kind":"events"}\n'
  expect(read('')).toThrow('x.jsonl:1: is no recording')
  expect(read('[1]\n')).toThrow('x.jsonl:1: is no recording')
  expect(read('{"beadle":2}\n')).toThrow('version 2, which is not known here')
  expect(read(`${header}{"id":"A","type":`)).toThrow('x.jsonl:2: is not JSON')
  expect(read(`${header}\n{"id":"A","type":"webhook"}`)).toThrow('x.jsonl:3: conversation is required')
  expect(read(`${header}null`)).toThrow('x.jsonl:2: body must be an object')
  expect(readRecording(header, 'x.jsonl')).toEqual([])
})

const call = fc.record({
  key: fc.string(),
  endpoint: fc.constantFrom('messages.send', 'groups.silence'),
  lane: fc.string(),
  args: fc.dictionary(fc.string(), fc.jsonValue()),
  state: fc.constantFrom('sent' as const, 'failed' as const, 'shadow' as const),
  result: fc.jsonValue(),
  error: fc.option(fc.string()),
  at: fc.nat(),
})
const calls = fc.uniqueArray(call, { selector: ({ key }) => key, maxLength: 5 })

test('what is written is read again, whatever stands in it', () => {
  const delivery = { state: 'done' as const, attempts: 0, error: null, nextAt: null, endedAt: 1 }
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), calls, (data, conversation, made) => {
      const more = { replayOf: null, calls: [], broadcasts: [] }
      const record = { id: 'A', type: 'webhook', conversation, data, createdAt: 1, ...more }
      const events = [{ ...record, deliveries: [{ bot: 'b', plugin: 'p', ...delivery, calls: made }] }]
      const text = [...recordingLines(events)].join('')
      const plain = JSON.parse(JSON.stringify(events))
      expect(readRecording(text, 'x')).toEqual(plain)
    }),
  )
})

test('calls compared with themselves are the same, and each call is told of once', () => {
  fc.assert(
    fc.property(calls, calls, (before, now) => {
      expect(compare(before, before).every(({ kind }) => kind === 'same')).toBe(true)
      const keys = compare(before, now).map(difference => difference.call.key)
      expect(keys.sort()).toEqual([...new Set([...before, ...now].map(({ key }) => key))].sort())
    }),
  )
})

test('a changed argument is told of by its path', () => {
  const text = (word: string, more: object = {}) => ({
    ...{ key: 'k', endpoint: 'messages.send', lane: 'group:1', state: 'sent' as const, at: 1 },
    ...{ args: { body: { msg_body: { text: word, ...more } } }, result: null, error: null },
  })
  expect(compare([text('a')], [text('b', { extras: { x: 1 } })])).toMatchObject([
    {
      kind: 'changed',
      changes: [
        { path: 'body.msg_body.text', was: 'a', is: 'b' },
        { path: 'body.msg_body.extras', was: undefined, is: { x: 1 } },
      ],
    },
  ])
})
