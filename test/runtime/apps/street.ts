import { onTestFinished } from 'vitest'
import { createClient, fetchTransport, TransportError } from '../../../src/client/index.ts'
import type { MessageRecord } from '../../../src/protocol/index.ts'
import type { AppOptions } from '../../../src/runtime/apps.ts'
import type { BotSpec, RuntimeOptions } from '../../../src/runtime/options.ts'
import type { PluginDefinition } from '../../../src/runtime/plugin/define.ts'
import { Runtime } from '../../../src/runtime/runtime.ts'
import { startServer } from '../../../src/server/index.ts'
import { untilQuiet } from '../../../src/testing/quiet.ts'
import { runtimeStore } from '../../engine.ts'
import { QuietClock, turns } from '../../quiet.ts'
import { captured } from '../capture.ts'

/** Calls a minute of an app, where they are counted. */
export interface AppPlan {
  readonly quota?: number
}

export const keysOf = (name: string) => ({
  appKey: `app${name}`.padEnd(24, '0'),
  masterSecret: `secret${name}`.padEnd(24, '0'),
})
export const basic = (appKey: string, masterSecret: string) => `Basic ${btoa(`${appKey}:${masterSecret}`)}`

/** What a bot with these plugins is, in an app. */
export const botOf = (id: string, app: string, ...plugins: PluginDefinition[]): BotSpec => ({
  id,
  app,
  username: 'robot',
  plugins: plugins.map(definition => ({ name: definition.name, definition, config: {} })),
})

/**
 * Several apps on one server, each with alice and a group of hers of the same number, and one runtime with bots of all.
 * The first app is the main one.
 */
export async function street(plans: Readonly<Record<string, AppPlan>>) {
  const clock = new QuietClock()
  const names = Object.keys(plans)
  const servers = await Promise.all(
    names.map(name => startServer({ listen: undefined, data: ':memory:', apps: [keysOf(name)], clock })),
  )
  const store = await runtimeStore()
  const log = captured()
  /** Apps that cannot be reached. */
  const away = new Set<string>()
  const open = (name: string, quota: number | 'off' = 'off', life = { isOver: false }) => {
    const inner = fetchTransport(request => servers[names.indexOf(name)]!.fetch(request))
    return createClient({
      ...{ endpoint: 'http://street', ...keysOf(name), clock, quota },
      transport: {
        close: inner.close,
        send: async request => {
          if (life.isOver) return new Promise<never>(() => {})
          if (away.has(name)) throw new TransportError('http://street does not answer', 'before')
          return inner.send(request)
        },
      },
    })
  }
  for (const name of names) {
    const client = open(name)
    await client.users.register({ body: [{ username: 'alice', password: 'password' }] })
    await client.groups.create({ body: { owner_username: 'alice', name: 'square' } })
  }
  let runtime: Runtime | undefined
  let life = { isOver: false }
  onTestFinished(async () => {
    await runtime?.stop(0)
    await store.close()
    for (const server of servers) await server.close()
  })
  const quiet = () => untilQuiet(() => runtime!.waiting, { turn: () => turns(1) })
  let messages = 0
  return {
    ...{ clock, store, log, away, quiet },
    get runtime(): Runtime {
      return runtime!
    },
    /** Starts anew, with the bots and apps that are named. */
    async start(
      bots: readonly BotSpec[],
      more: Partial<RuntimeOptions> & { readonly only?: readonly string[] } = {},
    ) {
      const { only = names, ...options } = more
      await runtime?.stop(0)
      // What it was about to send does not leave any more.
      life.isOver = true
      life = { isOver: false }
      const apps = only.map((name): AppOptions => {
        return { name, ...keysOf(name), client: open(name, plans[name]!.quota, life) }
      }) as [AppOptions, ...AppOptions[]]
      runtime = new Runtime({ apps, bots, store, clock, log, baseDir: '.', ...options })
      let isUp = false
      const up = runtime.start().finally(() => {
        isUp = true
      })
      // The client tries a few times before it says that an app is away.
      while (away.size > 0 && !isUp) await clock.advance(100)
      await up
      await quiet()
    },
    /** Posts a message of alice as the callback of an app does; resolves with the status of the answer. */
    async say(app: string, text: string, more: Partial<MessageRecord> = {}, keys = keysOf(app)) {
      const record: MessageRecord = {
        ...{ version: 1, target_type: 'group', target_id: '10000001', from_id: 'alice', from_type: 'user' },
        ...{ msg_type: 'text', msg_body: { text }, create_time: 1, msgid: ++messages },
        ...{ msg_ctime: clock.now(), ...more },
      }
      const response = await runtime!.http.request('/callbacks/jmessage', {
        method: 'POST',
        headers: { authorization: basic(keys.appKey, keys.masterSecret) },
        body: JSON.stringify({ total: 1, messages: [record] }),
      })
      await quiet()
      return response.status
    },
    /** Calls a webhook; resolves with the status of the answer. */
    async hook(path: string, body: unknown = {}): Promise<number> {
      const init = { method: 'POST', body: JSON.stringify(body) }
      const { status } = await runtime!.http.request(`/hooks/${path}`, init)
      await turns(5)
      return status
    },
    /** What was said in the group of an app. */
    async texts(app: string): Promise<string[]> {
      const day = (at: number) => `${new Date(at).toISOString().slice(0, 10)} 00:00:00`
      const range = { begin_time: day(clock.now() - 86_400_000), end_time: day(clock.now() + 172_800_000) }
      const { messages } = await open(app).report.groups.messages.list({
        gid: 10000001,
        count: 500,
        ...range,
      })
      return messages.map(({ msg_body }) => String(msg_body.text))
    },
  }
}
