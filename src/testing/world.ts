import { ManualClock } from '../base/clock.ts'
import { AppError } from '../base/errors.ts'
import { apiError, type Client, createClient, fetchTransport } from '../client/index.ts'
import {
  type ImEventName,
  type ImEventRecord,
  imEventNames,
  type MessageRecord,
  type SendReceipt,
} from '../protocol/index.ts'
import type { PlainCall } from '../runtime/events/recording.ts'
import type { BotSpec, RuntimeOptions } from '../runtime/options.ts'
import { Runtime } from '../runtime/runtime.ts'
import { type FaultRule, type ImServer, startServer } from '../server/index.ts'
import { openStore, type Store } from '../store/index.ts'
import { type RuntimeTables, runtimeSchema } from '../store/schema/runtime.ts'
import { capturedLog, type LogLine } from './captured-log.ts'
import { addressOf, historyOf, type Place, type Towns } from './places.ts'
import { botsOf, type PluginUse, settle, type WorldBot } from './population.ts'
import './preload.ts'
import { type Turn, turnOfTheLoop, untilQuiet, whatWaits } from './quiet.ts'
import { type Recording, recordedIn, recording, replayIn } from './replay.ts'

const APP = { appKey: 'beadle00world00000000001', masterSecret: 'beadle00worldsecret00001' }
const CALLBACK = { authorization: `Basic ${btoa(`${APP.appKey}:${APP.masterSecret}`)}` }
const appsOf = (client: Client): RuntimeOptions['apps'] => [{ name: 'main', ...APP, client }]

/** What there is in a world. */
export interface WorldOptions {
  /** Plugins of the one bot, `bot`, whose username is `test-bot`. */
  readonly plugins?: readonly PluginUse[]
  /** Roles and the like of the one bot. */
  readonly bot?: Partial<Omit<WorldBot, 'plugins'>>
  /** In place of the one bot. */
  readonly bots?: readonly WorldBot[]
  /** Default: alice, bobby, carol and dave. */
  readonly users?: readonly string[]
  /** All users are in each, the first owns it. Numbered from 10000001 on. Default: `square`. */
  readonly groups?: readonly string[]
  /** All users are in each, the first owns it. Numbered from 20000001 on. Default: `hall`. */
  readonly rooms?: readonly string[]
  readonly clock?: ManualClock
  /** Where relative paths of media start. Default: the current folder. */
  readonly baseDir?: string
}

/**
 * Builds a world in memory: an IM server with people, groups and rooms, and bots with plugins. It has no ports and no
 * time of its own; the clock of everything in it is `clock`.
 *
 * @example
 *   await using w = await world({ plugins: [{ use: greeter }] })
 *   await w.say({ from: 'alice', group: 'square', text: '/ping' })
 *   expect(await w.texts({ group: 'square' })).toEqual(['/ping', 'pong'])
 * @throws AppError when the settings of a plugin are wrong, or it cannot be set up
 */
export async function world(options: WorldOptions = {}): Promise<World> {
  const { clock = new ManualClock() } = options
  const store = await openStore(runtimeSchema, { url: ':memory:' })
  return worldOn({ clock, store, turn: turnOfTheLoop }, options)
}

/** What a world stands on. */
export interface Ground {
  readonly clock: ManualClock
  /** Closed with the world. */
  readonly store: Store<RuntimeTables>
  /** Lets the event loop turn once. */
  readonly turn: Turn
}

/** Builds a {@link world} with a store of another kind. */
export async function worldOn(ground: Ground, options: Omit<WorldOptions, 'clock'>): Promise<World> {
  const { clock } = ground
  const bots = botsOf(options)
  const server = await startServer({ listen: undefined, data: ':memory:', apps: [APP], sandbox: true, clock })
  const transport = fetchTransport(request => server.fetch(request))
  const client = createClient({ endpoint: server.url, ...APP, transport, clock })
  const towns = await settle(client, options)
  const { baseDir = process.cwd() } = options
  const w = new World({ ...ground, server, client, bots, baseDir, ...towns })
  try {
    await w.restart()
    return w
  } catch (error) {
    await w[Symbol.asyncDispose]()
    throw error
  }
}

/** What a user says, and where. */
export type Said = { readonly from: string; readonly text: string } & Place

/** Which calls the server fails, how, and how often: see `/sandbox/faults` of the server. */
export type CallFault = Exclude<FaultRule, { fault: `callback-${string}` }>

interface Parts extends Towns, Ground {
  readonly server: ImServer
  readonly client: Client
  readonly bots: readonly BotSpec[]
  readonly baseDir: string
}

/** A world, see {@link world}. Nothing in it waits for real time. */
export class World implements AsyncDisposable {
  readonly clock: ManualClock
  readonly server: ImServer
  /** Calls the server's API. */
  readonly client: Client
  /** Numbers of the groups by their names. */
  readonly groups: Readonly<Record<string, number>>
  /** Numbers of the rooms by their names. */
  readonly rooms: Readonly<Record<string, number>>
  /** What was logged. */
  readonly log: LogLine[] = []
  readonly #parts: Parts
  readonly #startedAt: number
  #bots: readonly BotSpec[]
  #runtime: Runtime | undefined
  #events = 0

  constructor(parts: Parts) {
    this.#parts = parts
    this.#bots = parts.bots
    this.clock = parts.clock
    this.server = parts.server
    this.client = parts.client
    this.groups = parts.groups
    this.rooms = parts.rooms
    this.#startedAt = parts.clock.now()
  }

  get runtime(): Runtime {
    if (!this.#runtime) throw new AppError('this world has ended', { code: 'world.over' })
    return this.#runtime
  }

  /**
   * Says something as a user, and hands it to the bots as the server's callback would. Resolves once they have handled
   * it, or wait for the clock.
   *
   * @throws ApiError when the server refuses the message: the sender is muted, not a member, and the like
   */
  async say(said: Said): Promise<MessageRecord> {
    const record = await this.write(said)
    await this.hear(record)
    return record
  }

  /** Says something as a user, as {@link say}, of which the bots do not hear yet. */
  async write({ from, text, ...place }: Said): Promise<MessageRecord> {
    const address = addressOf(place, this)
    const message = { from_id: from, ...address, text }
    const { msg_id } = (await this.#sandbox('POST', `apps/${APP.appKey}/messages`, message)) as SendReceipt
    const said = await historyOf(this.client, address, this.#startedAt, this.clock.now())
    return said.find(({ msgid }) => msgid === msg_id)!
  }

  /** Hands a message to the bots: one that was written before, or is made up. The same one twice is one. */
  async hear(record: MessageRecord): Promise<void> {
    await this.hook('/callbacks/jmessage', { total: 1, messages: [record] }, CALLBACK)
  }

  /**
   * Hands an event of a group or user to the bots, as the server's callback would. Resolves once they have handled it,
   * or wait for the clock.
   */
  async happens(name: ImEventName, data: Partial<Omit<ImEventRecord, 'event_type'>> = {}): Promise<void> {
    const [event_type] = Object.entries(imEventNames).find(([, known]) => known === name)!
    const event = {
      event_id: ++this.#events,
      event_type: Number(event_type),
      ctime: this.clock.now(),
      ...data,
    }
    await this.hook('/callbacks/jmessage', { total: 0, messages: [], events: [event] }, CALLBACK)
  }

  /** Calls a webhook, with a body that is sent as JSON. Resolves once the event was handled, or waits for the clock. */
  async hook(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const response = await this.runtime.http.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    await this.#quiet()
    return response
  }

  /** What was said in a group or room, or by and to a user in direct chats: oldest first, without what was retracted. */
  history(place: Place): Promise<MessageRecord[]> {
    return historyOf(this.client, addressOf(place, this), this.#startedAt, this.clock.now())
  }

  /** The texts of {@link history}. */
  async texts(place: Place): Promise<string[]> {
    const said = await this.history(place)
    return said.flatMap(({ msg_type, msg_body }) => (msg_type === 'text' ? [String(msg_body.text)] : []))
  }

  /**
   * Makes the server fail calls by these rules, in place of those before; by none, it behaves. They hold for the calls
   * of the world itself, such as {@link history}, too. The same seed makes the same of the same calls.
   *
   * @throws ApiError when a rule cannot be: an endpoint that does not exist, and the like
   */
  async misbehave(rules: readonly CallFault[], seed = 1): Promise<void> {
    await this.#sandbox('PUT', 'faults', { seed, rules })
  }

  /**
   * Resolves once everything was handled and sent.
   *
   * @throws AppError that names what still waits, after a while in which nothing happens
   */
  async settled(): Promise<void> {
    if (await this.#quiet(true)) return
    throw new AppError(`this still waits: ${(await whatWaits(this.runtime, this.#parts.store)).join(', ')}`, {
      code: 'world.unsettled',
      hint: 'What waits for time to pass needs w.clock.advance(ms).',
    })
  }

  /** What happened so far and the calls it caused, the oldest first: as `beadle events record` would write it. */
  recorded(): Promise<Recording> {
    return recordedIn(this.#parts.store)
  }

  /**
   * Has the bots' plugins handle recorded events, at the time of each, and resolves with the calls they make. Nothing of
   * it reaches the server, but for reads, and the bots do not remember it.
   *
   * @param recorded  a file that `beadle events record` wrote, or what {@link recorded} gave
   * @throws what a handler threw
   */
  replay(recorded: string | Recording): Promise<PlainCall[]> {
    const { store, client, baseDir } = this.#parts
    const bots = this.#bots
    const what = typeof recorded === 'string' ? recording(recorded) : recorded
    return replayIn({ store, apps: appsOf(client), bots, baseDir, log: capturedLog(this.log) }, what)
  }

  /**
   * Ends the bots and starts them again, `after` ms later, as a restart of the process would; the server goes on.
   *
   * @param options.bots  in place of those before
   */
  async restart({
    after = 0,
    bots: others,
  }: {
    readonly after?: number
    readonly bots?: readonly WorldBot[]
  } = {}): Promise<void> {
    const { store, client, baseDir, clock } = this.#parts
    if (others) this.#bots = botsOf({ bots: others })
    const bots = this.#bots
    await this.#runtime?.stop(0)
    if (after > 0) await clock.advance(after)
    this.#runtime = new Runtime({
      store,
      apps: appsOf(client),
      bots,
      baseDir,
      clock,
      log: capturedLog(this.log),
    })
    await this.#runtime.start()
    await this.#quiet()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const runtime = this.#runtime
    this.#runtime = undefined
    await runtime?.stop(0)
    await this.#parts.store.close()
    await this.server.close()
  }

  #quiet(patient = false): Promise<boolean> {
    return untilQuiet(() => this.runtime.waiting, { patient, turn: this.#parts.turn })
  }

  async #sandbox(method: string, path: string, body: object): Promise<unknown> {
    const request = new Request(`http://world/sandbox/${path}`, { method, body: JSON.stringify(body) })
    const response = await this.server.fetch(request)
    const answer = (await response.json()) as { error?: { code: number; message: string } }
    if (response.ok) return answer
    const { code = 0, message: reason = `HTTP ${response.status}` } = answer.error ?? {}
    const refusal = { endpoint: 'sandbox', status: response.status, jmCode: code, message: reason }
    throw apiError(refusal, name => response.headers.get(name) ?? undefined)
  }
}
