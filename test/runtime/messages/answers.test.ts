import { card, definePlugin, SentMessages, Template, UserError } from 'beadle'
import { expect, test } from 'vitest'
import { type World, world } from '../../world.ts'

const square = { group: 'square' } as const
const filledIn = Template.parse('{{ n }} of {{ of }}')
const LONG = Array.from({ length: 900 }, (_, n) => `word${n}`).join(' ')

const plugin = definePlugin({
  name: 'plugin',
  setup(ctx) {
    ctx.command('text', () => 'a text')
    ctx.command('long', () => LONG)
    ctx.command('nothing', () => undefined)
    ctx.command('empty', () => '')
    ctx.command('options', () => ({ text: 'with options', extras: { n: 1 }, mention: true }))
    ctx.command('template', () => ({ text: filledIn, values: { n: 1, of: 2 }, retractAfter: '1m' }))
    ctx.command('card', async () => card({ title: 'A card' }))
    ctx.command('wrong', () => ({ txt: 'x' }) as never)
    ctx.command('number', () => 5 as never)
    ctx.command('condition', () => false as never)
    ctx.command('refuse', () => {
      throw new UserError(LONG)
    })
    ctx.command('all', async ({ message }) => {
      const sent = await message.chat.texts('one message')
      return `${sent instanceof SentMessages} ${sent.all.length}`
    })
  },
})

async function ask(w: World, command: string): Promise<unknown[]> {
  const before = (await w.history(square)).length
  await w.say({ from: 'alice', ...square, text: command })
  return (await w.history(square)).slice(before + 1).map(({ msg_type, msg_body }) => {
    const { _beadle, extras, ...body } = msg_body as { _beadle?: string; extras?: Record<string, unknown> }
    const { _beadle: __, ...kept } = extras ?? {}
    return msg_type === 'text' && Object.keys(kept).length === 0
      ? (body as { text: string }).text
      : { ...body, ...kept }
  })
}

test('a command answers with a text, a template, a card, or a text with options', async () => {
  await using w = await world({ plugins: [{ use: plugin }] })
  expect(await ask(w, '/text')).toEqual(['a text'])
  expect(await ask(w, '/options')).toEqual([{ text: '@alice with options', n: 1, mention: ['alice'] }])
  expect(await ask(w, '/template')).toEqual(['1 of 2'])
  expect(await ask(w, '/card')).toEqual([{ kind: 'card', version: 1, title: 'A card' }])
  expect(await ask(w, '/all')).toEqual(['one message', 'true 1'])
  await w.clock.advance(60_000)
  await w.settled()
  expect(await w.texts(square)).not.toContain('1 of 2')
})

test('an answer that is too long is said in several messages, as is what a UserError says', async () => {
  await using w = await world({ plugins: [{ use: plugin }] })
  for (const command of ['/long', '/refuse']) {
    const parts = await ask(w, command)
    expect(parts).toHaveLength(2)
    expect(parts.join(' ')).toBe(LONG)
  }
})

test('a command that returns nothing says nothing, and one that returns what is no answer says so', async () => {
  await using w = await world({ plugins: [{ use: plugin }] })
  for (const command of ['/nothing', '/empty', '/condition']) expect(await ask(w, command)).toEqual([])
  expect(await ask(w, '/number')).toEqual([
    "That did not work: a command answered with a number. It may return a text, a card, { text: '…', …options }, or nothing.",
  ])
  expect(await ask(w, '/wrong')).toEqual([
    expect.stringContaining('an object that has no text and is no card'),
  ])
})
