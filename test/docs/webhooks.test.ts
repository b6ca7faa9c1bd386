import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listWebhooks, type WebhookInfo } from '../../src/app/list-webhooks.ts'
import { type Listening, listen } from '../../src/app/listen.ts'
import { ManualClock } from '../../src/base/clock.ts'
import { definePlugin } from '../../src/index.ts'
import { STATUS } from '../../src/runtime/sources/webhook/refusals.ts'
import type { WebhookAuthInput } from '../../src/runtime/sources/webhook/webhook-auth.ts'
import { world } from '../../src/testing/create-world.ts'
import type { World } from '../../src/testing/world.ts'
import { fencesOf, read, root } from './markdown.ts'
import { Shell } from './shell.ts'

const document = read('docs/webhooks.md')
const SECRET = 'a $ecret of "mine"'
const WHSEC = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const hmac = { type: 'hmac-sha256', secret: SECRET } as const

/** By the names of the webhooks in the document. */
const kinds: Readonly<Record<string, WebhookAuthInput>> = {
  bearer: { type: 'bearer', token: SECRET },
  basic: { type: 'basic', username: 'ci', password: SECRET },
  header: { type: 'header', name: 'X-Secret', value: SECRET },
  'hmac-sha256': hmac,
  github: { type: 'github', secret: SECRET },
  gitlab: { type: 'gitlab', token: SECRET },
  'standard-webhooks': { type: 'standard-webhooks', secret: WHSEC },
  stripe: { type: 'stripe', secret: SECRET },
  slack: { type: 'slack', secret: SECRET },
  timestamp: { ...hmac, header: 'X-Sign', prefix: 'v1=', timestamp: { header: 'X-Time' } },
}
/** What no document shows, but a list of webhooks may. */
const odd: Readonly<Record<string, WebhookAuthInput>> = {
  'odd-none': { type: 'none' },
  'odd-ips': { ips: ['127.0.0.1'] },
  'odd-base64': { ...hmac, header: "X-$ig`n'", prefix: '"$HOME`=', encoding: 'base64' as const },
  'odd-signs': { ...hmac, timestamp: { header: 'X-Time', signs: 'v0:"$timestamp:body' } },
  'odd-user': { type: 'basic', username: 'c$i "x"', password: SECRET },
  'odd 名': { type: 'bearer', token: [SECRET, 'another secret'] },
}

let w: World
let here: Listening
let shell: Shell
let listed: readonly WebhookInfo[]

beforeAll(async () => {
  const hooks = definePlugin({
    name: 'hooks',
    setup(ctx) {
      for (const [name, auth] of Object.entries({ ...kinds, ...odd })) ctx.webhook(name, { auth }, () => {})
      const accepts = ['json', 'form', 'text', 'raw'] as const
      for (const accept of accepts)
        ctx.webhook(`as-${accept}`, { auth: hmac, accept, wait: '5s' }, ({ body }) => body)
    },
  })
  const bots = [{ id: 'herald', username: 'herald-bot', plugins: [{ use: hooks }] }]
  w = await world({ bots, clock: new ManualClock(Date.now()) })
  const { fetch } = w.runtime.http
  here = await listen({ host: '127.0.0.1', port: 0, fetch, name: 'the test', setting: 'none' })
  shell = new Shell(root)
  listed = listWebhooks(w.runtime.webhooks, 'http://127.0.0.1:7071')
})

afterAll(async () => {
  shell?.close()
  await here?.close(500)
  await w?.[Symbol.asyncDispose]()
})

/** Runs a call with the secret of its kind, and yields what it printed. */
async function run(call: string, secret: string): Promise<string> {
  const quoted = `'${secret.replaceAll("'", "'\\''")}'`
  return (await shell.run(`SECRET=${quoted}\n${call.replaceAll('http://127.0.0.1:7071', here.url)}`)).join(
    '\n',
  )
}

const secretOf = (name: string) => (name === 'standard-webhooks' ? WHSEC : SECRET)
const accepted = expect.stringMatching(/^\{"event_id":"[0-9A-Z]{26}"/)

test.each(Object.keys(kinds))(
  'the call of %s in the document is let in, and is the one that is listed',
  async name => {
    const fence = fencesOf(document, 'Calling one').find(({ lead }) => lead.includes(`(\`${name}\`)`))
    expect(fence?.code).toBe(listed.find(one => one.name === name)?.sample)
    expect(await run(fence!.code, secretOf(name))).toEqual(accepted)
    const wrong = await run(
      fence!.code,
      name === 'standard-webhooks' ? `${WHSEC.slice(0, -2)}AA` : 'another secret',
    )
    expect(JSON.parse(wrong)).toMatchObject({ error: { code: 'webhook.mismatch' } })
  },
)

test.each(Object.keys(odd))('the call that is listed of %s is let in', async name => {
  expect(await run(listed.find(one => one.name === name)!.sample, SECRET)).toEqual(accepted)
})

test.each([
  ['as-json', '{"hello":"world"}'],
  ['as-form', '{"hello":"world"}'],
  ['as-text', '"Hello"'],
  ['as-raw', JSON.stringify({ type: 'Buffer', data: [...Buffer.from('Hello')] })],
])('the call that is listed of %s has a body that is taken', async (name, answered) => {
  const one = listed.find(each => each.name === name)!
  expect(one).toMatchObject({ auth: 'hmac-sha256', accept: name.slice(3), waitMs: 5000 })
  expect(await run(one.sample, SECRET)).toBe(answered)
})

test('no secret is in what is listed', () => {
  const text = JSON.stringify(listed)
  expect(text).not.toContain('ecret of')
  expect(text).not.toContain(WHSEC.slice(6))
  expect(listed.find(({ name }) => name === 'odd-ips')).toMatchObject({ auth: 'ips', ips: ['127.0.0.1'] })
})

describe('the table of refusals', () => {
  test('has every code with its status, and no other', () => {
    const rows = [...document.matchAll(/^\| `webhook\.([a-z-]+)`\s*\| (\d{3})/gm)].map(([, code, status]) => [
      code,
      Number(status),
    ])
    const answers = { refused: 422, failed: 500 }
    expect(Object.fromEntries(rows)).toEqual({ ...STATUS, ...answers })
  })
})
