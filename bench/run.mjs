// `npm run bench [-- dispatch|send]`: each contest is one interleaved run; what counts are the ratios.
import { fileURLToPath } from 'node:url'
import { buildIfStale } from '../scripts/build.mjs'
import { start } from './lib/child.mjs'
import { contest, table } from './lib/contest.mjs'

const here = name => fileURLToPath(new URL(name, import.meta.url))
const rounds = Number(process.env.ROUNDS ?? 7)
const ms = Number(process.env.SECONDS ?? 3) * 1000

const APP_KEY = 'bench00app00000000000001'
const MASTER_SECRET = 'bench00secret00000000001'

const event = JSON.stringify({
  id: 12345678,
  type: 'message',
  from: 'user_1001',
  channel: 'private:user_1001',
  text: '/pong',
  extra: { nickname: 'Someone', device: 'ios', note: 'x'.repeat(200) },
})
const message = JSON.stringify({
  version: 1,
  target_type: 'single',
  target_id: 'user_1001',
  from_type: 'admin',
  from_id: 'bench-bot',
  msg_type: 'text',
  msg_body: { text: 'x'.repeat(330), extras: { k: 'v' } },
})

const contests = {
  async dispatch() {
    const stub = await start(here('lib/stub.mjs'), { core: 1 })
    const env = { STUB: `http://127.0.0.1:${stub.port}` }
    const load = {
      path: '/hooks/bench/bench/event',
      headers: { 'content-type': 'application/json', 'x-secret': 'webhook-secret' },
      body: event,
    }
    const names = [
      ['bare Hono + undici Pool, nothing kept', 'bare-webhook', {}],
      ['Beadle, durable (FULL)', 'beadle-webhook', {}],
      ['Beadle, durable (FULL), 100 commands', 'beadle-webhook', { COMMANDS: '100' }],
    ]
    const rows = await run(names, load, env)
    await stub.stop()
    return table('webhook -> plugin -> one API call, 32 connections', rows)
  },

  async send() {
    const credentials = Buffer.from(`${APP_KEY}:${MASTER_SECRET}`).toString('base64')
    const load = {
      path: '/v1/messages',
      headers: { 'content-type': 'application/json', authorization: `Basic ${credentials}` },
      body: message,
    }
    const names = [
      ['bare Hono + auth + zod + group commit (FULL)', 'bare-send', {}],
      ["Beadle's IM server (FULL)", 'beadle-send', {}],
    ]
    return table('message send, 32 connections', await run(names, load, { APP_KEY, MASTER_SECRET }))
  },
}

async function run(names, load, env) {
  const contestants = []
  for (const [name, module, own] of names) {
    const child = await start(here(`contestants/${module}.mjs`), { core: 0, env: { ...env, ...own } })
    contestants.push({ name, child, load })
  }
  try {
    return await contest(contestants, { rounds, ms })
  } finally {
    for (const { child } of contestants) await child.stop()
  }
}

buildIfStale()
const wanted = process.argv.slice(2)
for (const name of wanted.length > 0 ? wanted : Object.keys(contests)) {
  if (!contests[name])
    throw new Error(`there is no contest '${name}'; there are ${Object.keys(contests).join(', ')}`)
  process.stderr.write(`${name}\n`)
  process.stdout.write(`${await contests[name]()}\n`)
}
