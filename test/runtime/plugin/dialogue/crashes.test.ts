import { expect, test } from 'vitest'
import { definePlugin } from '../../../../src/index.ts'
import { Mortal } from './mortal.ts'

let paid = 0
const shop = definePlugin({
  name: 'shop',
  setup(ctx) {
    ctx.onJob<string>('later', ({ data, bot }) => bot.group(data).text('delivered'))
    ctx.command('order', async ({ ask, message, job, group }) => {
      await message.reply('Welcome')
      await job('later', { after: '1m' }, group!.id)
      const size = await ask('Which size?', { choices: ['small', 'large'] })
      await message.reply(`${size} it is`)
      const receipt = await ask.once(() => ++paid)
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

const ORDERED = {
  said: ['/order', 'large', 'many', '2', 'yes'],
  texts: [
    ...['/order', 'Welcome', 'Which size?\n1. small\n2. large', 'large', 'large it is', 'How many?'],
    ...[
      'many',
      "Please answer with a whole number.\nTo stop, say 'cancel'.",
      '2',
      'Noted',
      'Order? (yes/no)',
    ],
    ...['yes', '2 large ordered (true)', 'delivered'],
  ],
}
const LEFT_OPEN = {
  said: ['/order', 'large'],
  texts: [
    ...['/order', 'Welcome', 'Which size?\n1. small\n2. large', 'large', 'large it is', 'How many?'],
    ...['delivered', 'No answer came in time, so this is over.'],
  ],
}
type Script = typeof ORDERED

/** Lives through a dialogue, and dies at one point of it. `wrong`: what is not as it has to be. */
async function live({ said, texts: expected }: Script, dieAt: number) {
  await using mortal = await Mortal.of(shop)
  mortal.points = 0
  mortal.dieAt(dieAt)
  for (const text of said) await mortal.say(text)
  // The job, and the time of a question that is open, are due within that.
  for (let minute = 0; minute < 12; minute++) {
    await mortal.clock.advance(60_000)
    if (mortal.isDead) await mortal.revive()
  }
  const left = [await mortal.rows(), await mortal.jobs(), await mortal.unhandled()]
  const texts = [...(await mortal.texts()), ...(await mortal.directs())]
  const isRight = texts.join('|') === expected.join('|') && left.every(rows => rows.length === 0)
  return { points: mortal.points, wrong: isRight ? [] : [texts, left] }
}

test.each([
  ['that comes to its end', ORDERED],
  ['whose time is up', LEFT_OPEN],
])(
  'wherever the process dies in a dialogue %s, no answer is lost and nothing is said twice',
  async (_, script) => {
    const calm = await live(script, Number.POSITIVE_INFINITY)
    expect(calm.wrong).toEqual([])
    expect(calm.points).toBeGreaterThan(40)
    const wrong: unknown[] = []
    for (let point = 1; point <= calm.points; point++) {
      const life = await live(script, point)
      expect(life.points).toBeGreaterThanOrEqual(point)
      if (life.wrong.length > 0) wrong.push({ point, wrong: life.wrong })
    }
    expect(wrong).toEqual([])
  },
)
