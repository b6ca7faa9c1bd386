// `npm run bench [-- dispatch|commands|send|large|group|cron|isolation|copy|servers|engines|finished|soak|quota|tenants|reloads]`: each contest is one interleaved run; what counts are the ratios.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildIfStale } from '../scripts/build.mjs'
import { start } from './lib/child.mjs'
import { commandsContest, commandsTable } from './lib/commands.mjs'
import { compare, comparison } from './lib/compare.mjs'
import { contest, table } from './lib/contest.mjs'
import { copyContest, copyTable } from './lib/copy.mjs'
import { cronContest, cronTable } from './lib/cron.mjs'
import { botsMemory, enginesContest, enginesTable, ofManyUsers } from './lib/engines.mjs'
import { finishedContest, finishedTable } from './lib/finished.mjs'
import { isolationContest, isolationTable } from './lib/isolation.mjs'
import { startPostgres } from './lib/postgres.mjs'
import { quotaContest, quotaTable } from './lib/quota.mjs'
import { reloadsContest, reloadsTable } from './lib/reloads.mjs'
import { serversContest } from './lib/servers.mjs'
import { sizesTable } from './lib/sizes.mjs'
import { soak, soakTable } from './lib/soak.mjs'
import { tenantsContest, tenantsTable } from './lib/tenants.mjs'

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

const webhook = {
  path: '/hooks/bench/bench/event',
  headers: { 'content-type': 'application/json', 'x-secret': 'webhook-secret' },
  body: event,
}

const keys = { APP_KEY, MASTER_SECRET }
const credentials = Buffer.from(`${APP_KEY}:${MASTER_SECRET}`).toString('base64')

const contests = {
  async dispatch() {
    const stub = await start(here('lib/stub.mjs'), { core: 1 })
    const env = { STUB: `http://127.0.0.1:${stub.port}` }
    const load = webhook
    const names = [
      ['bare Hono + undici Pool, nothing kept', 'bare-webhook', {}],
      ['Beadle, durable (FULL)', 'beadle-webhook', {}],
      ['Beadle, durable (FULL), 100 commands', 'beadle-webhook', { COMMANDS: '100' }],
    ]
    const rows = await run(names, load, env)
    await stub.stop()
    return table('webhook -> plugin -> one API call, 32 connections', rows)
  },

  async commands() {
    const rows = await commandsContest({ module: here('contestants/commands.mjs'), rounds })
    return commandsTable('message -> routing, middleware, role check, command, in memory', rows)
  },

  async send() {
    const load = {
      path: '/v1/messages',
      headers: { 'content-type': 'application/json', authorization: `Basic ${credentials}` },
      body: message,
    }
    const names = [
      ['bare Hono + auth + zod + group commit (FULL)', 'bare-send', {}],
      ["Beadle's IM server (FULL)", 'beadle-send', {}],
    ]
    return table('message send, 32 connections', await run(names, load, keys))
  },

  async servers() {
    const load = {
      path: '/v1/messages',
      headers: { 'content-type': 'application/json', authorization: `Basic ${credentials}` },
      body: message,
      connections: 64,
    }
    const rows = await serversContest({ here, load, keys, rounds, ms })
    return table('message send to one process and to two, 64 connections in all', rows)
  },

  async engines() {
    const load = { ...webhook, connections: 64, vary: ofManyUsers() }
    const all = { here, load, rounds, ms }
    const ordered = await enginesContest({ ...all, env: { CONVERSATIONS: '1' } })
    const free = await enginesContest({ ...all, env: {} })
    return [
      enginesTable('webhook -> plugin -> one API call, 64 connections, 1000 conversations', ordered),
      enginesTable('the same, of no conversation', free),
      sizesTable(ordered, await botsMemory(here)),
    ].join('\n')
  },

  async finished() {
    const count = Number(process.env.COUNT ?? 5_000_000)
    const prune = process.env.PRUNE === '1'
    const { rows, bytes } = await finishedContest({ here, load: webhook, count, prune, rounds, ms })
    const title = `dispatch with ${count.toLocaleString('en')} finished events in the store, 32 connections`
    return finishedTable(prune ? `${title}, while they are cleared away` : title, rows, bytes)
  },

  async large() {
    const town = full => start(here('contestants/beadle-town.mjs'), { core: 0, env: { ...keys, ...full } })
    const contestants = [await town({}), await town({ FULL: '1' })]
    const rows = await compare({ contestants, loads: loads(), rounds, ms: ms / 3 })
    for (const child of contestants) await child.stop()
    return comparison(
      '2,000,000 messages, 100,000 users, 10,000 groups in the store',
      ['empty', 'full'],
      rows,
    )
  },

  async group() {
    const child = await start(here('contestants/beadle-town.mjs'), { core: 0, env: keys })
    const [single, group] = loads()
    const rows = await compare({
      contestants: [child, child],
      loads: [
        { name: 'send', of: [single, group] },
        { name: 'send, 32 connections', of: [single, group].map(load => ({ ...load, connections: 32 })) },
      ],
      rounds,
      ms,
    })
    await child.stop()
    return comparison('sending to a group of 500', ['one user', 'the group'], rows)
  },

  async soak() {
    const stub = await start(here('lib/stub.mjs'), { core: 1 })
    const env = { STUB: `http://127.0.0.1:${stub.port}` }
    const child = await start(here('contestants/beadle-webhook.mjs'), { core: 0, env })
    const minutes = Number(process.env.MINUTES ?? 10)
    const figures = await soak({ child, load: webhook, minutes })
    await child.stop()
    await stub.stop()
    return soakTable(minutes, figures)
  },

  async cron() {
    const stub = await start(here('lib/stub.mjs'), { core: 1 })
    const rows = await cronContest({
      module: here('contestants/cron.mjs'),
      kinds: ['beadle', 'node-cron', 'croner'],
      ...{ rounds: Math.min(rounds, 3), ms: ms * 3 },
      env: { STUB: `http://127.0.0.1:${stub.port}`, TZ: 'UTC' },
    })
    await stub.stop()
    return cronTable('10,000 schedules, 500 due every second', rows)
  },

  async quota() {
    const seconds = Number(process.env.MINUTES ?? 4) * 60
    return quotaTable([
      await quotaContest({ here, limit: 600, seconds, callers: 1000 }),
      await quotaContest({ here, limit: 200_000, seconds: 20, callers: 1000 }),
    ])
  },

  async copy() {
    const events = Number(process.env.COUNT ?? 1_000_000)
    const server = await startPostgres()
    try {
      const rows = await copyContest({ url: server.url, events })
      return copyTable(`a store of ${events.toLocaleString('en')} events, to PostgreSQL and back`, rows)
    } finally {
      await server.stop()
    }
  },

  async tenants() {
    const stub = await start(here('lib/stub.mjs'), { core: 1 })
    const env = { STUB: `http://127.0.0.1:${stub.port}` }
    const rows = await tenantsContest({ here, rounds: Math.min(rounds, 3), ms, env })
    await stub.stop()
    return tenantsTable('ten quiet apps beside a noisy one, in one process', rows)
  },

  async reloads() {
    const module = here('contestants/reloads.mjs')
    const count = Number(process.env.COUNT ?? 1000)
    return reloadsTable('a plugin of two files is saved while `beadle dev` runs', [
      ['in the main thread', await reloadsContest(module, { ...keys, COUNT: String(count) })],
      [
        'in a thread of its own',
        await reloadsContest(module, { ...keys, COUNT: String(Math.ceil(count / 10)), ISOLATION: 'worker' }),
      ],
    ])
  },

  async isolation() {
    const stub = await start(here('lib/stub.mjs'), {})
    const rows = await isolationContest({
      module: here('contestants/isolation.mjs'),
      rounds,
      env: { STUB: `http://127.0.0.1:${stub.port}` },
    })
    await stub.stop()
    return isolationTable('a plugin whose neighbour is stuck in an endless loop', rows)
  },
}

/** What is asked of the town: see contestants/beadle-town.mjs. */
function loads() {
  const headers = { authorization: `Basic ${credentials}` }
  const get = (name, path) => ({ name, method: 'GET', path, headers })
  const send = (name, target) => ({
    name,
    path: '/v1/messages',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ ...JSON.parse(message), ...target }),
  })
  const day = at => new Date(at + 8 * 3_600_000).toISOString().slice(0, 10)
  const range = `begin_time=${day(Date.now() - 3 * 86_400_000)}%2000:00:00&end_time=${day(Date.now())}%2023:59:59&count=100`
  return [
    send('send to a user', {}),
    send('send to a group of 500', { target_type: 'group', target_id: '10000001' }),
    get('history of the app, a page of 100', `/v2/messages?${range}`),
    get('history of a group, a page of 100', `/v2/groups/10000001/messages?${range}`),
    get('history of a user, a page of 100', `/v2/users/user_1001/messages?${range}`),
    get('history of the bot, a page of 100', `/v2/users/bench-bot/messages?${range}`),
    get('members of a group of 500', '/v1/groups/10000001/members/'),
    get("a user's ten groups", '/v1/users/user_1001/groups/'),
  ]
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

// Whatever the contests leave goes with it; PostgreSQL runs as another user, and has to come through.
const folder = mkdtempSync(join(tmpdir(), 'beadle-bench-'))
chmodSync(folder, 0o755)
process.env.TMPDIR = folder
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

buildIfStale()
const wanted = process.argv.slice(2)
// These take minutes, and are run when they are asked for.
const LONG = ['soak', 'quota', 'copy', 'tenants', 'finished', 'reloads']
for (const name of wanted.length > 0 ? wanted : Object.keys(contests).filter(name => !LONG.includes(name))) {
  if (!contests[name])
    throw new Error(`there is no contest '${name}'; there are ${Object.keys(contests).join(', ')}`)
  process.stderr.write(`${name}\n`)
  process.stdout.write(`${await contests[name]()}\n`)
}
