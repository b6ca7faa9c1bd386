import { definePlugin, type WebhookAuth, z } from 'beadle'
import { expect, test } from 'vitest'
import { world } from '../world.ts'

const AUTHS: Record<string, z.input<typeof WebhookAuth> | 'none'> = {
  open: 'none',
  bearer: { type: 'bearer', token: 'let-me-in-please' },
  basic: { type: 'basic', username: 'me', password: 'let-me-in-please' },
  header: { type: 'header', name: 'x-token', value: 'let-me-in-please' },
  hmac: { type: 'hmac-sha256', secret: 'let-me-in-please' },
  base64: {
    type: 'hmac-sha256',
    secret: 'let-me-in-please',
    header: 'x-own',
    prefix: '',
    encoding: 'base64',
  },
}

const bell = definePlugin({
  name: 'bell',
  setup(ctx) {
    const ring = (text: string) => ctx.bot.group(10000001).text(text)
    for (const [name, auth] of Object.entries(AUTHS))
      ctx.webhook(name, { auth, body: z.object({ n: z.int() }) }, ({ body, bot }) =>
        bot.group(10000001).text(`${name} ${body.n}`),
      )
    ctx.cron('0 9 * * 1-5', { name: 'standup' }, ({ bot, scheduledAt }) =>
      bot.group(10000001).text(`standup ${new Date(scheduledAt).toISOString()}`),
    )
    ctx.cron('*/5 * * * *', { name: 'often' }, () => {})
    ctx.command('remind <after:duration>', ({ args, job }) => void job('remind', { after: args.after }))
    ctx.onJob('remind', ({ bot }) => bot.group(10000001).text('Remember!'))
    return () => void ring
  },
})
const plugins = [{ use: bell }]

test.each(Object.keys(AUTHS))('a webhook is called with the proof it asks for: %s', async name => {
  await using w = await world({ plugins })
  expect((await w.webhook(`bell/${name}`, { n: 1 })).status).toBe(202)
  await w.group.expect(`${name} 1`)
  const wrong = { type: 'bearer', token: 'another-token' } as const
  const statuses = [
    (await w.webhook(`bot/bell/${name}`, { n: 2 }, { auth: wrong })).status,
    (await w.webhook(`/hooks/bot/bell/${name}`, { n: 3 }, { auth: 'none' })).status,
  ]
  expect(statuses).toEqual(name === 'open' ? [202, 202] : [401, 401])
})

test('a webhook that refuses a body says so, and one that is not there is named', async () => {
  await using w = await world({ plugins })
  expect((await w.webhook('bearer', { n: 'x' })).status).toBe(400)
  expect((await w.webhook('bearer', 'no json')).status).toBe(400)
  await expect(async () => w.webhook('baerer', {})).rejects.toMatchObject({
    message: "there is no webhook 'baerer' in this world",
    hint: expect.stringContaining("Did you mean 'bearer'?"),
  })
})

test('a schedule fires when it is told to, each time', async () => {
  await using w = await world({ plugins })
  await w.cron('standup')
  await w.group.expect('standup 2026-01-01T00:00:00.000Z')
  await w.cron('bell/standup')
  await w.group.expect('standup 2026-01-01T00:00:00.000Z')
  await w.clock.advanceTo('2026-01-01T09:00:00Z')
  await w.group.expect('standup 2026-01-01T09:00:00.000Z')
  await expect(w.cron('lunch')).rejects.toMatchObject({ hint: expect.stringContaining("'bot/bell/standup'") })
})

test('a name that could mean several schedules is refused', async () => {
  await using w = await world({ plugins: [{ use: bell }, { use: bell, name: 'gong' }] })
  await expect(w.cron('standup')).rejects.toMatchObject({
    message: "there are several schedules 'standup' in this world",
    hint: "Name plugin and bot, too: 'bot/bell/standup' or 'bot/gong/standup'.",
  })
  await w.cron('gong/standup')
  await w.group.expect(/^standup/)
})

test('time passes until a job is due', async () => {
  await using w = await world({ plugins })
  await w.alice.says('/remind 2h')
  await w.job('remind')
  expect(w.clock.now()).toBe(Date.UTC(2026, 0, 1, 2))
  await w.group.expect('Remember!')
  await expect(w.job('remind')).rejects.toThrow("there is no waiting job 'remind' in this world")
})

test('lengths of time are written as people do', async () => {
  await using w = await world({ plugins })
  await w.clock.advance('1h30m')
  expect(w.clock.now()).toBe(Date.UTC(2026, 0, 1, 1, 30))
  await expect(w.clock.advance('soon')).rejects.toThrow("'soon' is no length of time")
  await expect(w.clock.advanceTo('2025-12-31T00:00:00Z')).rejects.toThrow('is over')
  await expect(w.clock.advanceTo('then')).rejects.toThrow("'then' is no moment")
})

test('calls of bots fail by switches', async () => {
  await using w = await world({ plugins })
  await w.faults.lost('messages.send')
  await w.webhook('bell/open', { n: 1 })
  await w.clock.advance('1m')
  await w.group.expect('open 1')
  await w.faults.error('messages.send', { times: 2 })
  await w.faults.rateLimited('messages.send', { retryAfterSeconds: 5 })
  await w.webhook('bell/open', { n: 2 })
  await w.group.expectNothing()
  await w.clock.advance('5m')
  await w.group.expect('open 2')
  await w.group.expectNothing()
  await expect(w.faults.slow('messages.sned', 5)).rejects.toThrow('did you mean messages.send?')
  await w.faults.none()
})
