import { expect, test } from 'vitest'
import { signWebhook } from '../../../src/testing/index.ts'
import { threaded, until, worldOf } from './worker-world.ts'

const SECRET = 'a secret of mine'

test('webhooks of a plugin in a thread wait, take bytes, and keep headers as they do here', async () => {
  const plugin = await threaded(`
    ctx.webhook('ask', { auth: 'none', dedupe: 'off', wait: '30s' }, ({ body }) => {
      if (body.wrong) throw new UserError('That is wrong.')
      if (body.plain) return { isMainThread, of: body.plain }
      return answer({ status: 201, body: 'made', headers: { 'x-by': 'thread' } })
    })
    const bytes = z.instanceof(Buffer).refine(body => body.length < 5, 'must be shorter')
    ctx.webhook(
      'raw',
      { auth: { type: 'github', secret: '${SECRET}' }, accept: 'raw', body: bytes, headers: ['x-github-event'], query: ['q'], wait: '30s',
        conversation: body => body.toString('hex') },
      ({ body, headers, query }) => ({ hex: body.toString('hex'), event: headers['x-github-event'], q: query.q }),
    )`)
  await using w = await worldOf([plugin])
  const call = async (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) => {
    const response = await w.runtime.http.request(`/hooks/bot/plugin/${path}`, {
      ...{ method: 'POST', headers, body: body as string },
    })
    await until(() => w.runtime.waiting === 0)
    return { status: response.status, by: response.headers.get('x-by'), text: await response.text() }
  }
  expect(await call('ask', '{"plain":1}')).toMatchObject({
    status: 200,
    text: '{"isMainThread":false,"of":1}',
  })
  expect(await call('ask', '{}')).toEqual({ status: 201, by: 'thread', text: 'made' })
  expect(await call('ask', '{"wrong":true}')).toMatchObject({
    status: 422,
    text: expect.stringContaining('That is wrong.'),
  })
  const bytes = Uint8Array.of(0, 255, 128)
  const headers = { ...signWebhook({ type: 'github', secret: SECRET }, bytes, 0), 'x-github-event': 'push' }
  expect(await call('raw?q=1', bytes, headers)).toMatchObject({
    status: 200,
    text: '{"hex":"00ff80","event":"push","q":"1"}',
  })
  const long = new Uint8Array(5)
  expect(await call('raw', long, signWebhook({ type: 'github', secret: SECRET }, long, 0))).toMatchObject({
    status: 400,
    text: expect.stringContaining('must be shorter'),
  })
})
