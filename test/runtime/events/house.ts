import { onTestFinished } from 'vitest'
import { createClient, fetchTransport } from '../../../src/client/index.ts'
import type { RuntimeOptions } from '../../../src/runtime/options.ts'
import { giveOrder, type OrderResult, orderResult } from '../../../src/runtime/orders/orders.ts'
import type { PluginDefinition } from '../../../src/runtime/plugin/define.ts'
import { Runtime } from '../../../src/runtime/runtime.ts'
import { startServer } from '../../../src/server/index.ts'
import { untilQuiet } from '../../../src/testing/quiet.ts'
import { runtimeStore } from '../../engine.ts'
import { QuietClock, turns } from '../../quiet.ts'
import { captured } from '../capture.ts'

const APP = { appKey: 'beadle00house00000000001', masterSecret: 'beadle00housesecret00001' }

/** One bot, `bot`, with a store that tests may look into and give orders by, and a group, 10000001. */
export async function house(...plugins: PluginDefinition[]) {
  const clock = new QuietClock()
  const server = await startServer({ listen: undefined, data: ':memory:', apps: [APP], clock })
  const transport = fetchTransport(request => server.fetch(request))
  const client = createClient({ endpoint: server.url, ...APP, transport, clock })
  await client.users.register({ body: [{ username: 'alice', password: 'password' }] })
  await client.groups.create({ body: { owner_username: 'alice', name: 'square' } })
  const store = await runtimeStore()
  const log = captured()
  let runtime: Runtime | undefined
  const start = async (used: readonly PluginDefinition[], more: Partial<RuntimeOptions> = {}) => {
    await runtime?.stop(0)
    const specs = used.map(definition => ({ name: definition.name, definition, config: {} }))
    const bots = [{ id: 'bot', username: 'test-bot', plugins: specs }]
    const limits = { attempts: 1 }
    const apps: RuntimeOptions['apps'] = [{ name: 'main', ...APP, client }]
    runtime = new Runtime({ apps, store, clock, log, baseDir: '.', bots, limits, ...more })
    await runtime.start()
    await runtime.orders.take()
    await quiet()
  }
  const quiet = () => untilQuiet(() => runtime!.waiting, { turn: () => turns(1) })
  onTestFinished(async () => {
    await runtime?.stop(0)
    await store.close()
    await server.close()
  })
  await start(plugins)
  const give = (kind: string, args: unknown) => giveOrder(store, { kind, args, at: clock.now() })
  return {
    ...{ clock, store, client, log, quiet, give },
    get runtime(): Runtime {
      return runtime!
    },
    /** Starts the bot anew, with these plugins or the same. */
    restart: (used: readonly PluginDefinition[] = plugins, more: Partial<RuntimeOptions> = {}) =>
      start(used, more),
    /** Calls a webhook; resolves with the id of the event once it is handled. */
    async hook(path: string, body: unknown = {}): Promise<string> {
      const init = { method: 'POST', body: JSON.stringify(body) }
      const response = await runtime!.http.request(`/hooks/bot/${path}`, init)
      await quiet()
      return ((await response.json()) as { event_id: string }).event_id
    },
    /** Gives an order, and resolves with what came of it. */
    async order(kind: string, args: unknown): Promise<OrderResult | undefined> {
      const id = await give(kind, args)
      await runtime!.orders.take()
      await quiet()
      return orderResult(store, id)
    },
    /** What the bot said in the group. */
    async texts(): Promise<string[]> {
      const day = (at: number) => `${new Date(at).toISOString().slice(0, 10)} 00:00:00`
      const range = { begin_time: day(clock.now() - 86_400_000), end_time: day(clock.now() + 172_800_000) }
      const { messages } = await client.report.groups.messages.list({ gid: 10000001, count: 100, ...range })
      return messages.map(({ msg_body }) => String(msg_body.text))
    },
  }
}
