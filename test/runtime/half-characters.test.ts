import { expect, test } from 'vitest'
import { pendingByDedupe } from '../../src/runtime/events/delivery-rows.ts'
import { definePlugin, type PluginDefinition } from '../../src/runtime/plugin/define.ts'
import { keepSchedules } from '../../src/runtime/sources/cron/schedule-rows.ts'
import { listText, query } from '../../src/store/index.ts'
import type { RuntimeTables } from '../../src/store/schema/runtime.ts'
import { runtimeStore } from '../engine.ts'
import { world } from '../world.ts'

/** What is left of a text that was cut in the middle of an emoji. */
const HALF = 'hello \u{1f600}'.slice(0, -1)
const OTHER_HALF = '\u{1f600}'.slice(1)
const square = { group: 'square' } as const
const withPlugin = (setup: PluginDefinition['setup']) =>
  world({ plugins: [{ use: definePlugin({ name: 'plugin', setup }) }] })

test('half of a character in a body, a message, a job and a value comes back as it went in', async () => {
  const seen: unknown[] = []
  await using w = await withPlugin(ctx => {
    const conversation = (body: unknown) => String((body as { of: string }).of)
    ctx.webhook('call', { auth: 'none', conversation }, async ({ body, bot, job }) => {
      seen.push(body)
      await ctx.state.set('value', body)
      await job('later', { after: 1000 }, body)
      await bot.group(w.groups.square!).text(HALF)
    })
    ctx.onJob('later', async ({ data }) => void seen.push(data, await ctx.state.get('value')))
  })
  for (const of of [HALF, OTHER_HALF]) {
    expect((await w.hook('/hooks/bot/plugin/call', { of })).status).toBe(202)
    await w.clock.advance(1000)
  }
  expect(seen).toEqual([HALF, OTHER_HALF].flatMap(of => [{ of }, { of }, { of }]))
  expect(await w.texts(square)).toEqual([HALF, HALF])
})

test('half of a character in what is a key is refused, and nothing is taken for another', async () => {
  const tried: unknown[] = []
  const attempt = (work: () => Promise<unknown>) =>
    work().then(
      () => tried.push('done'),
      error => tried.push(error.code),
    )
  await using w = await withPlugin(ctx => {
    ctx.command('try', async ({ bot, job }) => {
      await attempt(() => ctx.state.set(HALF, 1))
      await attempt(() => ctx.state.get(HALF))
      await attempt(() => ctx.state.delete(HALF))
      await attempt(() => ctx.state.update(HALF, () => 1))
      await attempt(() => job('later', { key: HALF, after: 1000 }, 1))
      await attempt(() => bot.broadcast({ to: { users: [HALF] }, text: 'hello' }))
      await attempt(() => bot.broadcast({ to: { users: ['alice'] }, text: 'hello', key: HALF }))
    })
    ctx.onJob('later', () => {})
  })
  await w.say({ from: 'alice', ...square, text: '/try' })
  const keys = ['state.key', 'state.key', 'state.key', 'state.key', 'job.key']
  expect(tried).toEqual([...keys, 'broadcast.invalid', 'broadcast.invalid'])
})

test('the title of a broadcast is cut between characters', async () => {
  await using w = await withPlugin(ctx => {
    ctx.command('tell', async ({ bot }) => {
      const broadcast = await bot.broadcast({ to: { users: ['alice'] }, text: `${'x'.repeat(79)}\u{1f600}y` })
      return broadcast.title
    })
  })
  await w.say({ from: 'alice', ...square, text: '/tell' })
  expect((await w.texts(square)).at(-1)).toBe(`${'x'.repeat(79)}\u{1f600}`)
})

test('lists with halves of characters are taken by either engine', async () => {
  const store = await runtimeStore()
  await store.apply(keepSchedules([['bot', 'plugin', HALF, '* * * * *', 'UTC', 1, null]]))
  const names = query<RuntimeTables>()((db, _: object) => db.selectFrom('schedules').select('name'))
  expect(await store.read.all(names, {})).toEqual([{ name: 'hello \uFFFD' }])
  const { db, write, read } = store
  const row = {
    event_id: '1',
    bot: 'b',
    plugin: 'p',
    type: 't',
    conversation: 'c',
    data: '{}',
    created_at: 1,
  }
  const pending = { ...row, dedupe: HALF, state: 'pending' as const, attempts: 0, partition: 0 }
  await write(tx => tx.execute(db.insertInto('deliveries').values(pending)))
  expect(await read.all(pendingByDedupe, { dedupes: listText([HALF, 'other']) })).toEqual([
    { dedupe: 'hello \uFFFD' },
  ])
})
