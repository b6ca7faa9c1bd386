import type { ManualClock } from '../../../src/base/clock.ts'
import { createClient, fetchTransport, TransportError } from '../../../src/client/index.ts'
import type { MessageRecord } from '../../../src/protocol/index.ts'
import type { Bot } from '../../../src/runtime/bot/bot.ts'
import { definePlugin, type PluginDefinition } from '../../../src/runtime/plugin/define.ts'
import { Runtime } from '../../../src/runtime/runtime.ts'
import { type ImServer, startServer } from '../../../src/server/index.ts'
import { type Change, type Store, StoreError, type Work } from '../../../src/store/index.ts'
import type { RuntimeTables } from '../../../src/store/schema/runtime.ts'
import { runtimeStore } from '../../engine.ts'
import { QuietClock, turns } from '../../quiet.ts'
import { captured } from '../capture.ts'

const APP = { appKey: 'a1'.repeat(12), masterSecret: 's1'.repeat(12) }
const CALLBACK = { authorization: `Basic ${btoa(`${APP.appKey}:${APP.masterSecret}`)}` }
/** A user is in 500 groups at most. */
const GROUPS_OF_AN_OWNER = 500
const STEP_MS = 250
/** Work of this machine, such as a commit, may take so many turns of the event loop. */
const QUIET_TURNS = 12

/** What can go wrong with a message, or be done when it is on its way. */
export type Fate = 'refused' | 'broken' | 'lost' | 'denied' | 'faulty' | undefined

export interface TownOptions {
  readonly groups: number
  /** Calls a minute: of the runtime and of the server. */
  readonly quota?: number
  readonly plugin?: PluginDefinition
}

/** A server with many groups, and a runtime with one bot that can die at any point. Time stands still. */
export class BroadcastTown implements AsyncDisposable {
  readonly log = captured()
  readonly groups: string[] = []
  /** Texts that the server took, in their order, with where and when. */
  readonly posted: { readonly group: string; readonly text: string; readonly at: number }[] = []
  /** Answers 429 that the runtime got. */
  tooMany = 0
  /** Called at each step towards the disk or JMessage. */
  onStep = () => {}
  fate: (group: string) => Fate = () => undefined
  isDown = false
  historyIsDown = false
  storeFails = false
  bot!: Bot
  #runtime: Runtime | undefined
  #process = { isDead: false }
  #busy = 0
  #messages = 0

  private constructor(
    readonly clock: ManualClock,
    readonly server: ImServer,
    readonly store: Store<RuntimeTables>,
    readonly options: TownOptions,
  ) {}

  static async open(options: TownOptions): Promise<BroadcastTown> {
    const clock = new QuietClock()
    const server = await startServer({
      listen: undefined,
      data: ':memory:',
      apps: [APP],
      sandbox: true,
      clock,
    })
    const store = await runtimeStore()
    const town = new BroadcastTown(clock, server, store, options)
    await town.#settle()
    await town.start()
    return town
  }

  get runtime(): Runtime {
    return this.#runtime!
  }

  async start(): Promise<void> {
    const process = { isDead: false }
    this.#process = process
    const plugin =
      this.options.plugin ?? definePlugin({ name: 'ping', setup: ctx => ctx.command('ping', () => 'pong') })
    const bot = {
      id: 'bot',
      username: 'test-bot',
      plugins: [{ name: plugin.name, definition: plugin, config: {} }],
    }
    this.#runtime = new Runtime({
      apps: [{ name: 'main', ...APP, client: this.#clientOf(process, this.options.quota) }],
      store: this.#storeOf(process),
      bots: [bot],
      baseDir: '.',
      log: this.log,
      clock: this.clock,
    })
    await this.#runtime.start()
    this.bot = this.#runtime.host.bots[0]!
  }

  /** As if the process had died: the former says and writes no more. */
  die(): void {
    this.#process.isDead = true
  }

  async restart(): Promise<void> {
    this.die()
    // What was handed to the disk may get there; what was sent may arrive.
    await this.quiet()
    await this.start()
  }

  /** Moves time on in small steps, and lets what that starts come to rest in between. */
  async pass(ms: number, isOver: () => boolean | Promise<boolean> = () => false): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      if (await isOver()) return
      await this.clock.advance(STEP_MS)
      await this.quiet()
    }
  }

  async quiet(): Promise<void> {
    for (let rest = 0; rest < QUIET_TURNS; rest = this.#busy === 0 ? rest + 1 : 0) await turns(1)
  }

  /** A user says something in a group; the runtime is told of it as by the callback. */
  async say(group: string, text: string): Promise<void> {
    const record: MessageRecord = {
      ...{ version: 1, target_type: 'group', target_id: group, from_id: 'owner0', from_type: 'user' },
      ...{ msg_type: 'text', msg_body: { text }, create_time: 1, msgid: ++this.#messages },
      msg_ctime: this.clock.now(),
    }
    const body = JSON.stringify({ total: 1, messages: [record] })
    await this.runtime.http.request('/callbacks/jmessage', { method: 'POST', headers: CALLBACK, body })
  }

  /** The texts the server keeps of a group: without those that were retracted. Nothing is counted from then on. */
  async texts(group: string): Promise<string[]> {
    await this.#limitTo(null)
    const hour = 3_600_000
    const range = { begin_time: time(this.clock.now() - hour), end_time: time(this.clock.now() + hour) }
    const client = this.#clientOf({ isDead: false })
    const page = await client.report.groups.messages.list({ gid: Number(group), ...range, count: 1000 })
    return page.messages.map(({ msg_body }) => String(msg_body.text))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.die()
    await this.quiet()
    await this.store.close()
    await this.server.close()
  }

  /** Registers people and makes the groups, and switches the quota on. */
  async #settle(): Promise<void> {
    const client = this.#clientOf({ isDead: false })
    const owners = Math.ceil(this.options.groups / GROUPS_OF_AN_OWNER)
    const people = Array.from({ length: Math.max(owners, 1) }, (_, index) => `owner${index}`)
    await client.users.register({ body: people.map(username => ({ username, password: 'password' })) })
    for (let made = 0; made < this.options.groups; made++) {
      const owner_username = people[Math.floor(made / GROUPS_OF_AN_OWNER)]!
      const { gid } = await client.groups.create({ body: { owner_username, name: `group ${made}` } })
      this.groups.push(String(gid))
    }
    await this.#limitTo(this.options.quota ?? null)
  }

  /** @param perMinute  `null`: no limit */
  async #limitTo(perMinute: number | null): Promise<void> {
    const body = JSON.stringify({ per_minute: perMinute })
    const path = `http://town/sandbox/apps/${APP.appKey}/rate-limit`
    await this.server.fetch(new Request(path, { method: 'PUT', body }))
  }

  #storeOf(process: { readonly isDead: boolean }): Store<RuntimeTables> {
    const counted =
      <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
      (...args: A): Promise<R> => {
        this.onStep()
        if (this.storeFails && !process.isDead)
          return Promise.reject(new StoreError('store.full', 'the disk is full'))
        return process.isDead
          ? never
          : this.#while(work(...args)).then(done => (process.isDead ? never : done))
      }
    return Object.assign(Object.create(this.store), {
      write: counted((work: Work<unknown>) => this.store.write(work)),
      apply: counted((...changes: Change[]) => this.store.apply(...changes)),
    })
  }

  #clientOf(process: { readonly isDead: boolean }, quota: number | 'off' = 'off') {
    const inner = fetchTransport(request => this.server.fetch(request))
    return createClient({
      endpoint: 'http://town',
      ...APP,
      clock: this.clock,
      quota,
      transport: {
        close: inner.close,
        send: async request => {
          this.onStep()
          if (process.isDead) return never
          const message = request.path === '/v1/messages' ? JSON.parse(String(request.body)) : undefined
          const fate = message && this.fate(message.target_id)
          const isAway = this.isDown || (this.historyIsDown && request.path.startsWith('/v2/'))
          if (isAway || fate === 'refused') throw new TransportError('http://town does not answer', 'before')
          if (fate === 'denied') return refusal(403, 899032)
          if (fate === 'faulty') return refusal(500, 899000)
          if (fate === 'broken') throw new TransportError('http://town does not answer', 'after')
          const answer = await this.#while(inner.send(request))
          if (answer.status === 429) this.tooMany++
          if (message && answer.status < 300) {
            const { target_id: group, msg_body } = message
            this.posted.push({ group, text: msg_body.text, at: this.clock.now() })
          }
          this.onStep()
          if (process.isDead) return never
          if (fate === 'lost') throw new TransportError('http://town does not answer', 'after')
          return answer
        },
      },
    })
  }

  async #while<T>(work: Promise<T>): Promise<T> {
    this.#busy++
    try {
      return await work
    } finally {
      this.#busy--
    }
  }
}

const refusal = (status: number, code: number) => ({
  status,
  text: JSON.stringify({ error: { code, message: 'denied' } }),
  header: () => undefined,
})

const never = new Promise<never>(() => {})
const time = (at: number) => new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
