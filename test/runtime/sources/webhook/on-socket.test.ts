import { request } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../../../../src/app/listen.ts'
import { answer, definePlugin } from '../../../../src/index.ts'
import { world } from '../../../world.ts'

const plugin = definePlugin({
  name: 'plugin',
  setup(ctx) {
    const open = { dedupe: 'off', wait: '10s' } as const
    ctx.webhook('ask', { auth: 'none', ...open }, ({ body }) => {
      const { as } = body as { as?: string }
      if (as === 'nothing') return answer({ status: 204 })
      return as ? answer({ status: 201, body: as, headers: { 'X-Mine': 'yes' } }) : { fine: true }
    })
    ctx.webhook('here', { auth: { ips: ['127.0.0.1', '::1'] }, ...open }, () => 'here')
    ctx.webhook('there', { auth: { ips: ['192.0.2.0/24'] }, ...open }, () => 'there')
  },
})

/** A bot on two sockets, with and without the shortcut. */
async function onSockets() {
  const w = await world({ plugins: [{ use: plugin }] })
  const { http, shortcut } = w.runtime
  const here = { host: '127.0.0.1', port: 0, fetch: http.fetch, name: 'the test', setting: 'none' }
  const both = [await listen({ ...here, shortcut }), await listen(here)]
  onTestFinished(async () => {
    await Promise.all(both.map(one => one.close(500)))
    await w[Symbol.asyncDispose]()
  })
  return both.map(({ url }) => url)
}

/** As `fetch` would, which hides what a 204 has for headers. */
const ask = (url: string, body: string, headers: Record<string, string> = {}) =>
  new Promise<object>((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) }
    request(url, { method: 'POST', headers: { ...length, ...headers } }, async response => {
      const parts: Buffer[] = []
      for await (const part of response) parts.push(part)
      const { date, connection, 'keep-alive': _, ...others } = response.headers
      resolve({ status: response.statusCode, ...others, text: Buffer.concat(parts).toString() })
    })
      .on('error', reject)
      .end(body)
  })

test.each([
  ['{}', { status: 200, 'content-type': 'application/json', text: '{"fine":true}' }],
  ['{"as":"nothing"}', { status: 204, text: '' }],
  ['{"as":"é"}', { status: 201, 'content-type': 'text/plain; charset=utf-8', 'x-mine': 'yes', text: 'é' }],
])('a caller that waits with %s is answered the same on the socket and by Hono', async (body, expected) => {
  const [short, hono] = (await onSockets()).map(url => `${url}/hooks/bot/plugin/ask`)
  const answered = await ask(short!, body)
  expect(answered).toMatchObject(expected)
  expect(answered).toEqual(await ask(hono!, body))
})

test('the address of the other end of the socket counts, and not what a stranger says of it', async () => {
  for (const url of await onSockets()) {
    expect(await ask(`${url}/hooks/bot/plugin/here`, '{}')).toMatchObject({ status: 200, text: '"here"' })
    const forged: Record<string, string>[] = [
      { 'x-forwarded-for': '192.0.2.1' },
      { forwarded: 'for=192.0.2.1' },
    ]
    for (const headers of [{}, ...forged])
      expect(await ask(`${url}/hooks/bot/plugin/there`, '{}', headers)).toMatchObject({ status: 403 })
  }
})
