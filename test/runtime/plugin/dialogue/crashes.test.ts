import { expect, test } from 'vitest'
import { definePlugin } from '../../../../src/index.ts'
import { Mortal } from './mortal.ts'

const shop = () => {
  const paid: number[] = []
  const definition = definePlugin({
    name: 'shop',
    setup(ctx) {
      ctx.onJob<string>('later', ({ data, bot }) => bot.group(data).text('delivered'))
      ctx.command('order', async ({ ask, message, job, group }) => {
        await message.reply('Welcome')
        await job('later', { after: '1m' }, group!.id)
        const size = await ask('Which size?', { choices: ['small', 'large'] })
        await message.reply(`${size} it is`)
        const receipt = await ask.once(() => paid.push(1))
        const count = await ask('How many?', { type: 'int' })
        void message.reply('Noted')
        return (await ask.confirm('Order?')) ? `${count} ${size} ordered (${receipt > 0})` : 'no'
      })
      // Hears what is no answer, and says so where nothing else is said.
      ctx.on('message.text', async (message, next) => {
        if (message.text.startsWith('/')) await next()
        else await message.user.text(`heard ${message.text}`)
      })
    },
  })
  return { definition, paid }
}

const SAID = ['/order', 'large', 'many', '2', 'yes']
const EXPECTED = [
  ...['/order', 'Welcome', 'Which size?\n1. small\n2. large', 'large', 'large it is', 'How many?'],
  ...['many', "Please answer with a whole number.\nTo stop, say 'cancel'.", '2', 'Noted', 'Order? (yes/no)'],
  ...['yes', '2 large ordered (true)', 'delivered'],
]

async function live(dieAt: number): Promise<{ points: number; died: boolean; wrong: unknown }> {
  const { definition } = shop()
  await using mortal = await Mortal.of(definition)
  mortal.points = 0
  mortal.dieAt(dieAt)
  for (const text of SAID) await mortal.say(text)
  await mortal.clock.advance(10 * 60_000)
  if (mortal.isDead) await mortal.revive()
  await mortal.clock.advance(10 * 60_000)
  const left = [await mortal.rows(), await mortal.jobs(), await mortal.unhandled()]
  const texts = [...(await mortal.texts()), ...(await mortal.directs())]
  const wrong =
    texts.join('|') === EXPECTED.join('|') && left.every(rows => rows.length === 0) ? [] : [texts, left]
  return { points: mortal.points, died: mortal.points >= dieAt, wrong }
}

test('wherever the process dies in a dialogue, no answer is lost and nothing is said twice', async () => {
  const calm = await live(Number.POSITIVE_INFINITY)
  expect(calm.wrong).toEqual([])
  expect(calm.points).toBeGreaterThan(50)
  const wrong: unknown[] = []
  for (let point = 1; point <= calm.points; point++) {
    const life = await live(point)
    expect(life.died).toBe(true)
    if (JSON.stringify(life.wrong) !== '[]') wrong.push({ point, wrong: life.wrong })
  }
  expect(wrong).toEqual([])
})
