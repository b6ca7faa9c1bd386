import type { MessagePort } from 'node:worker_threads'
import { z } from 'zod'
import { AppError, asError } from '../../../base/errors.ts'
import { idMaker } from '../../../base/ids.ts'
import type { Log } from '../../../base/log.ts'
import { describeIssue } from '../../../protocol/index.ts'
import type { Delivery } from '../../events/event.ts'
import { isReply, type Reply } from '../../sources/webhook/reply.ts'
import { plainOptions } from '../commands/command.ts'
import { PluginInstance } from '../instance.ts'
import { PluginLoader } from '../loading/loader.ts'
import { type CarriedError, carry, uncarry } from './carried-error.ts'
import { threadDialogues } from './dialogue-services.ts'
import { Link, outcome } from './link.ts'
import { ThreadAttempt } from './thread-attempt.ts'
import { ThreadBot } from './thread-bot.ts'
import { ThreadClock } from './thread-clock.ts'
import { threadJobs } from './thread-jobs.ts'
import { threadLanguages } from './thread-languages.ts'
import { logConsole, threadLog } from './thread-log.ts'
import { ThreadRegistry } from './thread-registry.ts'
import { threadState } from './thread-state.ts'
import type { Registered, ThreadData, ToThread } from './wire.ts'

/**
 * Lives the life of a plugin in this thread: sets it up, and has it handle what the main thread sends.
 *
 * @param publicFace  what the plugin imports as 'beadle'
 */
export async function runThread(data: ThreadData, port: MessagePort, publicFace: object): Promise<void> {
  const thread = new PluginThread(data, new Link(port, data.vitals))
  // What goes wrong beside handlers is told, and does no more harm here than in the main thread.
  process.on('unhandledRejection', reason => thread.heed(reason))
  try {
    await thread.setUp(publicFace)
  } catch (error) {
    thread.fail(error)
  }
}

class PluginThread {
  readonly #data: ThreadData
  readonly #link: Link
  readonly #log: Log
  readonly #clock: ThreadClock
  readonly #registry: ThreadRegistry
  /** Those that are being made, by their numbers. */
  readonly #attempts = new Map<number, ThreadAttempt>()
  #instance: PluginInstance | undefined
  #telling = false

  constructor(data: ThreadData, link: Link) {
    this.#data = data
    this.#link = link
    this.#log = threadLog(link)
    logConsole(this.#log)
    this.#clock = new ThreadClock(link, data)
    this.#registry = new ThreadRegistry(this.#clock, this.#changed)
    link.open(message => this.#hear(message))
  }

  async setUp(publicFace: object): Promise<void> {
    const { file, settings, name, manners } = this.#data
    const definition = await new PluginLoader({ folders: [], publicFace }).loadFile(file, name)
    const checked = (definition.config ?? z.strictObject({})).safeParse(settings)
    if (!checked.success) {
      throw new AppError(`the settings are wrong: ${describeIssue(checked.error, 'settings')}`, {
        code: 'plugin.settings',
        hint: 'Did the file of the plugin change? Start again.',
      })
    }
    const link = this.#link
    const clock = this.#clock
    const log = this.#log
    const makeId = idMaker(() => clock.now())
    const bot = ThreadBot.of({ link, data: this.#data, clock, makeId })
    const { webhooks, schedules } = this.#registry
    this.#instance = await PluginInstance.load(definition, checked.data, {
      ...{ bot, name, manners, clock, log, webhooks, schedules },
      // Bots alone read from it, and this one has its own.
      store: undefined as never,
      jobs: threadJobs(link),
      state: threadState(link),
      commandRules: this.#data.commandRules,
      switches: { offIn: conversation => link.ask('offIn', [conversation]) },
      languages: threadLanguages(link),
      dialogues: threadDialogues(link),
      onChange: this.#changed,
    })
    link.tell({ type: 'ready', registered: this.#registered(this.#instance) })
  }

  fail(error: unknown): void {
    this.#link.tell({ type: 'failed', error: carry(error) })
  }

  /** Of a promise that nobody waits for. */
  heed(reason: unknown): void {
    this.#log.error({ err: asError(reason) }, 'a rejected promise was left unheeded')
  }

  #hear(message: Exclude<ToThread, { type: 'answer' }>): void {
    this.#clock.set(message.now)
    switch (message.type) {
      case 'handle':
        void this.#handle(message.id, message.delivery)
        break
      case 'abort':
        this.#abort(message.id, message.reason)
        break
      case 'check':
        void this.#check(message.id, message.webhook, message.body)
        break
      case 'timer':
        this.#clock.fire(message.id)
        break
      case 'ping':
        this.#link.tell({ type: 'pong' })
        break
      case 'dispose':
        void this.#dispose()
        break
    }
  }

  async #handle(id: number, delivery: Delivery): Promise<void> {
    const attempt = new ThreadAttempt(id, delivery)
    this.#attempts.set(id, attempt)
    const done = await this.#link.during(id, () =>
      outcome(async () => {
        const returned = await this.#instance!.handle(attempt)
        // Calls that the handler did not wait for belong to it, too.
        await attempt.idle()
        return isReply(returned) ? returned : undefined
      }),
    )
    this.#end(id, 'error' in done ? done.error : undefined, 'value' in done ? done.value : undefined)
  }

  /** What it asked for before is on its way, and what it asks for from now on is refused here: it is over at once. */
  #abort(id: number, reason: CarriedError): void {
    this.#attempts.get(id)?.abort(uncarry(reason))
    this.#end(id, reason)
  }

  /** Whoever comes first counts: a handler whose time is up may come to its end much later, or never. */
  #end(id: number, error: CarriedError | undefined, reply?: Reply): void {
    if (!this.#attempts.delete(id)) return
    this.#link.tell({ type: 'done', id, ...(error ? { error } : {}), ...(reply ? { reply } : {}) })
  }

  async #check(id: number, webhook: string, body: unknown): Promise<void> {
    const judged = await outcome(() => this.#registry.judge(webhook, body))
    this.#link.tell({ type: 'checked', id, ...('error' in judged ? judged : { judged: judged.value }) })
  }

  async #dispose(): Promise<void> {
    // What a plugin's undoing takes away is taken away in the main thread anyway.
    this.#telling = true
    await this.#instance?.dispose()
    this.#link.tell({ type: 'disposed' })
  }

  /** Tells what is registered, once for all that changes in one go. */
  readonly #changed = (): void => {
    if (this.#telling || !this.#instance) return
    this.#telling = true
    queueMicrotask(() => {
      this.#telling = false
      this.#link.tell({ type: 'changed', registered: this.#registered(this.#instance!) })
    })
  }

  #registered(instance: PluginInstance): Registered {
    const commands = instance.commands.all.map(({ pattern, options }) => ({
      pattern,
      options: plainOptions(options),
    }))
    const { wanted: listeners, events } = instance.listening
    return { listeners, events, commands, ...this.#registry.registered }
  }
}
