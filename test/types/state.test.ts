import { definePlugin, defineService, z } from 'beadle'
import { expectTypeOf, test } from 'vitest'
import { world } from '../../src/testing/index.ts'

const Clock = defineService<{ now(): string }>('clock')
const Bell = defineService<{ ring(times: number): void }>('bell')
const Unknown = defineService<{ other(): void }>('unknown')

/** What the compiler has to say is tried by `npm run typecheck`: a line that is right by mistake is an error there. */
test('state, jobs and services are typed', async () => {
  const plugin = definePlugin({
    name: 'typed',
    setup(ctx) {
      ctx.command('never', async ({ message, group, user, event, bot }) => {
        const points = ctx.state.define('points', z.int().default(0), { per: 'person', ttl: '30d' })
        expectTypeOf(await points.get('alice')).toEqualTypeOf<number>()
        expectTypeOf(await points.get(message)).toEqualTypeOf<number>()
        expectTypeOf(await points.get(user)).toEqualTypeOf<number>()
        expectTypeOf(await points.add('alice', 2, { once: event })).toEqualTypeOf<number>()
        expectTypeOf(await points.update('alice', n => n + 1)).toEqualTypeOf<number>()
        expectTypeOf((await points.entries({ limit: 5 }))[0]!).toEqualTypeOf<
          Readonly<{ key: string; value: number }>
        >()
        // @ts-expect-error it is per person: whose?
        await points.get()
        // @ts-expect-error a group is no person
        await points.get(group!)
        // @ts-expect-error points are numbers
        await points.set('alice', '3')
        // @ts-expect-error whose points?
        await points.set(3)

        const mood = ctx.state.define('mood', z.enum(['good', 'bad']).default('good'))
        expectTypeOf(await mood.get()).toEqualTypeOf<'good' | 'bad'>()
        // @ts-expect-error there is but one mood
        await mood.get('alice')
        // @ts-expect-error no such mood
        await mood.set('grand')
        // @ts-expect-error moods are not counted
        await mood.add(1)
        // @ts-expect-error there is but one mood
        await mood.entries()

        const note = ctx.state.define('note', z.object({ text: z.string(), n: z.int().default(1) }))
        expectTypeOf(await note.get()).toEqualTypeOf<{ text: string; n: number } | undefined>()
        await note.update((now = { text: '', n: 0 }) => ({ ...now, n: now.n + 1 }))
        // @ts-expect-error a field is missing
        await note.set({ n: 1 })

        const here = ctx.state.define('here', z.int(), { per: 'conversation' })
        await here.add(message)
        await here.add(bot.room(20000001), 2)
        await here.add('group:10000001')
        expectTypeOf(
          (await here.top())[0]!.key,
        ).toEqualTypeOf<`${'group' | 'chatroom' | 'single'}:${string}`>()
        expectTypeOf(await here.get(message)).toEqualTypeOf<number | undefined>()
        // @ts-expect-error no conversation is named so
        await here.get('square')

        const safe = ctx.state.define('safe', z.int().catch(0), { per: 'plugin' })
        expectTypeOf(await safe.get()).toEqualTypeOf<number>()
        // @ts-expect-error no such scope
        ctx.state.define('other', z.int(), { per: 'planet' })
        // @ts-expect-error what migrate makes has to fit
        ctx.state.define('old', z.int(), { migrate: () => 'x' })
      })

      const remind = ctx.defineJob('remind', z.object({ n: z.int().default(1) }), ({ data }) => {
        expectTypeOf(data).toEqualTypeOf<{ n: number }>()
      })
      ctx.command('nor', async ({ job }) => {
        await job(remind, { after: '1m' }, {})
        await job('remind', { every: '10m', key: 'k' })
        expectTypeOf((await remind.waiting())[0]!.data).toEqualTypeOf<{ n: number }>()
        // @ts-expect-error n is a number
        await job(remind, { after: '1m' }, { n: 'x' })
        // @ts-expect-error it has data
        await remind.schedule({ after: '1m' })
        // @ts-expect-error by what would it be cancelled?
        await job('remind', { every: '10m' })
        // @ts-expect-error once or again and again
        await job('remind', { every: '10m', after: '1m', key: 'k' })
        // @ts-expect-error when?
        await ctx.job('remind', {})
      })
    },
  })
  const user = definePlugin({
    name: 'user',
    needs: [Clock],
    wants: [Bell],
    setup(ctx) {
      ctx.command('never', () => {
        expectTypeOf(ctx.service(Clock)).toEqualTypeOf<{ now(): string }>()
        expectTypeOf(ctx.service(Bell)).toEqualTypeOf<{ ring(times: number): void } | undefined>()
        // @ts-expect-error it is not among what it needs or wants
        ctx.service(Unknown)
        // @ts-expect-error it provides nothing
        ctx.provide(Clock, { now: () => '' })
        // @ts-expect-error clocks have no such method
        ctx.service(Clock).ring()
      })
    },
  })
  const provider = definePlugin({
    name: 'provider',
    provides: [Clock],
    setup(ctx) {
      // @ts-expect-error it needs nothing
      const never = () => ctx.service(Clock)
      // @ts-expect-error it is to be a function
      const wrong = () => ctx.provide(Clock, { now: 3 })
      // @ts-expect-error it does not say that it provides it
      const other = () => ctx.provide(Bell, { ring() {} })
      ctx.provide(Clock, { now: () => [never, wrong, other].length.toString() })
    },
  })
  definePlugin({
    name: 'plain',
    setup(ctx) {
      // @ts-expect-error it says nothing of services
      return () => ctx.service(Clock)
    },
  })
  await using w = await world({ plugins: [{ use: plugin }, { use: user }, { use: provider }] })
  await w.settled()
})
