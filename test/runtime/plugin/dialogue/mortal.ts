import type { Cancel, Clock, ManualClock } from '../../../../src/base/clock.ts'
import { silentLog } from '../../../../src/base/log.ts'
import { createClient, fetchTransport } from '../../../../src/client/index.ts'
import type { MessageRecord } from '../../../../src/protocol/index.ts'
import type { PluginDefinition } from '../../../../src/runtime/plugin/define.ts'
import { Runtime } from '../../../../src/runtime/runtime.ts'
import { type ImServer, startServer } from '../../../../src/server/index.ts'
import type { Change, Store } from '../../../../src/store/index.ts'
import type { RuntimeTables } from '../../../../src/store/schema/runtime.ts'
import { type Address, historyOf } from '../../../../src/testing/places.ts'
import { runtimeStore } from '../../../engine.ts'
import { QuietClock, turns } from '../../../quiet.ts'

const APP = { appKey: 'mortal00app0000000000001', masterSecret: 'mortal00secret0000000001' }
const CALLBACK = { authorization: `Basic ${btoa(`${APP.appKey}:${APP.masterSecret}`)}` }
/** What is in doubt after a death is settled within so long. */
const DOUBT_MS = 5000

/** Made anew each time: one that all wait for would keep them all in memory. */
const never = (): Promise<never> => new Promise(() => {})

/** A runtime that dies at a point at which it deals with the disk or JMessage, and that is started again then. */
export class Mortal implements AsyncDisposable {
  readonly clock: ManualClock
  readonly #server: ImServer
  readonly #store: Store<RuntimeTables>
  readonly #definition: PluginDefinition
  readonly group: number
  #life: { isDead: boolean } = { isDead: false }
  #runtime!: Runtime
  #left = Number.POSITIVE_INFINITY
  /** Points that were passed. */
  points = 0

  private constructor(
    clock: ManualClock,
    server: ImServer,
    store: Store<RuntimeTables>,
    definition: PluginDefinition,
    group: number,
  ) {
    this.clock = clock
    this.#server = server
    this.#store = store
    this.#definition = definition
    this.group = group
  }

  static async of(definition: PluginDefinition): Promise<Mortal> {
    const clock = new QuietClock()
    const server = await startServer({
      listen: undefined,
      data: ':memory:',
      apps: [APP],
      sandbox: true,
      clock,
    })
    const transport = fetchTransport(request => server.fetch(request))
    const client = createClient({ endpoint: server.url, ...APP, transport, clock })
    await client.users.register({ body: [{ username: 'alice', password: 'password' }] })
    const { gid } = await client.groups.create({
      body: { owner_username: 'alice', name: 'square', members_username: [] },
    })
    const mortal = new Mortal(clock, server, await runtimeStore(), definition, gid)
    await mortal.#start()
    return mortal
  }

  /** It dies at the n-th of the points to come. */
  dieAt(point: number): void {
    this.#left = point
  }

  get isDead(): boolean {
    return this.#life.isDead
  }

  async #start(): Promise<void> {
    const life = { isDead: false }
    this.#life = life
    this.#runtime = new Runtime({
      apps: [{ name: 'main', ...APP, client: this.#client(life) }],
      store: this.#living(life),
      bots: [
        {
          id: 'bot',
          username: 'test-bot',
          plugins: [{ name: 'shop', definition: this.#definition, config: {} }],
        },
      ],
      baseDir: '.',
      log: silentLog,
      clock: this.#clockOf(life),
    })
    let isStarted = false
    void this.#runtime.start().then(() => {
      isStarted = true
    })
    while (!isStarted && !life.isDead) await turns(1)
  }

  /** Says something as alice, and hands it over until it is acknowledged; after a death it is started again. */
  async say(text: string): Promise<void> {
    const message = { from_id: 'alice', target_type: 'group', target_id: String(this.group), text }
    const answer = await this.#sandbox(message)
    const record = (await this.history()).find(({ msgid }) => msgid === answer.msg_id)!
    for (;;) {
      const hearing = Promise.resolve(
        this.#runtime.http.request('/callbacks/jmessage', {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...CALLBACK },
          body: JSON.stringify({ total: 1, messages: [record] }),
        }),
      )
      let isHeard = false
      hearing.then(
        ({ status }) => {
          isHeard = status === 200
        },
        () => {},
      )
      await this.#untilQuiet()
      await this.clock.advance(DOUBT_MS)
      if (this.isDead) await this.revive()
      if (isHeard) return
    }
  }

  /** It is started again. */
  async revive(): Promise<void> {
    await this.#start()
    await this.clock.advance(DOUBT_MS)
  }

  async #sandbox(body: object): Promise<{ msg_id: number }> {
    const url = `http://mortal/sandbox/apps/${APP.appKey}/messages`
    const response = await this.#server.fetch(
      new Request(url, { method: 'POST', body: JSON.stringify(body) }),
    )
    return (await response.json()) as { msg_id: number }
  }

  history(
    address: Address = { target_type: 'group', target_id: String(this.group) },
  ): Promise<MessageRecord[]> {
    const transport = fetchTransport(request => this.#server.fetch(request))
    const client = createClient({ endpoint: this.#server.url, ...APP, transport, clock: this.clock })
    return historyOf(client, address, this.clock.now() - 3_600_000, this.clock.now())
  }

  async texts(): Promise<string[]> {
    return (await this.history()).map(({ msg_body }) => String(msg_body.text))
  }

  /** What alice was told in a direct chat. */
  async directs(): Promise<string[]> {
    const said = await this.history({ target_type: 'single', target_id: 'alice' })
    return said.map(({ msg_body }) => String(msg_body.text))
  }

  rows() {
    return this.#store.read.execute(this.#store.db.selectFrom('dialogues').selectAll())
  }

  jobs() {
    return this.#store.read.execute(this.#store.db.selectFrom('jobs').selectAll())
  }

  unhandled() {
    const { db, read } = this.#store
    return read.execute(db.selectFrom('deliveries').selectAll().where('state', '!=', 'done'))
  }

  async #untilQuiet(): Promise<void> {
    await turns(60)
  }

  #point(life: { isDead: boolean }): void {
    if (life.isDead) return
    this.points++
    if (--this.#left === 0) life.isDead = true
  }

  /** What is done between two points; a dead process neither begins it nor learns what came of it. */
  async #between<T>(life: { isDead: boolean }, work: () => Promise<T>): Promise<T> {
    this.#point(life)
    if (life.isDead) return never()
    try {
      return await work()
    } finally {
      this.#point(life)
      if (life.isDead) await never()
    }
  }

  #living(life: { isDead: boolean }): Store<RuntimeTables> {
    const store = this.#store
    const between =
      <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
      (...args: A): Promise<R> =>
        this.#between(life, () => work(...args))
    const living =
      <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
      (...args: A): Promise<R> =>
        life.isDead ? never() : work(...args)
    const { read } = store
    return Object.assign(Object.create(store), {
      write: between(store.write.bind(store)),
      apply: between((...changes: Change[]) => store.apply(...changes)),
      read: {
        all: living(read.all.bind(read)),
        first: living(read.first.bind(read)),
        execute: living(read.execute.bind(read)),
      },
    })
  }

  #client(life: { isDead: boolean }) {
    const { send, close } = fetchTransport(request => this.#server.fetch(request))
    return createClient({
      endpoint: this.#server.url,
      ...APP,
      clock: this.#clockOf(life),
      transport: { close, send: request => this.#between(life, () => send(request)) },
    })
  }

  #clockOf(life: { isDead: boolean }): Clock {
    return {
      now: () => this.clock.now(),
      after: (ms, run): Cancel => this.clock.after(ms, () => void (life.isDead || run())),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isDead) await this.#runtime.stop(0)
    this.#life.isDead = true
    await this.#store.close()
    await this.#server.close()
  }
}
