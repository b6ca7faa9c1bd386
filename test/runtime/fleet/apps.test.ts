import { definePlugin } from 'beadle'
import { expect, onTestFinished, test } from 'vitest'
import { fleetOf } from '../../../src/app/fleet.ts'
import { silentLog } from '../../../src/base/log.ts'
import { createClient, fetchTransport } from '../../../src/client/index.ts'
import type { AppOptions } from '../../../src/runtime/apps.ts'
import { Runtime } from '../../../src/runtime/runtime.ts'
import { startServer } from '../../../src/server/index.ts'
import { openStore } from '../../../src/store/index.ts'
import { runtimeSchema } from '../../../src/store/schema/runtime.ts'
import { until } from '../../e2e/until.ts'
import { database } from '../../engine.ts'
import { botOf, keysOf } from '../apps/street.ts'

const NAMES = ['bread', 'iron'] as const
const EACH = 30

const teller = definePlugin({
  name: 'teller',
  setup(ctx) {
    const conversation = ({ n }: { n: number }) => String(n % 10)
    ctx.webhook(
      'say',
      { auth: 'none', dedupe: 'off', conversation: body => conversation(body as never) },
      event => event.bot.group(10000001).text(`${event.bot.id} ${(event.body as { n: number }).n}`),
    )
  },
})

test('two nodes share the bots of two apps: each event leads to one message, in its own app', async () => {
  const url = await database()
  const servers = await Promise.all(
    NAMES.map(name => startServer({ listen: undefined, data: ':memory:', apps: [keysOf(name)] })),
  )
  const open = (index: number) => {
    const transport = fetchTransport(request => servers[index]!.fetch(request))
    return createClient({ endpoint: 'http://fleet', ...keysOf(NAMES[index]!), transport })
  }
  for (const index of NAMES.keys()) {
    const client = open(index)
    await client.users.register({ body: [{ username: 'alice', password: 'password' }] })
    await client.groups.create({ body: { owner_username: 'alice', name: 'square' } })
  }
  const node = async () => {
    const store = await openStore(runtimeSchema, { url })
    const apps = NAMES.map((name, index): AppOptions => ({ name, ...keysOf(name), client: open(index) }))
    const runtime = new Runtime({
      ...{ store, baseDir: '.', log: silentLog, bots: NAMES.map(name => botOf(name, name, teller)) },
      apps: apps as [AppOptions, ...AppOptions[]],
      ...(await fleetOf(store, silentLog)),
    })
    await runtime.start()
    onTestFinished(async () => {
      await runtime.stop(0)
      await store.close()
    })
    return runtime
  }
  onTestFinished(async () => {
    for (const server of servers) await server.close()
  })
  const nodes = [await node(), await node()]
  await until('both have parts', () => nodes.every(({ parts = 0 }) => parts > 0))
  const calls = Array.from({ length: EACH }, (_, n) =>
    NAMES.map(name =>
      nodes[n % 2]!.http.request(`/hooks/${name}/teller/say`, {
        method: 'POST',
        body: JSON.stringify({ n }),
      }),
    ),
  ).flat()
  for (const answer of await Promise.all(calls)) expect(answer.status).toBe(202)
  const day = (at: number) => `${new Date(at).toISOString().slice(0, 10)} 00:00:00`
  const range = { begin_time: day(Date.now() - 86_400_000), end_time: day(Date.now() + 172_800_000) }
  const texts = async (index: number) => {
    const { messages } = await open(index).report.groups.messages.list({
      gid: 10000001,
      count: 500,
      ...range,
    })
    return messages.map(({ msg_body }) => String(msg_body.text)).sort()
  }
  for (const [index, name] of NAMES.entries()) {
    await until('all is said', async () => (await texts(index)).length >= EACH)
    expect(await texts(index)).toEqual(Array.from({ length: EACH }, (_, n) => `${name} ${n}`).sort())
  }
})
