import { definePlugin, type Message, z } from 'beadle'
import { world } from 'beadle/testing'
import { expect, expectTypeOf, test } from 'vitest'

const typed = definePlugin({
  name: 'typed',
  setup(ctx) {
    ctx.command('order', async ({ ask }) => {
      const size = await ask('Which size?', { choices: ['small', 'large'], validate: one => one !== 'small' })
      expectTypeOf(size).toEqualTypeOf<'small' | 'large'>()
      // @ts-expect-error  there is no such choice
      if (size === 'huge') return 'huge'
      const count = await ask('How many?', { type: 'int', validate: n => n > 0 || 'At least one.' })
      expectTypeOf(count).toEqualTypeOf<number>()
      expectTypeOf(await ask('On?', { type: 'flag' })).toEqualTypeOf<boolean>()
      expectTypeOf(await ask('Who?', { type: 'user' })).toEqualTypeOf<string>()
      expectTypeOf(await ask('What?', { type: 'message' })).toEqualTypeOf<Message>()
      expectTypeOf(
        await ask('Name?', { timeout: '10m', retries: 2, cancel: ['stop'] }),
      ).toEqualTypeOf<string>()
      expectTypeOf(await ask('Mail?', { schema: z.email() })).toEqualTypeOf<string>()
      const date = await ask('When?', {
        schema: z.iso.date().transform(text => new Date(text)),
        validate: when => when.getTime() > 0,
      })
      expectTypeOf(date).toEqualTypeOf<Date>()
      expectTypeOf(await ask.confirm('Sure?')).toEqualTypeOf<boolean>()
      expectTypeOf(await ask.once(async () => 1)).toEqualTypeOf<number>()
      // @ts-expect-error  there is no such type
      await ask('What?', { type: 'colour' })
      // @ts-expect-error  one of choices and type
      await ask('What?', { type: 'int', choices: ['a'] })
      // @ts-expect-error  a number has no length
      await ask('What?', { type: 'int', validate: n => n.length > 0 })
      // @ts-expect-error  it is retries
      await ask('What?', { tries: 3 })
      // @ts-expect-error  the question comes first
      await ask({ type: 'int' })
      return `${size}`
    })
    ctx.on('message', async (_, __, { ask, isResumed }) => {
      expectTypeOf(isResumed).toEqualTypeOf<boolean>()
      expectTypeOf(await ask('Who?')).toEqualTypeOf<string>()
    })
    // @ts-expect-error  nobody is there to be asked
    ctx.cron('* * * * *', ({ ask }) => ask('Who?'))
    // @ts-expect-error  nobody is there to be asked
    ctx.onJob('later', ({ ask }) => ask('Who?'))
  },
})

test('a plugin that asks is set up as the types say', async () => {
  await using w = await world({ plugins: [{ use: typed }] })
  await w.say({ from: 'alice', group: 'square', text: '/order' })
  expect((await w.texts({ group: 'square' })).at(-1)).toBe('Who?')
})
