import { definePlugin, z } from 'beadle'
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

const CALLS = 40
/** What nobody waits for so long has been answered at once. */
const AT_ONCE_MS = 15_000

test('of two nodes, the one that took a call answers what its handler returns, or at once that the other has it', async () => {
  const url = await database()
  const handled: number[] = []
  const teller = definePlugin({
    name: 'teller',
    setup(ctx) {
      const open = { auth: 'none', dedupe: 'off', wait: '60s', body: z.object({ n: z.number() }) } as const
      const handler = ({ body }: { readonly body: { n: number } }) => {
        handled.push(body.n)
        return { twice: 2 * body.n }
      }
      ctx.webhook('free', open, handler)
      ctx.webhook('ordered', { ...open, conversation: ({ n }) => String(n) }, handler)
    },
  })
  const server = await startServer({ listen: undefined, data: ':memory:', apps: [keysOf('main')] })
  onTestFinished(() => server.close())
  const node = async () => {
    const store = await openStore(runtimeSchema, { url })
    const transport = fetchTransport(request => server.fetch(request))
    const client = createClient({ endpoint: 'http://fleet', ...keysOf('main'), transport })
    const runtime = new Runtime({
      ...{ store, baseDir: '.', log: silentLog, bots: [botOf('main', 'main', teller)] },
      apps: [{ name: 'main', ...keysOf('main'), client }],
      ...(await fleetOf(store, silentLog)),
    })
    await runtime.start()
    onTestFinished(async () => {
      await runtime.stop(0)
      await store.close()
    })
    return runtime
  }
  const nodes = [await node(), await node()]
  await until('both have parts', () => nodes.every(({ parts = 0 }) => parts > 0))
  const call = async (name: string, n: number) => {
    const at = performance.now()
    const response = await nodes[n % 2]!.http.request(`/hooks/main/teller/${name}`, {
      ...{ method: 'POST', body: JSON.stringify({ n }) },
    })
    expect(performance.now() - at).toBeLessThan(AT_ONCE_MS)
    return { status: response.status, body: await response.json() }
  }
  const calls = (name: string) => Promise.all(Array.from({ length: CALLS }, (_, n) => call(name, n)))
  for (const [n, answered] of (await calls('free')).entries())
    expect(answered).toEqual({ status: 200, body: { twice: 2 * n } })
  const ordered = await calls('ordered')
  for (const [n, { status, body }] of ordered.entries())
    expect(body).toEqual(status === 200 ? { twice: 2 * n } : { event_id: expect.any(String) })
  expect(new Set(ordered.map(({ status }) => status))).toEqual(new Set([200, 202]))
  await until('all are handled', () => handled.length === 2 * CALLS)
})
