import { expect, onTestFinished, test } from 'vitest'
import { createBeadle } from '../../src/app/index.ts'
import { silentLog } from '../../src/base/log.ts'
import { definePlugin } from '../../src/index.ts'

const guarded = definePlugin({
  name: 'guarded',
  setup(ctx) {
    ctx.webhook('from', { auth: { ips: ['192.0.2.0/24'] }, wait: '10s', dedupe: 'off' }, () => 'let in')
    ctx.webhook('large', { auth: 'none' }, () => {})
  },
})

async function create(trustProxies: string[]) {
  const beadle = await createBeadle({
    jmessage: { appKey: 'beadle00refuse0000000001', masterSecret: 'beadle00refusesecret0001' },
    ...{ data: ':memory:', limits: { webhookBytes: 1024 }, trustProxies, logger: silentLog },
    bots: [{ id: 'porter', username: 'porter-bot', plugins: [{ use: guarded }] }],
  })
  onTestFinished(() => beadle.close(0))
  return async (path: string, address: string, headers: Record<string, string> = {}, body = '{}') => {
    const url = `http://x${path}`
    const init = path === '/metrics' ? {} : { method: 'POST', body, headers }
    const response = await beadle.fetch(new Request(url, init), { address })
    return { status: response.status, text: await response.text() }
  }
}
const FROM = '/hooks/porter/guarded/from'

test('a proxy that is trusted says whom a call is from; others say it in vain', async () => {
  const call = await create(['10.0.0.0/8'])
  const forwarded = { 'x-forwarded-for': '192.0.2.7' }
  expect(await call(FROM, '10.0.0.1', forwarded)).toEqual({ status: 200, text: '"let in"' })
  expect((await call(FROM, '10.0.0.1', { forwarded: 'for=192.0.2.7' })).status).toBe(200)
  expect((await call(FROM, '192.0.2.7')).status).toBe(200)
  expect(await call(FROM, '203.0.113.9', forwarded)).toMatchObject({
    status: 403,
    text: expect.stringContaining('may not be called from 203.0.113.9'),
  })
  expect((await call(FROM, '10.0.0.1', { 'x-forwarded-for': '192.0.2.7, 203.0.113.9' })).status).toBe(403)
  const untrusting = await create([])
  expect((await untrusting(FROM, '10.0.0.1', forwarded)).status).toBe(403)
})

test('refused calls are counted by plugin and reason', async () => {
  const call = await create([])
  await call(FROM, '203.0.113.9')
  await call(FROM, '203.0.113.9')
  await call('/hooks/porter/guarded/none', '203.0.113.9')
  expect((await call('/hooks/porter/guarded/large', '203.0.113.9', {}, 'x'.repeat(2000))).status).toBe(413)
  const { text } = await call('/metrics', '127.0.0.1')
  const counted = text.split('\n').filter(line => line.startsWith('beadle_webhooks_refused_total'))
  expect(counted).toEqual([
    'beadle_webhooks_refused_total{bot="porter",plugin="guarded",reason="address"} 2',
    'beadle_webhooks_refused_total{bot="",plugin="",reason="unknown"} 1',
    'beadle_webhooks_refused_total{bot="porter",plugin="guarded",reason="too-large"} 1',
  ])
})
