import { definePlugin, type Language, type PluginContext, type Speaking, UserError } from 'beadle'
import { describe, expect, expectTypeOf, test } from 'vitest'

const texts = {
  en: { hello: 'Hello, {name}!', left: '{count} of {all} left', bye: 'Bye.' },
  zh: { hello: '你好，{name}！', left: '还有 {count} / {all} 个', bye: '再见。' },
} as const

describe('t', () => {
  test('knows keys, and what is filled in, in every handler', () => {
    definePlugin({
      name: 'typed',
      texts: { en: { hello: 'Hello, {name}!', bye: 'Bye.' }, zh: { hello: '你好，{name}！', bye: '再见。' } },
      setup(ctx) {
        ctx.command('hello', ({ t, user }) => t('hello', { name: user.id }))
        ctx.command('bye', ({ t, language }) => {
          expectTypeOf(language).toEqualTypeOf<Language>()
          expectTypeOf(t('bye')).toBeString()
          return t.in('zh')('hello', { name: 1 })
        })
        ctx.command('wrong', ({ t }) => {
          // @ts-expect-error there is no such key
          t('helo', { name: 'bob' })
          // @ts-expect-error a value is missing
          t('hello')
          // @ts-expect-error a value is missing
          t('hello', {})
          // @ts-expect-error there is no such place in it
          t('hello', { nme: 'bob' })
          // @ts-expect-error it is no text or number
          t('hello', { name: {} })
          // @ts-expect-error nothing is filled in
          t('bye', { name: 'bob' })
          // @ts-expect-error there is no such key
          t.in('zh')('helo')
        })
        ctx.on('message.text', (message, _, { t }) => message.reply(t('bye')))
        ctx.on('group.members-added', ({ group, t }) => group?.text(t('bye')))
        ctx.cron('@daily', async ({ bot, t, languageOf }) => {
          await bot.user('bob').text(t.in(await languageOf({ user: 'bob' }))('bye'))
        })
        ctx.webhook('hook', { auth: { type: 'none' } as never }, ({ t }) => t('bye'))
        ctx.onJob('job', ({ t }) => t('bye'))
        // @ts-expect-error there is no such key
        ctx.onJob('other-job', ({ t }) => t('by'))
        ctx
          .use((_, next) => next({ more: 1 }))
          .command('more', ({ t, more }) => {
            expectTypeOf(more).toEqualTypeOf<number>()
            return t('bye')
          })
      },
    })
  })

  test('goes with the context into other files', () => {
    const add = (ctx: PluginContext<Speaking<typeof texts>>) => {
      ctx.command('left', ({ t }) => t('left', { count: 1, all: 2 }))
      ctx.command('fail', ({ t }) => {
        // @ts-expect-error `all` is missing
        throw new UserError(t('left', { count: 1 }))
      })
    }
    // Those that need none take it, too.
    const addMore = (ctx: PluginContext) => ctx.command('plain', () => 'plain')
    definePlugin({
      name: 'parts',
      texts,
      setup(ctx) {
        add(ctx)
        addMore(ctx)
      },
    })
    definePlugin({
      name: 'other',
      texts: { en: { bye: 'Bye.' } },
      setup(ctx) {
        // @ts-expect-error it has not those texts
        add(ctx)
      },
    })
  })

  test('has no key where there are no texts', () => {
    definePlugin({
      name: 'silent',
      setup(ctx) {
        // @ts-expect-error there is no such key
        ctx.command('bye', ({ t }) => t('bye'))
      },
    })
  })
})

describe('texts', () => {
  test('have English, and no key that it has not', () => {
    const setup = () => {}
    // @ts-expect-error there is no English
    expect(() => definePlugin({ name: 'a', texts: { zh: { bye: '再见。' } }, setup })).toThrow(
      "'en' one of them",
    )
    expect(() =>
      // @ts-expect-error English has no such key
      definePlugin({ name: 'a', texts: { en: { bye: 'Bye.' }, zh: { by: '再见。' } }, setup }),
    ).toThrow("zh has 'by', which en has not")
    expect(() =>
      definePlugin({
        name: 'a',
        texts: { en: { bye: 'Bye, {name}.' }, zh: { bye: '{nmae}，再见。' } },
        setup,
      }),
    ).toThrow("'bye' in zh has {nmae}, which it has not in en")
    for (const [odd, problem] of [
      [{ en: { bye: 1 } }, "'bye' in en must be a text"],
      [{ en: null }, 'they must be maps of texts'],
      [[], 'they must be maps of texts'],
      [{ en: {}, Chinese: {} }, "'Chinese' must be a language"],
    ] as const)
      expect(() => definePlugin({ name: 'a', texts: odd as never, setup })).toThrow(problem)
    // What is missing is said in English.
    definePlugin({ name: 'a', texts: { en: { bye: 'Bye.' }, zh: {} }, setup })
  })
})
