import { expect, test } from 'vitest'
import { answer, definePlugin, type PluginContext, UserError, z } from '../../../../src/index.ts'
import { type World, world } from '../../../world.ts'

/** A world with a plugin that is set up like this, and what is answered to a call of its webhook. */
async function waiting(setup: (ctx: PluginContext) => void): Promise<World> {
  return world({ plugins: [{ use: definePlugin({ name: 'form', setup }) }] })
}
const PATH = '/hooks/bot/form/ask'

async function call(w: World, body: unknown = {}, headers: Record<string, string> = {}) {
  const response = await w.hook(PATH, body, headers)
  const text = await response.text()
  const type = response.headers.get('content-type')
  return { status: response.status, type, text, json: type?.includes('json') ? JSON.parse(text) : undefined }
}

const open = { auth: 'none', dedupe: 'off', wait: '10s' } as const

test('a caller that waits is answered with what the handler returns, once the call is on disk', async () => {
  await using w = await waiting(ctx => {
    const body = z.object({ name: z.string() })
    ctx.webhook('ask', { ...open, body }, async ({ body, bot, event }) => {
      await bot.group(10000001).text(`${body.name} asked`)
      return { hello: body.name, event: event.id }
    })
  })
  const { status, json } = await call(w, { name: 'ann' })
  expect([status, json]).toEqual([200, { hello: 'ann', event: expect.stringMatching(/^[0-9A-Z]{26}$/) }])
  expect(await w.texts({ group: 'square' })).toEqual(['ann asked'])
  expect((await call(w, {})).status).toBe(400)
})

test('what a handler says with answer(…) is what is answered', async () => {
  await using w = await waiting(ctx => {
    ctx.webhook('ask', open, ({ body }) => {
      const { as } = body as { as: string }
      if (as === 'text') return answer({ body: 'fine' })
      if (as === 'xml')
        return answer({
          status: 201,
          body: '<ok/>',
          headers: { 'Content-Type': 'text/xml', 'X-Mine': 'yes' },
        })
      if (as === 'json') return answer({ status: 299, body: { ok: true } })
      if (as === 'nothing') return answer({ status: 204 })
      return as === 'null' ? null : undefined
    })
  })
  expect(await call(w, { as: 'text' })).toMatchObject({
    status: 200,
    type: 'text/plain; charset=utf-8',
    text: 'fine',
  })
  expect(await call(w, { as: 'xml' })).toMatchObject({ status: 201, type: 'text/xml', text: '<ok/>' })
  expect(await call(w, { as: 'json' })).toMatchObject({
    status: 299,
    type: 'application/json',
    text: '{"ok":true}',
  })
  expect(await call(w, { as: 'nothing' })).toMatchObject({ status: 204, text: '' })
  expect(await call(w, { as: 'null' })).toMatchObject({ status: 200, text: 'null' })
  expect((await call(w, {})).json).toEqual({ event_id: expect.any(String) })
})

test.each<[string, Parameters<typeof answer>[0], string]>([
  ['a status that is none', { status: 99 }, 'status must be an integer from 200 to 599'],
  [
    'a header of the connection',
    { headers: { 'Content-Length': '1' } },
    "headers: 'content-length' cannot be set",
  ],
  [
    'a header with a line break',
    { headers: { 'x-a': 'a\r\nset-cookie: b' } },
    'headers.x-a must be ASCII without line breaks',
  ],
  ['a large body', { body: 'x'.repeat(256 * 1024 + 1) }, 'body is over 262144 bytes'],
  ['a body that JSON cannot hold', { body: 1n }, 'body must be what JSON can hold'],
])('an answer with %s is refused where it is made', (_, wrong, message) => {
  expect(() => answer(wrong)).toThrow(message)
})

test('when the time is over the call is answered 202, and handled all the same', async () => {
  let goOn = () => {}
  const gate = new Promise<void>(resolve => {
    goOn = resolve
  })
  await using w = await waiting(ctx => {
    ctx.webhook('ask', { ...open, wait: '2s' }, async ({ bot }) => {
      await gate
      await bot.group(10000001).text('done')
      return 'too late'
    })
  })
  const asked = call(w)
  await w.clock.advance(1999)
  expect(w.runtime.webhooks.waits.callers).toBe(1)
  await w.clock.advance(1)
  expect(await asked).toMatchObject({ status: 202, json: { event_id: expect.any(String) } })
  expect(w.runtime.webhooks.waits.callers).toBe(0)
  goOn()
  await w.settled()
  expect(await w.texts({ group: 'square' })).toEqual(['done'])
})

test('a handler that fails at first is waited for; one that fails for good is answered 500 without its words', async () => {
  let fails = 2
  await using w = await waiting(ctx => {
    ctx.webhook('ask', { ...open, wait: '1m' }, ({ event }) => {
      if (fails-- > 0) throw new Error('the password is hush')
      return { fails: 0, event: event.id }
    })
  })
  const asked = call(w)
  await w.clock.advance(10_000)
  expect(await asked).toMatchObject({ status: 200, json: { fails: 0 } })
  fails = 100
  const failing = call(w)
  await w.clock.advance(59_000)
  const { status, json, text } = await failing
  expect([status, json]).toEqual([
    500,
    { error: { code: 'webhook.failed', message: expect.any(String) }, event_id: expect.any(String) },
  ])
  expect(text).not.toContain('hush')
})

test('a UserError is an answer, 422 with its text, and nothing is set aside', async () => {
  await using w = await waiting(ctx => {
    ctx.webhook('ask', open, () => {
      throw new UserError('There is no such room.')
    })
  })
  expect(await call(w)).toMatchObject({
    status: 422,
    json: { error: { code: 'webhook.refused', message: 'There is no such room.' } },
  })
  expect(w.log.filter(({ level }) => level === 'error')).toEqual([])
})

test('a call that comes again while the first runs waits for the same; afterwards it is answered 202', async () => {
  let goOn = () => {}
  const gate = new Promise<void>(resolve => {
    goOn = resolve
  })
  let runs = 0
  await using w = await waiting(ctx => {
    ctx.webhook('ask', { auth: 'none', wait: '3s' }, async () => {
      runs++
      await gate
      return { runs }
    })
  })
  const id = { 'idempotency-key': 'one' }
  const first = call(w, {}, id)
  const again = call(w, {}, id)
  await w.clock.advance(3000)
  expect((await first).status).toBe(202)
  expect((await again).json).toMatchObject({ repeated: true })
  // The first has gone, but its handler still runs.
  const third = call(w, {}, id)
  await w.clock.advance(1)
  goOn()
  expect(await third).toMatchObject({ status: 200, json: { runs: 1 } })
  expect(await call(w, {}, id)).toMatchObject({ status: 202, json: { repeated: true } })
  expect(runs).toBe(1)
})

test('a shutdown answers all who wait 202', async () => {
  await using w = await waiting(ctx => {
    ctx.webhook('ask', open, () => new Promise(() => {}))
  })
  const asked = call(w)
  await w.clock.advance(1)
  const stopped = w.runtime.stop(0)
  expect((await asked).status).toBe(202)
  await stopped
})

test.each([
  ['5ms', 'wait must be a length of time such as 10s or 5m, from 100ms to 1m'],
  ['2m', 'wait must be'],
])('a wait of %s fails the setup', async (wait, message) => {
  await expect(waiting(ctx => ctx.webhook('ask', { auth: 'none', wait }, () => {}))).rejects.toThrow(message)
})
