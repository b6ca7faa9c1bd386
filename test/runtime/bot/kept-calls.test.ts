import { expect, test } from 'vitest'
import type { SentMessage } from '../../../src/runtime/bot/sent-message.ts'
import { definePlugin, type PluginDefinition } from '../../../src/runtime/plugin/define.ts'
import { type World, world } from '../../world.ts'

const GID = 10000001
const square = { group: 'square' } as const

const withHook = (setup: PluginDefinition['setup']) =>
  world({ plugins: [{ use: definePlugin({ name: 'plugin', setup }) }] })

async function callHook(w: World): Promise<string> {
  const response = await w.hook('/hooks/bot/plugin/hook', {})
  return ((await response.json()) as { event_id: string }).event_id
}
const idsOf = (sent: readonly SentMessage[]) => sent.map(({ msgId }) => msgId)

test('what was said for an event is found while its handler is at it, afterwards, and after a restart', async () => {
  const seen: unknown[] = []
  await using w = await withHook(ctx => {
    ctx.webhook('hook', { auth: 'none' }, async ({ bot, event }) => {
      const one = await bot.group(GID).text('one')
      seen.push(idsOf(await bot.sentFor(event.id)), (await bot.sent(one.id)).msgId)
      await bot.group(GID).mute('bobby')
      await bot.user('alice').text('two')
    })
  })
  const event = await callHook(w)
  const { bot } = w.runtime.host.instance('bot', 'plugin')!
  const after = await bot.sentFor(event)
  expect(seen).toEqual([[after[0]!.msgId], after[0]!.msgId])
  expect(after.map(({ state }) => state)).toEqual(['sent', 'sent'])
  await w.restart()
  const again = w.runtime.host.instance('bot', 'plugin')!.bot
  expect(idsOf(await again.sentFor(event))).toEqual(idsOf(after))
  expect((await again.sent(after[1]!.id)).msgId).toBe(after[1]!.msgId)
  await again.sent(after[0]!.id).then(sent => sent.retract())
  expect(await w.texts(square)).toEqual([])
  await expect(again.sent(`${event}/nothing`)).rejects.toMatchObject({ code: 'outbox.unknown' })
})

test('what a failed attempt did is known to the next one, also in the next process', async () => {
  let runs = 0
  await using w = await withHook(ctx => {
    ctx.webhook('hook', { auth: 'none' }, async ({ bot }) => {
      await bot.group(GID).text('one')
      await bot.group(GID).mute('bobby')
      if (++runs < 3) throw new Error('not yet')
      await bot.group(GID).text('two')
    })
  })
  await callHook(w)
  // Were the mute made again, it would undo what somebody else did meanwhile.
  await w.client.groups.silence({ gid: GID, status: false, body: ['bobby'] })
  await w.restart()
  await w.clock.advance(60_000)
  await w.settled()
  expect(runs).toBe(3)
  await w.say({ from: 'bobby', ...square, text: 'here' })
  expect(await w.texts(square)).toEqual(['one', 'two', 'here'])
})

test('a handler that makes many calls makes each once, and all are found in their order', async () => {
  let runs = 0
  await using w = await withHook(ctx => {
    ctx.webhook('hook', { auth: 'none' }, async ({ bot }) => {
      for (let n = 0; n < 40; n++) await bot.group(GID).text(`text ${n}`)
      if (++runs < 2) throw new Error('not yet')
    })
  })
  const event = await callHook(w)
  await w.clock.advance(60_000)
  await w.settled()
  const texts = Array.from({ length: 40 }, (_, n) => `text ${n}`)
  expect(runs).toBe(2)
  expect(await w.texts(square)).toEqual(texts)
  const { bot } = w.runtime.host.instance('bot', 'plugin')!
  const said = await bot.sentFor(event)
  expect(said.map(({ msgId }) => msgId)).toEqual((await w.history(square)).map(({ msgid }) => msgid))
})

test('a call that ends after its handler was given up is known to the next attempt', async () => {
  let runs = 0
  await using w = await withHook(ctx => {
    ctx.webhook('hook', { auth: 'none' }, async ({ bot }) => {
      const said = bot.group(GID).text('once')
      if (++runs === 1) throw new Error('gone before the answer')
      await said
    })
  })
  const event = await callHook(w)
  await w.clock.advance(60_000)
  await w.settled()
  expect(runs).toBe(2)
  expect(await w.texts(square)).toEqual(['once'])
  expect(await w.runtime.host.instance('bot', 'plugin')!.bot.sentFor(event)).toHaveLength(1)
})

test('what is on its way when another handler asks is found, once JMessage took it', async () => {
  const undone: string[] = []
  let last = ''
  await using w = await withHook(ctx => {
    ctx.webhook('hook', { auth: 'none' }, async ({ bot, event }) => {
      last = event.id
      await Promise.all([bot.group(GID).text('one'), bot.user('alice').text('two')])
    })
    ctx.webhook('undo', { auth: 'none' }, async ({ bot }) => {
      for (const sent of await bot.sentFor(last)) undone.push(await sent.retract())
    })
  })
  await w.misbehave([{ endpoints: ['messages.send'], fault: 'slow', delay_ms: 3000, after: true }])
  await callHook(w)
  await w.hook('/hooks/bot/plugin/undo', {})
  expect(undone).toEqual([])
  await w.clock.advance(3000)
  await w.settled()
  expect(undone).toEqual(['retracted', 'retracted'])
  expect([...(await w.texts(square)), ...(await w.texts({ user: 'alice' }))]).toEqual([])
})
