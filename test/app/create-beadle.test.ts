import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createBeadle, type EmbeddedBeadle, type InlineBot, type InlineConfig } from '../../src/app/index.ts'
import { silentLog } from '../../src/base/log.ts'
import { definePlugin, z } from '../../src/index.ts'
import { signWebhook } from '../../src/testing/index.ts'
import { config } from '../e2e/beadle.ts'
import { JMessage } from '../e2e/jmessage.ts'
import { folder } from '../e2e/places.ts'
import { until } from '../e2e/until.ts'

const APP = { appKey: 'beadle00embed00000000001', masterSecret: 'beadle00embedsecret00001' }
const auth = { type: 'github', secret: 'a secret of mine' } as const

const greeter = definePlugin({
  name: 'greeter',
  config: z.strictObject({ greeting: z.string().default('Hello') }),
  setup(ctx, { greeting }) {
    ctx.command('hello', ({ user }) => `${greeting}, ${user.username}!`)
    ctx.webhook('ask', { auth, wait: '10s' }, () => ({ greeting }))
    ctx.webhook('local', { auth: { ips: ['127.0.0.1'] }, wait: '10s' }, () => 'local')
    ctx.webhook('never', { auth: 'none', wait: '1m' }, () => new Promise(() => {}))
  },
})

const bot: InlineBot = {
  id: 'porter',
  username: 'porter-bot',
  plugins: [{ use: greeter, config: { greeting: 'Hi' } }],
}

async function create(more: Partial<InlineConfig> = {}): Promise<EmbeddedBeadle> {
  const given = {
    jmessage: { ...APP },
    data: ':memory:',
    server: { sandbox: true, town: true },
    bots: [bot],
    ...more,
  }
  const beadle = await createBeadle({ ...given, logger: silentLog })
  onTestFinished(() => beadle.close(0))
  return beadle
}

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  new Request(`https://bots.example.com${path}`, { method: 'POST', body, headers })

describe('without files', () => {
  test('requests are answered without a port, and what people say is heard', async () => {
    const { fetch, imServer } = await create()
    const answered = await fetch(post('/hooks/porter/greeter/ask', '{}', signWebhook(auth, '{}', 0)))
    expect([answered.status, await answered.json()]).toEqual([200, { greeting: 'Hi' }])
    const said = await imServer!.fetch(
      post(
        `/sandbox/apps/${APP.appKey}/messages`,
        JSON.stringify({ from_id: 'alice', text: '/hello', target_type: 'group', target_id: '10000001' }),
      ),
    )
    expect(said.status).toBe(201)
    const headers = { authorization: `Basic ${btoa(`${APP.appKey}:${APP.masterSecret}`)}` }
    const at = (ms: number) =>
      encodeURIComponent(
        new Date(Date.now() + 8 * 3_600_000 + ms).toISOString().slice(0, 19).replace('T', ' '),
      )
    const query = `count=10&begin_time=${at(-60_000)}&end_time=${at(60_000)}`
    await until('the bot answers', async () => {
      const history = await imServer!.fetch(
        new Request(`http://x/v2/groups/10000001/messages?${query}`, { headers }),
      )
      return (await history.text()).includes('Hi, alice!')
    })
  })

  test('health is told, and figures to those only whose address is known to be near', async () => {
    const { fetch } = await create()
    const get = (path: string, caller?: { address: string }) => fetch(new Request(`http://x${path}`), caller)
    expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' })
    expect(await (await get('/readyz')).json()).toEqual({ status: 'ready' })
    expect((await get('/metrics')).status).toBe(404)
    expect((await get('/metrics', { address: '203.0.113.9' })).status).toBe(404)
    const figures = await (await get('/metrics', { address: '127.0.0.1' })).text()
    expect(figures).toContain('beadle_waiting')
    expect((await get('/nowhere')).status).toBe(404)
  })

  test('a bot can be had by its id', async () => {
    const beadle = await create()
    await beadle.bot('porter').group(10000001).text('From outside')
    expect(() => beadle.bot('nobody')).toThrow('there is no bot nobody')
  })

  test('its webhooks are listed, with the address where it is reached', async () => {
    const beadle = await create({ publicUrl: 'https://bots.example.com/' })
    expect(beadle.webhooks().map(({ path, auth }) => [path, auth])).toEqual([
      ['/hooks/porter/greeter/ask', 'github'],
      ['/hooks/porter/greeter/local', 'ips'],
      ['/hooks/porter/greeter/never', 'none'],
    ])
    expect(beadle.webhooks()[0]!.sample).toContain("'https://bots.example.com/hooks/porter/greeter/ask'")
    expect(beadle.webhooks('http://x/y/')[0]!.sample).toContain("'http://x/y/hooks/porter/greeter/ask'")
  })

  test('a reload has nothing to read', async () => {
    expect(await (await create()).reload()).toMatchObject({
      ok: true,
      changes: [],
      restart: [],
      problems: [],
    })
  })

  test('after its end requests are answered 503; who waits then is answered 202', async () => {
    const beadle = await create()
    const waiting = beadle.fetch(post('/hooks/porter/greeter/never', '{}'))
    await until('it waits', async () => {
      const figures = await beadle.fetch(new Request('http://x/metrics'), { address: '127.0.0.1' })
      return /beadle_plugin_running\{[^}]*greeter[^}]*\} 1/.test(await figures.text())
    })
    await Promise.all([beadle.close(200), beadle.close(200)])
    expect((await waiting).status).toBe(202)
    expect((await beadle.fetch(post('/hooks/porter/greeter/ask', '{}'))).status).toBe(503)
  })
})

describe('what is wrong is told at once', () => {
  const failing = (config: object) =>
    createBeadle({ ...config, logger: silentLog } as never).catch(error => error)

  test('with the fields, and without secrets', async () => {
    const { code, message } = await failing({
      jmessage: { ...APP, masterSecret: 'too short a secret' },
      serever: {},
      bots: [{ id: 'Porter', username: 'porter-bot' }],
    })
    expect(code).toBe('config.invalid')
    expect(message).toContain('createBeadle  jmessage.masterSecret: must be 24 letters or digits')
    expect(message).toContain('serever')
    expect(message).toContain('bots[0].id: must be 1 to 40 characters of a-z, 0-9 and -')
    expect(message).not.toContain('too short a secret')
  })

  test.each<[object, string]>([
    [{ bots: [] }, 'bots: '],
    [{ bots: [bot, bot] }, 'bots: has two bots of the id porter'],
    [
      { bots: [bot, { ...bot, id: 'other' }] },
      'createBeadle bots.other  username: is the username of createBeadle bots.porter already',
    ],
    [{ bots: [{ ...bot, app: 'other' }] }, 'app: is none of the apps'],
    [{ bots: [{ ...bot, langauge: 'en' }] }, 'langauge'],
    [
      { bots: [{ ...bot, plugins: [{ use: greeter, config: { greting: 'Hi' } }] }] },
      'createBeadle bots.porter  plugins.greeter.greting: ',
    ],
    [
      { bots: [{ ...bot, plugins: [{ use: greeter }, { use: greeter }] }] },
      'plugins.greeter: is there twice',
    ],
    [{ bots: [{ ...bot, plugins: [{ use: 'greeter' }] }] }, 'plugins.0: has no use that is a plugin'],
    [
      { bots: [{ ...bot, plugins: [{ use: greeter, isolation: 'worker' }] }] },
      'plugins.greeter: needs its file for isolation: worker',
    ],
    [{ bots: [{ ...bot, plugins: [{ use: greeter, name: 'Not a name' }] }] }, 'plugins'],
  ])('as %j', async (more, message) => {
    const error = await failing({ jmessage: { ...APP }, data: ':memory:', ...more })
    expect(error.message).toContain(message)
  })

  test('a plugin that cannot be set up fails it, and leaves nothing open', async () => {
    const broken = definePlugin({ name: 'broken', setup: () => Promise.reject(new Error('no such thing')) })
    const error = await failing({
      jmessage: { ...APP },
      data: ':memory:',
      bots: [{ ...bot, plugins: [{ use: broken }] }],
    })
    expect(error.message).toContain('no such thing')
  })
})

test('with the files of a configuration, the IM server listens and Beadle does not', async () => {
  const here = folder({
    'config.yaml': config({
      listen: '127.0.0.1:7071',
      server: { listen: '127.0.0.1:0', sandbox: true, town: true },
    }),
    'bots/warden.yaml': {
      username: 'warden-bot',
      roles: { moderator: ['alice'] },
      plugins: { warden: { words: ['nope'] } },
    },
  })
  await using beadle = await createBeadle({ config: `${here}/config.yaml`, env: {}, logger: silentLog })
  await using other = await createBeadle({
    jmessage: { ...APP },
    data: ':memory:',
    bots: [bot],
    logger: silentLog,
  })
  const jmessage = new JMessage(beadle.imServer!.url)
  await jmessage.say('alice', { group: 10000001 }, '/words')
  await until('the warden answers', async () => (await jmessage.texts({ group: 10000001 })).length === 2)
  expect((await beadle.fetch(new Request('http://x/healthz'))).status).toBe(200)
  expect((await other.fetch(new Request('http://x/healthz'))).status).toBe(200)
})

describe('under another server', () => {
  async function serve(
    fetch: (request: Request, env: never) => Response | Promise<Response>,
  ): Promise<string> {
    const server = createServer(getRequestListener(fetch as never))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  test('Hono hands over what is below a path, and the address of the caller is known', async () => {
    const beadle = await create()
    const app = new Hono()
    app.get('/', c => c.text('the program of another'))
    app.mount('/bots', beadle.fetch)
    const url = await serve(app.fetch as never)
    expect(await (await fetch(url)).text()).toBe('the program of another')
    const signed = signWebhook(auth, '{}', 0)
    expect(
      (await fetch(`${url}/bots/hooks/porter/greeter/ask`, { method: 'POST', body: '{}', headers: signed }))
        .status,
    ).toBe(200)
    const local = await fetch(`${url}/bots/hooks/porter/greeter/local`, { method: 'POST', body: '{}' })
    expect([local.status, await local.text()]).toEqual([200, '"local"'])
    // Without a socket, nobody is near.
    expect(
      (await app.request('/bots/hooks/porter/greeter/local', { method: 'POST', body: '{}' })).status,
    ).toBe(403)
  })

  test('the server of Node.js for the Fetch API may have it alone', async () => {
    const beadle = await create()
    const url = await serve(beadle.fetch as never)
    const local = await fetch(`${url}/hooks/porter/greeter/local`, { method: 'POST', body: '{}' })
    expect(local.status).toBe(200)
    expect((await fetch(`${url}/metrics`)).status).toBe(200)
  })
})
