import { expect, test } from 'vitest'
import { DialogueOver, definePlugin, z } from '../../../../src/index.ts'
import type { PluginContext } from '../../../../src/runtime/plugin/context.ts'
import { world } from '../../../world.ts'

const square = { group: 'square' } as const
const MINUTE = 60_000

const plugin = (setup: (ctx: PluginContext) => void, name = 'shop') => ({
  use: definePlugin({ name, setup }),
})

const shop = plugin(ctx => {
  ctx.command('order', async ({ ask, message }) => {
    const size = await ask('Which size?', { choices: ['small', 'large'] })
    const count = await ask('How many?', { type: 'int', validate: n => n > 0 || 'At least one.' })
    const name = await ask('For whom?')
    if (await ask.confirm('Order it?')) return `${message.sender} ordered: ${count + 0} ${size} for ${name}`
    return 'Not ordered.'
  })
})

type Worlds = Awaited<ReturnType<typeof world>>
const talk = async (w: Worlds, ...texts: string[]) => {
  for (const text of texts) await w.say({ from: 'alice', ...square, text })
}
/** What the bot said last. */
const last = async (w: Worlds, count = 1) => {
  const said = await w.history(square)
  return said.filter(({ from_id }) => from_id === 'test-bot').map(({ msg_body }) => msg_body.text).slice(-count)
}
const errors = (w: Worlds) => w.log.filter(({ level }) => level === 'error')
const rows = (w: Worlds) => w.runtime.dialogues.count()

test('a command asks, and goes on with what is answered', async () => {
  await using w = await world({ plugins: [shop] })
  await talk(w, '/order', 'large', '3', 'Bob', 'yes')
  expect(await w.texts(square)).toEqual([
    ...['/order', 'Which size?\n1. small\n2. large', 'large', 'How many?', '3', 'For whom?', 'Bob'],
    ...['Order it? (yes/no)', 'yes', 'alice ordered: 3 large for Bob'],
  ])
  expect(errors(w)).toEqual([])
  await talk(w, 'yes')
  expect(await last(w)).toEqual(['alice ordered: 3 large for Bob'])
})
