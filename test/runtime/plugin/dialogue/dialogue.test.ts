import { expect, test } from 'vitest'
import { DialogueOver, type SentMessage, z } from '../../../../src/index.ts'
import { MINUTE, plugin, square, Talk } from './dialogue-world.ts'

const shop = plugin(ctx => {
  ctx.command('order', async ({ ask, message }) => {
    const size = await ask('Which size?', { choices: ['small', 'large'] })
    const count = await ask('How many?', { type: 'int', validate: n => n > 0 || 'At least one.' })
    const name = await ask('For whom?')
    if (await ask.confirm('Order it?')) return `${message.sender} ordered: ${count} ${size} for ${name}`
    return 'Not ordered.'
  })
})

test('a command asks, and goes on with what is answered', async () => {
  await using talk = await Talk.of([shop])
  await talk.say('/order', 'large', '3', 'Bob', 'yes')
  expect(await talk.w.texts(square)).toEqual([
    ...['/order', 'Which size?\n1. small\n2. large', 'large', 'How many?', '3', 'For whom?', 'Bob'],
    ...['Order it? (yes/no)', 'yes', 'alice ordered: 3 large for Bob'],
  ])
  expect(await talk.say('yes')).toEqual([])
  expect(await talk.rows()).toEqual([])
  expect(talk.logged('error')).toEqual([])
})

test('a dialogue goes on after restarts between all questions', async () => {
  await using talk = await Talk.of([shop])
  for (const text of ['/order', '2', '3', 'Bob']) {
    await talk.say(text)
    await talk.w.restart({ after: 1000 })
  }
  expect(await talk.say('是')).toEqual(['alice ordered: 3 large for Bob'])
  expect(await talk.answers()).toHaveLength(5)
})

test('answers are those of who was asked, where it was asked', async () => {
  await using talk = await Talk.of([shop])
  await talk.say('/order')
  expect(await talk.sayAs('bobby', 'large')).toEqual([])
  await talk.w.say({ from: 'alice', room: 'hall', text: 'large' })
  await talk.w.say({ from: 'alice', user: 'test-bot', text: 'large' })
  expect(await talk.answers()).toHaveLength(1)
  expect(await talk.sayAs('bobby', '/order', 'small')).toEqual([
    'Which size?\n1. small\n2. large',
    'How many?',
  ])
  expect(await talk.say('large')).toEqual(['How many?'])
})

test('what does not fit is answered with why, and over after the third time', async () => {
  await using talk = await Talk.of([shop])
  await talk.say('/order')
  expect(await talk.say('larg')).toEqual([
    "Did you mean 'large'?\nPlease choose one of these:\n1. small\n2. large\nTo stop, say 'cancel'.",
  ])
  expect(await talk.say('3')).toEqual([
    "Please choose one of these:\n1. small\n2. large\nTo stop, say 'cancel'.",
  ])
  expect(await talk.say('LARGE')).toEqual(['How many?'])
  expect(await talk.say('many', '0', '-1')).toEqual([
    "Please answer with a whole number.\nTo stop, say 'cancel'.",
    "At least one.\nTo stop, say 'cancel'.",
    'No answer fitted, so this is over.',
  ])
  expect(await talk.say('5')).toEqual([])
  expect(await talk.rows()).toEqual([])
})

test.each(['cancel', '/cancel', 'Cancel', '取消'])('%s ends a dialogue', async word => {
  await using talk = await Talk.of([shop])
  await talk.say('/order')
  expect(await talk.say(word, 'large')).toEqual(['Cancelled.'])
  expect(await talk.rows()).toEqual([])
})

test('a question that nobody answers in time is over', async () => {
  await using talk = await Talk.of([shop])
  await talk.say('/order', 'large')
  expect(await talk.pass(5 * MINUTE - 1)).toEqual([])
  await talk.say('many')
  // A try more is more time.
  expect(await talk.pass(4 * MINUTE)).toEqual([])
  expect(await talk.pass(MINUTE)).toEqual(['No answer came in time, so this is over.'])
  expect(await talk.say('3')).toEqual([])
  expect(await talk.rows()).toEqual([])
  expect(await talk.pass(60 * MINUTE)).toEqual([])
})

test('a question whose time was up while nothing ran is over after the start', async () => {
  await using talk = await Talk.of([shop])
  await talk.say('/order')
  await talk.w.restart({ after: 3 * 3_600_000 })
  expect((await talk.answers()).at(-1)).toBe('No answer came in time, so this is over.')
  expect(await talk.rows()).toEqual([])
})

test('in Chinese all is said in Chinese', async () => {
  await using talk = await Talk.of([shop], { bot: { language: 'zh' } })
  expect(await talk.say('/order', '大', 'small', '多', '2', 'Bob')).toEqual([
    'Which size?\n1. small\n2. large',
    '请从以下选项中选择：\n1. small\n2. large\n说“取消”即可结束。',
    'How many?',
    '请回答整数。\n说“取消”即可结束。',
    'For whom?',
    'Order it?（是/否）',
  ])
  expect(await talk.say('也许')).toEqual(['请回答“是”或“否”。\n说“取消”即可结束。'])
  expect(await talk.say('取消')).toEqual(['已取消。'])
})

test('a command is not an answer, unless that is wanted, and the question stays open', async () => {
  const other = plugin(ctx => ctx.command('ping', () => 'pong'), 'other')
  const notes = plugin(ctx => {
    ctx.command('note', async ({ ask }) => `noted ${await ask('What?', { commands: 'answer' })}`)
  }, 'notes')
  await using talk = await Talk.of([shop, other, notes])
  expect(await talk.say('/order', '/ping', 'large')).toEqual([
    'Which size?\n1. small\n2. large',
    'pong',
    'How many?',
  ])
  expect(await talk.say('cancel', '/note')).toEqual(['Cancelled.', 'What?'])
  expect(await talk.say('/ping')).toEqual(expect.arrayContaining(['pong', 'noted /ping']))
})

test('a new dialogue of the plugin takes the place of the old one, and one of another plugin does not', async () => {
  const other = plugin(ctx => {
    ctx.command('other', async ({ ask }) => `other ${await ask('Other?')}`)
  }, 'other')
  await using talk = await Talk.of([shop, other])
  expect(await talk.say('/order', 'large', '/order', '/other')).toEqual([
    ...['Which size?\n1. small\n2. large', 'How many?', 'Which size?\n1. small\n2. large', 'Other?'],
  ])
  expect((await talk.say('small')).sort()).toEqual(['How many?', 'other small'])
  expect(await talk.rows()).toHaveLength(1)
})

test('an answer is not heard by the plugin that asked, and by others as any message', async () => {
  const heard: string[] = []
  const both = plugin(ctx => {
    ctx.on('message', async (message, next) => {
      heard.push(`shop ${message.text}`)
      await next()
    })
    ctx.command('go', async ({ ask }) => `went ${await ask('Where?')}`)
  })
  const other = plugin(ctx => ctx.on('message', message => void heard.push(`other ${message.text}`)), 'other')
  await using talk = await Talk.of([both, other])
  expect(await talk.say('/go', 'home', 'and back')).toEqual(['Where?', 'went home'])
  // What stands before it in the chain runs again, with the message that began it.
  expect(heard.filter(text => text.startsWith('shop'))).toEqual(['shop /go', 'shop /go', 'shop and back'])
  expect(heard.filter(text => text.startsWith('other'))).toEqual([
    'other /go',
    'other home',
    'other and back',
  ])
})

test('a listener asks, too, and what ends its dialogue is said', async () => {
  const greeter = plugin(ctx => {
    ctx.on('message.text', async (message, next, { ask, isResumed }) => {
      if (!message.text.includes('hello')) return next()
      const name = await ask('Who are you?', { retries: 0, timeout: '10s' })
      await message.reply(`Hello, ${name} (${isResumed})`)
    })
  })
  await using talk = await Talk.of([greeter])
  expect(await talk.say('hello', 'hello again')).toEqual(['Who are you?', 'Hello, hello again (true)'])
  expect(await talk.say('hello', 'cancel')).toEqual(['Who are you?', 'Cancelled.'])
  expect(await talk.say('hello')).toEqual(['Who are you?'])
  expect(await talk.pass(10_000)).toEqual(['No answer came in time, so this is over.'])
})

test('a handler catches that there is no answer, and goes on, also asking more', async () => {
  const patient = plugin(ctx => {
    ctx.command('go', async ({ ask, message }) => {
      try {
        return `went ${await ask('Where?', { retries: 0, type: 'user', timeout: 1000 })}`
      } catch (error) {
        if (!(error instanceof DialogueOver)) throw error
        await message.reply(`so: ${error.reason}`)
        return (await ask.confirm('Again?')) ? 'again' : 'no more'
      }
    })
  })
  await using talk = await Talk.of([patient])
  expect(await talk.say('/go', 'cancel', 'no')).toEqual([
    ...['Where?', 'so: cancelled', 'Again? (yes/no)', 'no more'],
  ])
  expect(await talk.say('/go', 'a b', 'yes')).toEqual(['Where?', 'so: tries', 'Again? (yes/no)', 'again'])
  await talk.say('/go')
  expect(await talk.pass(1000)).toEqual(['so: timeout', 'Again? (yes/no)'])
  await talk.w.restart()
  expect(await talk.say('yes')).toEqual(['again'])
})

test('answers are read by types, schemas and checks, or are the messages themselves', async () => {
  const forms = plugin(ctx => {
    ctx.command('form', async ({ ask }) => {
      const mail = await ask('Mail?', { schema: z.email('That is no address.') })
      const when = await ask('When?', { schema: z.iso.date().transform(text => new Date(text)) })
      const long = await ask('How long?', { type: 'duration', validate: async ms => ms < 10_000 })
      const picture = await ask('Picture?', { type: 'message' })
      return `${mail} ${when.getUTCFullYear()} ${long} ${picture.type} ${picture.body.media_id}`
    })
  })
  await using talk = await Talk.of([forms])
  expect(await talk.say('/form', 'alice', 'a@example.org', '2026-02-03', '1m', '7s')).toEqual([
    ...['Mail?', "That is no address.\nTo stop, say 'cancel'.", 'When?', 'How long?'],
    ...["That will not do. Please try again.\nTo stop, say 'cancel'.", 'Picture?'],
  ])
  await talk.show('alice', 'image', { media_id: 'm1' })
  expect((await talk.answers()).at(-1)).toBe('a@example.org 2026 7000 image m1')
})

test('a picture is no answer to a question that wants a text', async () => {
  await using talk = await Talk.of([shop])
  await talk.say('/order')
  await talk.show('alice', 'image', { media_id: 'm1' })
  expect((await talk.answers()).at(-1)).toBe("Please answer with a text.\nTo stop, say 'cancel'.")
})

test('what was done before a question is not done again, and can be used after it', async () => {
  let paid = 0
  let runs = 0
  const pictures: string[] = []
  const busy = plugin(ctx => {
    ctx.onJob('later', ({ bot }) => bot.group(10000001).text('later'))
    ctx.command('go', async ({ ask, message, group, job, bot }) => {
      runs++
      const first = await message.reply('first')
      await group!.mute('dave', { for: '1h' })
      await job('later', { after: '10s' })
      const refused = await group!.kick('nobody').catch((error: Error) => error.name)
      const receipt = await ask.once(() => ({ paid: ++paid }))
      const answer = await ask('On?')
      await message.reply(`second ${answer}`)
      const again = await ask('And?')
      await first.retract()
      const sent: SentMessage[] = await bot.sentFor('none')
      return `${receipt.paid} ${refused} ${again} ${sent.length}`
    })
    ctx.on('message.image', message => void pictures.push(message.type))
  })
  await using talk = await Talk.of([busy])
  await talk.say('/go')
  expect(await talk.pass(60_000)).toEqual(['later'])
  await talk.w.restart()
  await talk.say('yes')
  await talk.w.restart()
  await talk.say('more')
  await talk.pass(60_000)
  expect(await talk.answers()).toEqual(['On?', 'later', 'second yes', 'And?', '1 NotFound more 0'])
  expect([paid, runs]).toEqual([1, 3])
  expect(talk.logged('error')).toEqual([])
})
