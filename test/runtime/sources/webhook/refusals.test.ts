import { expect, test } from 'vitest'
import { definePlugin } from '../../../../src/index.ts'
import { signWebhook } from '../../../../src/testing/index.ts'
import { world } from '../../../world.ts'

const auth = { type: 'slack', secret: 'a secret of mine' } as const
const plugin = definePlugin({
  name: 'plugin',
  setup(ctx) {
    ctx.webhook('signed', { auth }, () => {})
    ctx.webhook('from', { auth: { ips: ['10.0.0.0/8'] } }, () => {})
  },
})
const SIGNED = '/hooks/bot/plugin/signed'

test('a refusal says why, and the log is told of each reason once a minute, without body and secrets', async () => {
  await using w = await world({ plugins: [{ use: plugin }] })
  const refused = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const response = await w.hook(path, body, headers)
    return [response.status, ((await response.json()) as { error: { code: string } }).error.code]
  }
  const body = { hello: 'a word of the body' }
  const now = w.clock.now()
  const text = JSON.stringify(body)
  for (let times = 0; times < 3; times++)
    expect(await refused(SIGNED, body)).toEqual([401, 'webhook.missing'])
  expect(await refused(SIGNED, body, signWebhook(auth, 'other', now))).toEqual([401, 'webhook.mismatch'])
  expect(await refused(SIGNED, body, signWebhook(auth, text, now - 600_000))).toEqual([401, 'webhook.stale'])
  expect(await refused('/hooks/bot/plugin/from', body)).toEqual([403, 'webhook.address'])
  expect((await w.hook(SIGNED, body, signWebhook(auth, text, now))).status).toBe(202)
  await w.clock.advance(60_000)
  await refused(SIGNED, body)
  const lines = w.log.filter(({ message }) => message === 'a call of a webhook was refused')
  expect(
    lines.map(({ level, fields }) => [level, fields.webhook, fields.reason, fields.refusedSince]),
  ).toEqual([
    ['warn', 'signed', 'missing', undefined],
    ['warn', 'signed', 'mismatch', undefined],
    ['warn', 'signed', 'stale', undefined],
    ['warn', 'from', 'address', undefined],
    ['warn', 'signed', 'missing', 2],
  ])
  expect(JSON.stringify(w.log)).not.toMatch(/a word of the body|a secret of mine/)
})

test('a refused call is not known as one that comes again', async () => {
  await using w = await world({ plugins: [{ use: plugin }] })
  const body = { a: 1 }
  const id = { 'idempotency-key': 'one' }
  expect((await w.hook(SIGNED, body, id)).status).toBe(401)
  const right = { ...signWebhook(auth, JSON.stringify(body), w.clock.now()), ...id }
  expect(await (await w.hook(SIGNED, body, right)).json()).toEqual({ event_id: expect.any(String) })
  expect(await (await w.hook(SIGNED, body, right)).json()).toMatchObject({ repeated: true })
})

test('a copied call of Standard Webhooks is known, whatever id whoever copied it adds', async () => {
  const standard = { type: 'standard-webhooks', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' } as const
  const use = definePlugin({
    name: 'plugin',
    setup: ctx => ctx.webhook('signed', { auth: standard, dedupe: { window: 0 } }, () => {}),
  })
  await using w = await world({ plugins: [{ use }] })
  const signed = signWebhook(standard, '{}', w.clock.now())
  const svix = Object.fromEntries(
    Object.entries(signed).map(([name, value]) => [name.replace('webhook', 'svix'), value]),
  )
  const call = async (headers: Record<string, string>) => (await w.hook(SIGNED, {}, headers)).json()
  const { event_id } = (await call(signed)) as { event_id: string }
  const again = { event_id, repeated: true }
  expect(await call({ ...signed, 'idempotency-key': 'another' })).toEqual(again)
  expect(await call(svix)).toEqual(again)
  expect(await call({ ...svix, 'x-github-delivery': 'another' })).toEqual(again)
  expect(await call({ ...svix, 'webhook-id': 'another' })).toMatchObject({
    error: { code: 'webhook.mismatch' },
  })
})
