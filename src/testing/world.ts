import type { ManualClock } from '../base/clock.ts'
import { AppError } from '../base/errors.ts'
import type { Client } from '../client/index.ts'
import { type ImEventName, type ImEventRecord, imEventNames, type MessageRecord } from '../protocol/index.ts'
import type { PlainCall } from '../runtime/events/recording.ts'
import type { BotSpec } from '../runtime/options.ts'
import { Runtime } from '../runtime/runtime.ts'
import type { ImServer } from '../server/index.ts'
import { capturedLog, type LogLine } from './captured-log.ts'
import type { Conversation } from './conversation.ts'
import { type CallFault, FaultSwitches } from './fault-switches.ts'
import type { BotChat, Person } from './person.ts'
import { addressOf, historyOf, type Place } from './places.ts'
import { botsOf, type WorldBot } from './population.ts'
import { untilQuiet, whatWaits } from './quiet.ts'
import { type Recording, recordedIn, recording, replayIn } from './replay.ts'
import { Sandbox } from './sandbox.ts'
import { TownLife } from './town-life.ts'
import { advanceToJob, fireSchedule, type WebhookCall, webhookRequest } from './triggers.ts'
import { TOWNSPEOPLE } from './world-options.ts'
import { APP, appsOf, CALLBACK, type WorldParts } from './world-parts.ts'

/** What a user says, and where. */
export type Said = { readonly from: string; readonly text: string } & Place

/** A world, as `world()` builds it: its people and places are known by their names. Nothing in it waits for real time. */
export class World<Name extends string = never, PlaceName extends string = never> implements AsyncDisposable {
  readonly clock: ManualClock
  readonly server: ImServer
  /** Calls the server's API. */
  readonly client: Client
  /** Numbers of the groups by their names. */
  readonly groups: Readonly<Record<string, number>>
  /** Numbers of the rooms by their names. */
  readonly rooms: Readonly<Record<string, number>>
  /** The people by their names. */
  readonly people: Readonly<Record<Name, Person>>
  /** Has calls of bots fail. */
  readonly faults: FaultSwitches
  /** What was logged. */
  readonly log: LogLine[] = []
  readonly #parts: WorldParts
  readonly #startedAt: number
  readonly #sandbox: Sandbox
  readonly #life: TownLife
  #bots: readonly BotSpec[]
  #runtime: Runtime | undefined
  #events = 0

  constructor(parts: WorldParts) {
    this.#parts = parts
    this.#bots = parts.bots
    this.clock = parts.clock
    this.server = parts.server
    this.client = parts.client
    this.groups = parts.groups
    this.rooms = parts.rooms
    this.#startedAt = parts.clock.now()
    this.#sandbox = new Sandbox(parts.server, APP.appKey)
    this.faults = new FaultSwitches(this.#sandbox.faults)
    this.#life = new TownLife({
      ...parts,
      appKey: APP.appKey,
      sandbox: this.#sandbox,
      log: this.log,
      bots: () => this.#bots,
      quiet: patient => this.#quiet(patient),
      hear: message => this.hear(message),
      history: place => this.history(place),
      happens: (name, data) => this.happens(name, data),
    })
    this.people = this.#life.people as Readonly<Record<Name, Person>>
    for (const name of TOWNSPEOPLE) {
      const value = this.#life.people[name]
      if (value) Object.defineProperty(this, name, { value, enumerable: true })
    }
  }

  /** The first group. */
  get group(): Conversation {
    return this.#life.first('group')
  }

  /** The first chat room. */
  get room(): Conversation {
    return this.#life.first('room')
  }

  /** The first bot. */
  get bot(): BotChat {
    return this.#bots[0]!
  }

  /** One of the people. */
  person(name: Name): Person {
    return this.#life.person(name)
  }

  /** A group or room by its name. */
  place(name: PlaceName): Conversation {
    return this.#life.place(name)
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
  write({ from, text, ...place }: Said): Promise<MessageRecord> {
    return this.#life.write(from, place, { text })
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
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    await this.#quiet()
    return response
  }

  /**
   * Calls a webhook by its name, with the proof that it asks for. Resolves once the event was handled, or waits for the
   * clock.
   *
   * @param name  `bot/plugin/webhook`, or the end of it that tells which one is meant
   * @param body  sent as JSON; a text, as it is
   * @throws AppError `world.trigger` that names those there are
   */
  webhook(name: string, body: unknown = {}, call: WebhookCall = {}): Promise<Response> {
    const request = webhookRequest(this.#means, name, body, call)
    return this.hook(request.path, request.body, request.headers)
  }

  /**
   * Has a schedule fire now, whenever it is due. Resolves once it was handled, or waits for the clock.
   *
   * @param name  `bot/plugin/schedule`, or the end of it that tells which one is meant; one without a name is called as
   *   its expression
   * @throws AppError `world.trigger` that names those there are
   */
  async cron(name: string): Promise<void> {
    await fireSchedule(this.#means, name)
    await this.#quiet()
  }

  /**
   * Lets time pass until the next job of a name is due, and everything else that is by then. Resolves once it was
   * handled.
   *
   * @param name  `bot/plugin/job`, or the end of it that tells which one is meant
   * @throws AppError `world.trigger` that names those that wait
   */
  async job(name: string): Promise<void> {
    await advanceToJob(this.#means, name)
    await this.#quiet()
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
  misbehave(rules: readonly CallFault[], seed = 1): Promise<void> {
    return this.faults.set(rules, seed)
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

  /** Ends it; `await using` does so by itself. */
  async close(): Promise<void> {
    const runtime = this.#runtime
    this.#runtime = undefined
    await runtime?.stop(0)
    await this.#parts.store.close()
    await this.server.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #means() {
    const { store, clock } = this.#parts
    return { runtime: this.runtime, store, clock }
  }

  #quiet(patient = false): Promise<boolean> {
    return untilQuiet(() => this.runtime.waiting, { patient, turn: this.#parts.turn })
  }
}
