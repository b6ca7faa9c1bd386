// Long because a town is one thing: what is done in it, what is known of it and what is asked of it share its state.
import type { Client } from '../../src/client/index.ts'
import type { MessageRecord } from '../../src/protocol/index.ts'
import type { Broadcast } from '../../src/runtime/bot/broadcast/broadcast.ts'
import type { HostedDeps } from '../../src/runtime/plugin/host.ts'
import type { ImServer } from '../../src/server/index.ts'
import type { Store } from '../../src/store/index.ts'
import type { RuntimeTables } from '../../src/store/schema/runtime.ts'
import { captured } from '../runtime/capture.ts'
import { APP, ground, OWNER, PEOPLE } from './ground.ts'
import { type HookBody, type Memory, townPlugin } from './plugin.ts'
import { Process, type Surroundings } from './process.ts'
import { type Deed, GROUPS, type HookKind, type Step } from './steps.ts'
import { type Time, turnOfTheLoop } from './time.ts'

const CALLBACK = { authorization: `Basic ${btoa(`${APP.appKey}:${APP.masterSecret}`)}` }
/** Between steps that do not wait for what comes of the one before. */
const FEW_TURNS = 3
const GRACE_MS = 5000
const START_AGAIN_MS = 5000
const POLLS_MS = 200_000
const LONGEST_REST_MS = 6 * 3_600_000
/** Everything that could come of something yet comes within so long: a plugin that failed often rests no longer. */
const AFTERWARDS_MS = 330_000

/** A call of a webhook, by its n, and what was answered to it each time it was made. */
export interface Hook {
  readonly kind: HookKind
  readonly body: HookBody
  readonly key: string | undefined
  readonly answers: {
    readonly at: number
    /** Nothing: the process died before it answered. */
    status?: number
    event?: string
  }[]
}

/** A message that a user said. */
export interface Said {
  readonly n: number
  readonly group: string
  readonly record: MessageRecord
}

/** Where a simulation takes place: a server, a database, and one process after the other. */
export class Town implements AsyncDisposable {
  readonly time: Time
  readonly store: Store<RuntimeTables>
  readonly server: ImServer
  readonly client: Client
  readonly groups: string[]
  readonly log: ReturnType<typeof captured>
  readonly hooks: Hook[] = []
  readonly said: Said[] = []
  /** What happened, without what is made by chance. */
  readonly trace: string[]
  /** What cannot be, seen on the way. */
  readonly wrong: string[] = []
  readonly startedAt: number
  readonly #around: Surroundings
  #process: Process
  #failedAt = 0
  #batch: MessageRecord[] = []
  #many = 0

  private constructor(
    around: Surroundings,
    server: ImServer,
    client: Client,
    groups: string[],
    trace: string[],
  ) {
    this.#around = around
    this.time = around.time
    this.store = around.store
    this.log = around.log
    this.server = server
    this.client = client
    this.groups = groups
    this.trace = trace
    this.startedAt = this.time.now()
    this.#process = new Process(around)
  }

  static async open(): Promise<Town> {
    const { time, store, server, client, groups, transport, trace } = await ground()
    const memory: Memory = new Map()
    const around = { app: APP, time, store, transport, memory, log: captured(), refusesUntil: 0 }
    const town = new Town(around, server, client, groups, trace)
    // The server hashes the password of the bot's account in real time, and only at the first start.
    while (!town.#process.isReady) await time.pass(0).then(turnOfTheLoop)
    await time.quiet()
    trace.length = 0
    return town
  }

  /** Lives through what happens. */
  async live(deeds: readonly Deed[]): Promise<void> {
    for (const deed of deeds) {
      this.trace.push(`${this.time.now()} ${JSON.stringify(deed)}`)
      await this.#revive()
      await this.#take(deed)
      if (deed.rests) await this.time.quiet()
      else for (let turn = 0; turn < FEW_TURNS; turn++) await turnOfTheLoop()
    }
  }

  /** Nothing more goes wrong, and time passes until nothing waits. */
  async rest(): Promise<void> {
    await this.time.quiet()
    this.#around.refusesUntil = 0
    await this.misbehave([])
    await this.#up()
    this.#process.dieAt(Number.POSITIVE_INFINITY)
    await this.#callback(this.#batch)
    for (const broadcast of await this.#broadcasts()) void broadcast.resume()
    await this.time.pass(POLLS_MS)
    const until = this.time.now() + LONGEST_REST_MS
    while (this.time.now() < until && (await this.#isAtWork())) await this.time.pass(1000)
    if (await this.#isAtWork()) {
      this.wrong.push(`never came to rest: ${await this.#whatWaits()}`)
      return
    }
    await this.time.pass(AFTERWARDS_MS)
    if (await this.#isAtWork()) this.wrong.push(`began again: ${await this.#whatWaits()}`)
    const { clock, runtime } = this.#process
    const { dispatcher, outbox } = runtime
    if (dispatcher.waiting + outbox.waiting !== 0) this.wrong.push('something waits')
    // That of the poller.
    if (clock.timers > 1) this.wrong.push(`${clock.timers} timers are set, and nothing waits`)
  }

  get memory(): Memory {
    return this.#around.memory
  }

  async misbehave(rules: readonly object[], seed = 1): Promise<void> {
    await this.#sandbox('PUT', 'faults', { seed, rules })
  }

  /** Whether a user may speak in a group. */
  async maySpeak(user: string, group: string): Promise<boolean> {
    const message = { from_id: user, target_type: 'group', target_id: group, text: 'may I?' }
    return (await this.#sandbox('POST', `apps/${APP.appKey}/messages`, message)).ok
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.die()
    await this.time.quiet()
    await this.store.close()
    await this.server.close()
  }

  async #take(step: Step): Promise<void> {
    switch (step.do) {
      case 'hook': {
        const n = this.hooks.length + 1
        const groups = n % 3 === 0 ? this.groups : [this.groups[n % GROUPS]!]
        const user = PEOPLE[1 + (n % (PEOPLE.length - 1))]!
        const body: HookBody = {
          n,
          conversation: String(step.conversation),
          groups,
          user,
          trouble: step.trouble,
        }
        const hook: Hook = { kind: step.kind, body, key: step.hasKey ? `key-${n}` : undefined, answers: [] }
        this.hooks.push(hook)
        for (let time = 0; time < step.times; time++) this.#post(hook)
        return
      }
      case 'again': {
        const hook = this.hooks.at(-1 - step.back)
        if (hook) this.#post(hook)
        return
      }
      case 'say':
        return this.#say(this.groups[step.group]!, step.via)
      case 'many':
        if (!this.#process.isReady) return
        return this.#beginMany(++this.#many, step.isPaused)
      case 'move':
        return void this.#move(step.how)
      case 'pass':
        return this.time.pass(step.ms)
      case 'refuse':
        this.#around.refusesUntil = this.time.now() + step.ms
        return
      case 'fault':
        return this.misbehave(step.rules, step.seed)
      case 'calm':
        return this.misbehave([])
      case 'reload':
        return void this.#reload(step.isBroken)
      case 'restart':
        return this.#restart()
      case 'crash': {
        const process = this.#process
        process.dieAt(step.points)
        if (step.downMs === 0) return
        // Nothing may be going on that has so many points.
        await this.time.quiet()
        if (process.isDead) await this.time.pass(step.downMs)
        return
      }
    }
  }

  /** Sees to it that a process is there, or is starting. */
  async #revive(): Promise<void> {
    const { isDead, failure } = this.#process
    if (!isDead) return
    if (failure && this.#failedAt === 0) this.#failedAt = this.time.now()
    if (failure && this.time.now() < this.#failedAt + START_AGAIN_MS) return
    this.#failedAt = 0
    // What a process had handed to the disk gets there before it is dead, or never.
    await this.time.quiet()
    this.trace.push(`${this.time.now()} a new process`)
    this.#process = new Process(this.#around)
  }

  /** Waits until a process is ready. */
  async #up(): Promise<void> {
    for (let tries = 0; !this.#process.isReady && tries < 100; tries++) {
      await this.#revive()
      await this.time.quiet()
      if (!this.#process.isReady) await this.time.pass(1000)
    }
    if (!this.#process.isReady) throw new Error('it does not start', { cause: this.#process.failure })
  }

  #post(hook: Hook): void {
    const process = this.#process
    if (!process.isReady) return
    const answer: Hook['answers'][number] = { at: this.time.now() }
    hook.answers.push(answer)
    const headers = {
      'content-type': 'application/json',
      ...(hook.key ? { 'idempotency-key': hook.key } : {}),
    }
    void this.#request(`/hooks/bot/town/${hook.kind}`, hook.body, headers).then(async response => {
      // What a dead process answers nobody gets.
      if (process.isDead) return
      const { event_id } = (await response.json()) as { event_id?: string }
      Object.assign(answer, { status: response.status, event: event_id })
      this.trace.push(`${this.time.now()} ${hook.kind} ${hook.body.n}: ${response.status}`)
    })
  }

  async #say(group: string, via: (Step & { do: 'say' })['via']): Promise<void> {
    const n = this.said.length + 1
    const message = { from_id: OWNER, target_type: 'group', target_id: group, text: `/say ${n}` }
    const answer = await this.#sandbox('POST', `apps/${APP.appKey}/messages`, message)
    const { msg_id } = (await answer.json()) as { msg_id: number }
    const record: MessageRecord = {
      ...{ version: 1, target_type: 'group', target_id: group, from_id: OWNER, from_type: 'user' },
      ...{ msg_type: 'text', msg_body: { text: `/say ${n}` }, create_time: 1, msgid: msg_id },
      msg_ctime: this.time.now(),
    }
    this.said.push({ n, group, record })
    if (via === 'batch') this.#batch.push(record)
    if (via === 'batch' || via === 'history') return
    // In order: a callback that was not taken comes again before those after it.
    const records = [...this.#batch, record]
    this.#batch = []
    void this.#callback(records)
    if (via === 'twice') void this.#callback(records)
  }

  async #callback(messages: readonly MessageRecord[]): Promise<void> {
    if (!this.#process.isReady || messages.length === 0) return
    await this.#request('/callbacks/jmessage', { total: messages.length, messages }, CALLBACK)
  }

  async #request(path: string, body: unknown, headers: Record<string, string>): Promise<Response> {
    this.time.stir()
    const response = await this.#process.runtime.http.request(path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    this.time.stir()
    return response
  }

  #beginMany(n: number, isPaused: boolean): void {
    const { runtime } = this.#process
    const to = { groups: this.groups, users: PEOPLE }
    void runtime.host.bots[0]!.broadcast({ to, text: `many ${n}`, key: `many-${n}`, paused: isPaused }).catch(
      () => {},
    )
  }

  async #move(how: (Step & { do: 'move' })['how']): Promise<void> {
    try {
      const [latest] = await this.#broadcasts()
      await latest?.[how]()
    } catch {
      // The store refuses: a person tries it again, or does not.
    }
  }

  async #broadcasts(): Promise<Broadcast[]> {
    if (!this.#process.isReady) return []
    return this.#process.runtime.host.bots[0]!.broadcasts({ limit: 100 })
  }

  async #reload(isBroken: boolean): Promise<void> {
    if (!this.#process.isReady) return
    const { host } = this.#process.runtime
    const instance = host.instance('bot', 'town')
    if (!instance) return
    const { deps } = instance as unknown as { deps: HostedDeps }
    await host.load(townPlugin(this.memory, isBroken), {}, deps).catch(() => {})
  }

  /** An orderly end, as SIGTERM brings it about. */
  async #restart(): Promise<void> {
    const process = this.#process
    if (process.isDead) return
    const begun = this.time.now()
    let isOver = false
    void process.runtime.stop(GRACE_MS).then(
      () => {
        isOver = true
      },
      (error: Error) => this.wrong.push(`the shutdown failed: ${error.message}`),
    )
    process.isReady = false
    await this.time.quiet()
    while (!isOver && !process.isDead && this.time.now() <= begun + 4 * GRACE_MS) await this.time.pass(250)
    if (!isOver && !process.isDead)
      this.wrong.push(`the shutdown did not end: ${JSON.stringify(this.log.lines.slice(-3))}`)
    process.die()
  }

  async #isAtWork(): Promise<boolean> {
    if (this.#process.isDead) throw new Error('the process is dead')
    const { runtime } = this.#process
    if (runtime.waiting > 0) return true
    const { db, read } = this.store
    const jobs = await read.execute(db.selectFrom('jobs').select('id').limit(1))
    const broadcasts = await read.execute(
      db.selectFrom('broadcasts').select('id').where('ended_at', 'is', null).limit(1),
    )
    return jobs.length + broadcasts.length > 0
  }

  async #whatWaits(): Promise<string> {
    const { db, read } = this.store
    const deliveries = await read.execute(
      db
        .selectFrom('deliveries')
        .select(['type', 'data', 'attempts', 'next_at', 'error'])
        .where('state', '=', 'pending'),
    )
    const calls = await read.execute(
      db
        .selectFrom('outbox')
        .select(['endpoint', 'args', 'state', 'attempts', 'error'])
        .where('state', 'in', ['queued', 'sending', 'doubtful']),
    )
    const jobs = await read.execute(db.selectFrom('jobs').selectAll())
    const broadcasts = await read.execute(
      db.selectFrom('broadcasts').select(['title', 'state']).where('ended_at', 'is', null),
    )
    const { dispatcher, outbox } = this.#process.runtime
    return JSON.stringify({
      dispatcher: dispatcher.waiting,
      outbox: outbox.waiting,
      deliveries,
      calls,
      jobs,
      broadcasts,
    })
  }

  async #sandbox(method: string, path: string, body: object): Promise<Response> {
    return this.server.fetch(
      new Request(`http://town/sandbox/${path}`, { method, body: JSON.stringify(body) }),
    )
  }
}
