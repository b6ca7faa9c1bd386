import { definePlugin } from 'beadle'
import { expect, onTestFinished, test } from 'vitest'
import { fleetOf } from '../../../src/app/fleet.ts'
import { silentLog } from '../../../src/base/log.ts'
import { createClient, fetchTransport } from '../../../src/client/index.ts'
import { Runtime } from '../../../src/runtime/runtime.ts'
import { startServer } from '../../../src/server/index.ts'
import { openStore } from '../../../src/store/index.ts'
import { runtimeSchema } from '../../../src/store/schema/runtime.ts'
import { until } from '../../e2e/until.ts'
import { database } from '../../engine.ts'
import { botOf, keysOf } from '../apps/street.ts'

const GID = 10000001

const teller = definePlugin({
  name: 'teller',
  setup(ctx) {
    const conversation = (body: unknown) => String((body as { n: number }).n)
    ctx.webhook('say', { auth: 'none', dedupe: 'off', conversation }, ({ body, bot }) =>
      bot.group(GID).text(`said ${(body as { n: number }).n}`),
    )
    ctx.webhook('brief', { auth: 'none', dedupe: 'off', conversation }, ({ bot }) =>
      bot.group(GID).text('brief', { retractAfter: '1s' }),
    )
  },
})

test('what one node said is found and taken back by another, and by itself, whichever node sees to it', async () => {
  const url = await database()
  const server = await startServer({ listen: undefined, data: ':memory:', apps: [keysOf('bread')] })
  onTestFinished(() => server.close())
  const transport = fetchTransport(request => server.fetch(request))
  const open = () => createClient({ endpoint: 'http://fleet', ...keysOf('bread'), transport })
  await open().users.register({ body: [{ username: 'alice', password: 'password' }] })
  await open().groups.create({ body: { owner_username: 'alice', name: 'square' } })
  const node = async () => {
    const store = await openStore(runtimeSchema, { url })
    const runtime = new Runtime({
      ...{ store, baseDir: '.', log: silentLog, bots: [botOf('bread', 'bread', teller)] },
      apps: [{ name: 'bread', ...keysOf('bread'), client: open() }],
      ...(await fleetOf(store, silentLog)),
    })
    await runtime.start()
    onTestFinished(async () => {
      await runtime.stop(0)
      await store.close()
    })
    return runtime
  }
  const nodes = [await node(), await node()] as const
  await until('both have parts', () => nodes.every(({ parts = 0 }) => parts > 0))
  const call = (hook: string, n: number) =>
    nodes[n % 2]!.http.request(`/hooks/bread/teller/${hook}`, { method: 'POST', body: JSON.stringify({ n }) })
  const texts = async (): Promise<string[]> => {
    const day = (at: number) => `${new Date(at).toISOString().slice(0, 10)} 00:00:00`
    const range = { begin_time: day(Date.now() - 86_400_000), end_time: day(Date.now() + 172_800_000) }
    const { messages } = await open().report.groups.messages.list({ gid: GID, count: 100, ...range })
    return messages.map(({ msg_body }) => String(msg_body.text)).sort()
  }
  const bots = nodes.map(({ host }) => host.bots[0]!)
  for (let n = 0; n < 8; n++) expect((await call('say', n)).status).toBe(202)
  await bots[0]!.group(GID).text('from one')
  await until('all is said', async () => (await texts()).length === 9)
  for (const bot of bots) {
    const found = async () => (await bot.lastSent(bot.group(GID), { count: 100 })).length
    await until('all is found', async () => (await found()) === 9)
  }
  expect(await bots[1]!.undoLast(bots[1]!.group(GID), { count: 100 })).toHaveLength(9)
  expect(await texts()).toEqual([])
  expect(await bots[0]!.lastSent(bots[0]!.group(GID))).toEqual([])
  for (let n = 0; n < 8; n++) expect((await call('brief', n)).status).toBe(202)
  await until('they are said', async () => (await texts()).length > 0)
  await until('they are gone', async () => (await texts()).length === 0)
})
