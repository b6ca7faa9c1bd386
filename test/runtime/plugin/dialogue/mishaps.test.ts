import { expect, test } from 'vitest'
import { definePlugin } from '../../../../src/index.ts'
import type { MessageRecord } from '../../../../src/protocol/index.ts'
import type { PluginContext } from '../../../../src/runtime/plugin/context.ts'
import { MINUTE, plugin, square, Talk } from './dialogue-world.ts'

const asks =
  (...questions: string[]) =>
  (ctx: PluginContext) => {
    ctx.command('go', async ({ ask }) => {
      const answers: string[] = []
      for (const question of questions) answers.push(await ask(question))
      return answers.join(' ')
    })
  }

/** The one bot of a world, with other plugins from its next start on. */
const botWith = (setup?: (ctx: PluginContext) => void) => ({
  bots: [{ id: 'bot', username: 'test-bot', plugins: setup ? [plugin(setup)] : [] }],
})

test('a dialogue whose question has changed is asked that, and goes on from there', async () => {
  await using talk = await Talk.of([plugin(asks('A?', 'B?'))])
  expect(await talk.say('/go', 'one')).toEqual(['A?', 'B?'])
  await talk.w.restart(botWith(asks('Other?', 'B?')))
  expect(await talk.say('two', 'three')).toEqual(['Other?', 'B?'])
  await talk.w.restart()
  expect(await talk.say('four')).toEqual(['three four'])
  expect(talk.logged('info').filter(line => line.includes('its handler has changed'))).toHaveLength(1)
  expect(await talk.rows()).toEqual([])
})

test('a dialogue of which only the open question has changed keeps what was answered before', async () => {
  await using talk = await Talk.of([plugin(asks('A?', 'B?'))])
  await talk.say('/go', 'one')
  await talk.w.restart(botWith(asks('A?', 'C?', 'D?')))
  expect(await talk.say('two', 'three', 'four')).toEqual(['C?', 'D?', 'one three four'])
})

test('an answer for which nothing asks any more is passed over', async () => {
  await using talk = await Talk.of([plugin(asks('A?'))])
  await talk.say('/go')
  await talk.w.restart(botWith(ctx => ctx.command('other', () => 'other')))
  expect(await talk.say('one', '/other')).toEqual(['other'])
  expect(await talk.rows()).toEqual([])
  expect(talk.logged('info')).toContainEqual(expect.stringContaining('nothing asks any more'))
})

test('a dialogue whose plugin is gone ends when its time is up', async () => {
  await using talk = await Talk.of([plugin(asks('A?'))])
  await talk.say('/go')
  await talk.w.restart(botWith())
  expect(await talk.say('one')).toEqual([])
  expect(await talk.rows()).toHaveLength(1)
  expect(await talk.pass(10 * MINUTE)).toEqual([])
  expect(await talk.rows()).toEqual([])
  expect(talk.logged('error')).toEqual([])
})

test('a handler that fails is run again with the same answer, and when it is set aside the next answer takes its place', async () => {
  let failures = 0
  let runs = 0
  const failing = plugin(ctx => {
    ctx.command('go', async ({ ask, message }) => {
      const answer = await ask('A?')
      await message.reply(`got ${answer}`)
      runs++
      if (failures-- > 0) throw new Error('on purpose')
      return `done ${answer}`
    })
  })
  await using talk = await Talk.of([failing])
  failures = 1
  await talk.say('/go', 'one')
  expect(await talk.pass(MINUTE)).toEqual(['done one'])
  expect(await talk.answers()).toEqual(['A?', 'got one', 'done one'])
  failures = Number.POSITIVE_INFINITY
  runs = 0
  await talk.say('/go', 'two')
  await talk.pass(2 * MINUTE)
  expect(runs).toBe(6)
  expect(await talk.rows()).toHaveLength(1)
  failures = 0
  expect(await talk.say('three')).toEqual(['got three', 'done three'])
  expect(await talk.rows()).toEqual([])
})

test('what ask.once did is not done again when the handler fails after it', async () => {
  let done = 0
  let failures = 1
  const once = plugin(ctx => {
    ctx.command('go', async ({ ask }) => {
      await ask('A?')
      const n = await ask.once(async () => ++done)
      const nothing = await ask.once(() => undefined)
      if (failures-- > 0) throw new Error('on purpose')
      await ask('B?')
      return `${n} ${nothing}`
    })
  })
  await using talk = await Talk.of([once])
  await talk.say('/go', 'one')
  expect(await talk.pass(MINUTE)).toEqual(['B?'])
  expect(await talk.say('two')).toEqual(['1 undefined'])
  expect(done).toBe(1)
})

test('a question that JMessage refuses is not waited for', async () => {
  const listening = plugin(ctx => {
    ctx.on('message', async (_, __, { ask }) => {
      await ask('A?')
      await ask('B?')
    })
  })
  await using talk = await Talk.of([listening])
  const { w } = talk
  const said = await w.write({ from: 'alice', ...square, text: 'hello' })
  await w.client.groups.delete({ gid: w.groups.square! })
  await w.hear(said)
  expect(talk.logged('error')).toEqual(['set aside: trying again cannot help'])
  expect(await talk.rows()).toEqual([])
})

test('a further question that JMessage refuses leaves the one before open', async () => {
  const listening = plugin(ctx => {
    ctx.on('message', async (_, __, { ask, bot }) => {
      await ask('A?')
      await bot.user('alice').text('heard')
      await ask('B?')
    })
  })
  await using talk = await Talk.of([listening])
  const { w } = talk
  await talk.say('hello')
  const said = await w.write({ from: 'alice', ...square, text: 'one' })
  await w.client.groups.delete({ gid: w.groups.square! })
  await w.hear(said)
  expect(talk.logged('error')).toEqual(['set aside: trying again cannot help'])
  const [row] = await talk.rows()
  expect(JSON.parse(row!.log)).toMatchObject({ segments: [{}], open: { tries: [] } })
})

test('a question that has to wait for JMessage is asked once, and answered', async () => {
  await using talk = await Talk.of([plugin(asks('A?', 'B?'))])
  await talk.w.misbehave([{ endpoints: ['messages.send'], fault: 'lost', times: 3 }])
  await talk.say('/go')
  await talk.pass(2 * MINUTE)
  await talk.say('one', 'two')
  await talk.pass(2 * MINUTE)
  expect(await talk.answers()).toEqual(['A?', 'B?', 'one two'])
})

test('what was said before the question was asked is no answer', async () => {
  const heard: string[] = []
  const listening = plugin(ctx => {
    ctx.on('message', async (message, next) => {
      heard.push(message.text)
      await next()
    })
    asks('A?')(ctx)
  })
  await using talk = await Talk.of([listening])
  const said: MessageRecord[] = []
  for (const text of ['/go', 'hasty', 'more'])
    said.push(await talk.w.write({ from: 'alice', ...square, text }))
  const { appKey, masterSecret } = {
    appKey: 'beadle00world00000000001',
    masterSecret: 'beadle00worldsecret00001',
  }
  await talk.w.hook(
    '/callbacks/jmessage',
    { total: 3, messages: said },
    { authorization: `Basic ${btoa(`${appKey}:${masterSecret}`)}` },
  )
  expect(heard).toEqual(['/go', 'hasty', 'more'])
  expect(await talk.say('answer')).toEqual(['answer'])
})

test('an event of a dialogue that a person hands over again changes nothing', async () => {
  await using talk = await Talk.of([plugin(asks('A?', 'B?'))])
  await talk.say('/go', 'one')
  const { journal, dispatcher } = talk.w.runtime
  const { read, db } = talk.store
  const events = await read.execute(
    db.selectFrom('deliveries').select('event_id').where('plugin', '=', 'shop').orderBy('event_id'),
  )
  for (const { event_id } of events) {
    dispatcher.retry((await journal.reopen(event_id, { bot: 'bot', plugin: 'shop' }))!)
    await talk.pass(MINUTE / 10)
  }
  expect(await talk.answers()).toEqual(['A?', 'B?'])
  expect(await talk.say('two')).toEqual(['one two'])
})

test.each([
  [' ', {}, 'the question must be a text'],
  ['x'.repeat(5000), {}, 'the question is too long for one message'],
  ['A?', { choices: [] }, 'choices must be 1 to 100 texts'],
  ['A?', { choices: ['a', 'A'] }, 'two of choices are the same'],
  ['A?', { choices: ['a'], type: 'int' }, 'of choices, type and schema one may be given'],
  ['A?', { type: 'colour' }, "there is no type 'colour'"],
  ['A?', { timeout: '8d' }, 'timeout must be from 1s to 7d, not 8d'],
  ['A?', { retries: -1 }, 'retries must be a whole number from 0 to 20, not -1'],
  ['A?', { cancel: 'no' }, 'cancel must be false, or at most 20 words'],
])('%# cannot be asked, and why is said', async (question, options, problem) => {
  const wrong = plugin(ctx => {
    ctx.command('go', async ({ ask }) => String(await ask(question, options as object)))
  })
  await using talk = await Talk.of([wrong])
  expect(await talk.say('/go')).toEqual([expect.stringContaining(`this cannot be asked: ${problem}`)])
  expect(await talk.rows()).toEqual([])
})

test('a handler that asks two things at once is told so', async () => {
  const hasty = plugin(ctx => {
    ctx.command('go', async ({ ask }) => {
      void ask('A?').catch(() => {})
      return await ask('B?')
    })
  })
  await using talk = await Talk.of([hasty])
  expect(await talk.say('/go')).toContainEqual(expect.stringContaining('a question is being asked already'))
})

test('a dialogue has a hundred answers, and 256 KiB, at most', { timeout: 60_000 }, async () => {
  const endless = plugin(ctx => {
    ctx.command('go', async ({ ask }) => {
      for (let n = 1; ; n++) await ask(`${n}?`)
    })
    ctx.command('much', async ({ ask }) => {
      for (let n = 1; ; n++) {
        await ask.once(() => 'x'.repeat(16_000))
        await ask(`${n}?`)
      }
    })
  })
  await using talk = await Talk.of([endless])
  await talk.say('/go', ...Array.from({ length: 100 }, () => 'on'))
  expect((await talk.answers()).slice(-2)).toEqual([
    '100?',
    'That did not work: a dialogue has 100 answers at most.',
  ])
  await talk.say('/much', ...Array.from({ length: 16 }, () => 'on'))
  expect((await talk.answers()).at(-1)).toContain('a dialogue has become too large: more than 262144 bytes')
  expect(await talk.rows()).toEqual([])
})

test('names of jobs that begin with $ are not for plugins', async () => {
  const use = definePlugin({ name: 'jobs', setup: ctx => ctx.onJob('$ask', () => {}) })
  await expect(Talk.of([{ use }])).rejects.toMatchObject({ code: 'job.name' })
})

test('in the shadow a question is asked, and that is all', async () => {
  const use = plugin(asks('A?', 'B?')).use
  await using talk = await Talk.of([], {
    bots: [{ id: 'next', username: 'test-bot', mode: 'shadow', plugins: [{ use }] }],
  })
  await talk.say('/go', 'one')
  expect(await talk.rows()).toEqual([])
  const { calls } = await talk.w.recorded()
  expect(calls.map(({ endpoint }) => endpoint)).toEqual(['messages.send'])
  expect(talk.logged('error')).toEqual([])
})

test('a recorded dialogue is replayed up to its first question', async () => {
  await using talk = await Talk.of([plugin(asks('A?', 'B?'))])
  await talk.say('/go', 'one', 'two')
  const recorded = await talk.w.recorded()
  expect(await talk.w.replay(recorded)).toEqual(recorded.calls.slice(0, 1))
})
