import { type Cancel, sleep, systemClock } from '../../../base/clock.ts'
import { type AppError, asError } from '../../../base/errors.ts'
import { untilAborted } from '../../../base/until-aborted.ts'
import type { Bot } from '../../bot/bot.ts'
import type { Attempt } from '../../dispatch/attempt.ts'
import { type Reply, revivedReply } from '../../sources/webhook/reply.ts'
import type { Judgement } from '../../sources/webhook/webhooks.ts'
import type { Commands } from '../commands/commands.ts'
import type { PluginDefinition } from '../define.ts'
import type { Instance, InstanceDeps } from '../deps.ts'
import { UNDO_MS } from '../effects.ts'
import type { Path } from '../hearing/lookup.ts'
import type { Reading } from '../hearing/reading.ts'
import { carry, uncarry } from './carried-error.ts'
import { PluginInterrupted } from './interrupted.ts'
import { outcome } from './link.ts'
import { Registrations } from './registrations.ts'
import { RemoteAttempts } from './remote-attempts.ts'
import type { RemoteDeps } from './remote-deps.ts'
import { Restarts } from './restarts.ts'
import { type MainServices, servicesOf } from './services.ts'
import { Thread } from './thread.ts'
import type { FromThread, ToThread, WireLine } from './wire.ts'
import { within } from './within.ts'

type Checked = Extract<FromThread, { type: 'checked' }>
type Asked = Extract<FromThread, { type: 'ask' }>

/** What is for the plugin waits so long for its thread; when that takes longer, it is tried later. */
const PATIENCE_MS = 5000
/** How long a thread may take to say what it thinks of a webhook's body, in ms of real time. */
const CHECK_MS = 2000
/** How long handlers may take when it is unloaded, in ms of real time. */
const DISPOSE_MS = 2000
/** How long its undoing may take then: long enough for the thread to say of one thing that it takes too long. */
const UNDO_ALL_MS = UNDO_MS + 1000

/**
 * A plugin in a thread of its own, as the main thread sees it. When its thread is stuck or dies, that is ended and
 * started again, after growing pauses; what is for the plugin waits, and nobody else notices.
 */
export class RemoteInstance implements Instance {
  readonly definition: PluginDefinition
  readonly config: unknown
  readonly deps: InstanceDeps
  readonly #remote: RemoteDeps
  readonly #services: MainServices
  readonly #registrations: Registrations
  readonly #attempts = new RemoteAttempts(
    message => this.#tell(message),
    () => this.#thread?.begun ?? 0,
  )
  readonly #checks = new Map<number, (message?: Checked) => void>()
  /** Timers of the thread that run by the clock of this one. */
  readonly #timers = new Map<number, Cancel>()
  readonly #disposed = new AbortController()
  readonly #restarts: Restarts
  #thread: Thread | undefined
  /** Whether the thread has set the plugin up, and whether it is worth waiting for that. */
  #up = false
  #soon = true
  #ids = 0
  #onStart: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined
  #onDisposed = (_isUndone: boolean) => {}

  private constructor(definition: PluginDefinition, config: unknown, deps: InstanceDeps, remote: RemoteDeps) {
    this.definition = definition
    this.config = config
    this.deps = deps
    this.#remote = remote
    this.#restarts = new Restarts(deps.clock)
    this.#services = servicesOf(remote.context, deps, definition.name)
    this.#registrations = new Registrations(deps, (webhook, body) => this.#ask(webhook, body))
  }

  /**
   * Starts a thread and sets a plugin up in it.
   *
   * @throws what its `setup` threw; AppError when the thread ended instead
   */
  static async load(
    definition: PluginDefinition,
    config: unknown,
    deps: InstanceDeps,
    remote: RemoteDeps,
    signal?: AbortSignal,
  ): Promise<RemoteInstance> {
    const instance = new RemoteInstance(definition, config, deps, remote)
    try {
      await untilAborted(instance.#start(), signal)
      return instance
    } catch (error) {
      await instance.dispose()
      throw error
    }
  }

  get bot(): Bot {
    return this.deps.bot
  }

  get commands(): Commands {
    return this.#registrations.commands
  }

  get trouble(): string | undefined {
    return this.#restarts.trouble
  }

  get listenerPaths(): readonly Path[] {
    return this.#registrations.listenerPaths
  }

  hears(reading: Reading): boolean {
    return this.#registrations.hears(reading)
  }

  handle(attempt: Attempt): Promise<Reply | undefined> {
    attempt.throwIfAborted()
    if (this.#disposed.signal.aborted) throw unloaded()
    if (!this.#up && !this.#soon) throw new PluginInterrupted('its thread is started again later')
    return this.#attempts.add(attempt, this.#up)
  }

  /** Lets its handlers come to their end, has it undo what it set up, and ends the thread. */
  async dispose(): Promise<void> {
    if (this.#disposed.signal.aborted) return
    this.#disposed.abort(unloaded())
    this.#registrations.dispose()
    if (this.#up) {
      await within(DISPOSE_MS, resolve => this.#attempts.idle(resolve))
      const isUndone = await within<boolean>(UNDO_ALL_MS, resolve => {
        this.#onDisposed = resolve
        this.#tell({ type: 'dispose' })
      })
      if (!isUndone) this.deps.log.error({}, 'a plugin did not undo all it set up; its thread is ended')
    }
    await this.#letGo()
    this.#attempts.endAll(unloaded())
    this.#started(unloaded())
  }

  #start(): Promise<void> {
    const { bot, name, manners, clock, commandRules } = this.deps
    const { file, settings, baseDir } = this.#remote
    return new Promise((resolve, reject) => {
      this.#onStart = { resolve, reject }
      const { id, username, app } = bot
      const thread = new Thread({
        data: {
          ...{ file, settings, name, manners, commandRules, baseDir },
          bot: { id, username, app },
          time: clock === systemClock ? 'machine' : 'told',
          now: clock.now(),
        },
        onMessage: message => this.#hear(message),
        onEnd: error => this.#ended(thread, error),
      })
      this.#thread = thread
    })
  }

  #started(result?: Error): void {
    if (result) this.#onStart?.reject(result)
    else this.#onStart?.resolve()
    this.#onStart = undefined
  }

  #hear(message: FromThread): void {
    switch (message.type) {
      case 'ready':
        this.#registrations.apply(message.registered)
        this.#up = true
        this.#soon = true
        this.#restarts.up()
        this.#attempts.sendAll()
        this.#started()
        break
      case 'failed':
        void this.#letGo()
        this.#started(uncarry(message.error))
        break
      case 'changed':
        if (!this.#disposed.signal.aborted) this.#registrations.apply(message.registered)
        break
      case 'done':
        this.#attempts.end(message.id, message.error && uncarry(message.error), revivedReply(message.reply))
        break
      case 'ask':
        void this.#serve(message)
        break
      case 'checked':
        this.#checks.get(message.id)?.(message)
        break
      case 'timer':
        this.#time(message.id, message.ms)
        break
      case 'log':
        this.#log(message.line)
        break
      case 'disposed':
        this.#onDisposed(true)
        break
    }
  }

  async #serve({ id, attempt, service, args }: Asked): Promise<void> {
    const thread = this.#thread
    const serve = this.#services[service] as (attempt: Attempt | undefined, ...args: unknown[]) => unknown
    const done = await outcome(() => serve(this.#attempts.find(attempt), ...args))
    if (this.#thread !== thread) return
    try {
      this.#tell({ type: 'answer', id, ...done })
    } catch (error) {
      // It cannot be sent; whoever asked has to be told.
      this.#tell({ type: 'answer', id, error: carry(error) })
    }
  }

  /** Shows the thread a body of a webhook. `undefined` when it does not answer now. */
  async #ask(webhook: string, body: unknown): Promise<Judgement | undefined> {
    if (!this.#up) return undefined
    const id = ++this.#ids
    const checked = await within<Checked>(CHECK_MS, resolve => {
      this.#checks.set(id, resolve)
      this.#tell({ type: 'check', id, webhook, body })
    })
    this.#checks.delete(id)
    if (checked?.error) throw uncarry(checked.error)
    return checked?.judged
  }

  #time(id: number, ms: number | undefined): void {
    this.#timers.get(id)?.()
    this.#timers.delete(id)
    if (ms === undefined) return
    const cancel = this.deps.clock.after(ms, () => {
      this.#timers.delete(id)
      this.#tell({ type: 'timer', id })
    })
    this.#timers.set(id, cancel)
  }

  #log({ level, message, fields, errors }: WireLine): void {
    const revived = Object.fromEntries(Object.entries(errors).map(([name, error]) => [name, uncarry(error)]))
    this.deps.log[level]({ ...fields, ...revived }, message)
  }

  #tell(message: ToThread): void {
    const { clock } = this.deps
    this.#thread?.tell(clock === systemClock ? message : { ...message, now: clock.now() })
  }

  /** Ends the thread, and forgets all that belongs to it. */
  async #letGo(): Promise<void> {
    const thread = this.#thread
    this.#thread = undefined
    this.#up = false
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
    for (const answer of this.#checks.values()) answer()
    this.#onDisposed(false)
    await thread?.kill()
  }

  #ended(thread: Thread, error: AppError): void {
    const { running, begun } = thread
    void this.#letGo()
    if (this.#onStart) {
      this.#started(error)
      return
    }
    const event = this.#attempts.find(running)?.delivery.event.id
    // A handler at fault has it noted with its event.
    if (!this.#attempts.threadEnded({ running, begun }, error)) this.#remote.noteError(error)
    if (!this.#disposed.signal.aborted) void this.#restart(error, event)
  }

  /** @param event  that was being handled, if that is known */
  async #restart(cause: Error, event: string | undefined): Promise<void> {
    const { clock, log } = this.deps
    for (let err = cause; ; ) {
      const restartInMs = this.#restarts.ended(err)
      log.error({ err, event, restartInMs }, 'the thread of a plugin ended; it is started again')
      this.#soon = restartInMs <= PATIENCE_MS
      if (!this.#soon) this.#attempts.endAll(new PluginInterrupted('its thread is started again later', err))
      try {
        await sleep(clock, restartInMs, this.#disposed.signal)
        await this.#start()
        return log.info({ failures: this.#restarts.failures }, 'the plugin is back, in a new thread')
      } catch (thrown) {
        if (this.#disposed.signal.aborted) return
        err = asError(thrown)
        this.#remote.noteError(err)
      }
    }
  }
}

const unloaded = () => new PluginInterrupted('the plugin was unloaded')
