import { expect, expectTypeOf, test } from 'vitest'
import type { Message, PluginContext } from '../../src/index.ts'
import { definePlugin } from '../../src/index.ts'

/** What stands in `setup`: it is type-checked, and never run. */
const written = (setup: (ctx: PluginContext) => unknown): void => void setup

test('the message is typed by the name of the listener', () => {
  written(ctx => {
    ctx.on('message', message => {
      expectTypeOf(message).toEqualTypeOf<Message>()
      expectTypeOf(message.body).toEqualTypeOf<Readonly<Record<string, unknown>>>()
      if (message.is('image')) expectTypeOf(message.body.width).toEqualTypeOf<number>()
    })
    ctx.on('message.text', ({ text, body, type }) => {
      expectTypeOf(text).toBeString()
      expectTypeOf(body.text).toBeString()
      expectTypeOf(type).toEqualTypeOf<'text'>()
    })
    ctx.on('message.image', { in: 'group' }, ({ body }) => {
      expectTypeOf(body.media_id).toBeString()
      expectTypeOf(body.width).toBeNumber()
      expectTypeOf(body.fsize).toBeNumber()
      // A key that JMessage does not describe may be there, and nobody knows what it is.
      expectTypeOf(body.colour).toBeUnknown()
    })
    ctx.on('message.voice', ({ body }) => expectTypeOf(body.duration).toBeNumber())
    ctx.on('message.file', ({ body }) => expectTypeOf(body.fname).toBeString())
    ctx.on('message.custom', ({ body }) => expectTypeOf(body.kind).toBeUnknown())
    ctx.on('message.location', ({ body }) => expectTypeOf(body.latitude).toBeNumber())
    ctx.on('message.video', ({ body }) => expectTypeOf(body.video.fname).toBeString())
  })
  // One of a known type is a message.
  expectTypeOf<Message<'image'>>().toExtend<Message>()
  expectTypeOf<Message>().not.toExtend<Message<'image'>>()
})

test('a wrong name, field or filter is a compile error', () => {
  written(ctx => {
    // @ts-expect-error there is no such type of messages
    ctx.on('message.txt', () => {})
    // @ts-expect-error there is no such event
    ctx.on('group.renamed', () => {})
    // @ts-expect-error filters have no such field
    ctx.on('message', { in: 'group', form: 'alice' }, () => {})
    // @ts-expect-error there is no such place
    ctx.on('message', { in: 'groups' }, () => {})
    // @ts-expect-error pictures have no text
    ctx.on('message.image', { text: 'hello' }, () => {})
    // @ts-expect-error events take no filter
    ctx.on('group.updated', { from: 'alice' }, () => {})
    // @ts-expect-error a mention is of the bot, or of a user
    ctx.on('message', { mention: false }, () => {})
    // @ts-expect-error a listener is missing
    ctx.on('message', { in: 'group' })
    // @ts-expect-error texts have no width
    ctx.on('message.text', ({ body }) => body.width.toFixed())
  })
})

test('a listener has a match where the filter has an expression, and only there', () => {
  written(ctx => {
    ctx.on('message.text', { in: 'group', text: /a(b)/ }, (_, next, { match, bot }) => {
      expectTypeOf(match).toEqualTypeOf<RegExpMatchArray>()
      return bot.user(match[1]!).text('hi').then(next)
    })
    // @ts-expect-error a text that is the whole has no match
    ctx.on('message.text', { text: 'ab' }, (_, next, { match }) => next(match))
    // @ts-expect-error nor has a filter without one
    ctx.on('message', { in: 'room' }, (_, next, { match }) => next(match))
  })
})

test('a listener to events is told what happened', () => {
  written(ctx => {
    ctx.on('group.members-added', ({ data, group, bot, job, log, signal }) => {
      expectTypeOf(data.gid).toEqualTypeOf<number | undefined>()
      return [group?.text('hi'), bot, job, log, signal]
    })
    // The name is that of an event, though it begins as those of messages.
    ctx.on('message.retracted', ({ data }) => data.msgids)
  })
})

test('middleware extends the context of what is registered on its own', () => {
  written(ctx => {
    const known = ctx.use(async ({ user, message, group, room, event }, next) => {
      expectTypeOf(message).toEqualTypeOf<Message | undefined>()
      // @ts-expect-error not every event has a user
      user.username
      return event.id && (group ?? room) ? next({ profile: { age: 5 } }) : undefined
    })
    expectTypeOf(known).toEqualTypeOf<PluginContext<{ profile: { age: number } }>>()
    known.command('age <of:user>', ({ profile, args }) => `${profile.age.toFixed()} ${args.of}`)
    known.command('old', { role: 'x' }, ({ profile }) => String(profile.age))
    known.on('message.image', (message, _, { profile }) => message.body.width + profile.age)
    known.on('message.text', { text: /x/ }, (_, __, { profile, match }) => match.length + profile.age)
    known.on('group.updated', ({ profile, data }) => [profile.age, data.gid])
    known.webhook('hook', { auth: 'none' }, ({ profile, body }) => [profile.age, body])
    known.cron('@daily', ({ profile, scheduledAt }) => profile.age + scheduledAt)
    known.onJob<string>('job', ({ profile, data }) => profile.age + data.length)
    // @ts-expect-error what is registered on the other has nothing of it
    ctx.command('age', ({ profile }) => String(profile))
    // @ts-expect-error nor is there another field
    known.command('age', ({ profiles }) => String(profiles))

    const both = known.use(({ profile }, next) => next({ double: profile.age * 2 }))
    both.command('both', ({ profile, double }) => `${profile.age} ${double.toFixed()}`)
    const nothing = known.use(async (_, next) => {
      await next()
    })
    nothing.command('same', ({ profile }) => String(profile.age))

    // @ts-expect-error contexts have a user of their own
    ctx.use((_, next) => next({ user: 'alice' }))

    const plain = (some: PluginContext) => some.command('plain', () => 'yes')
    // One that has more will do where none is needed; and not the other way round.
    plain(known)
    const needy = (some: PluginContext<{ profile: { age: number } }>) => some.name
    needy(both)
    // @ts-expect-error it has no profile
    needy(ctx)
  })
})

test('plain plugins stay plain', () => {
  const plain = definePlugin({ name: 'plain', setup: ctx => ctx.on('message', (_, next) => next()) })
  expect(plain.name).toBe('plain')
})
