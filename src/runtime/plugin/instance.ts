import type { z } from 'zod'
import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { untilAborted } from '../../base/until-aborted.ts'
import type { ImEventName, MessageRecord } from '../../protocol/index.ts'
import type { Bot } from '../bot/bot.ts'
import type { Attempt } from '../dispatch/attempt.ts'
import type { CronData, ImEventData, JobData, WebhookData } from '../events/event.ts'
import type { Language } from '../texts/language.ts'
import { type Texts, textsIn } from '../texts/texts.ts'
import { Commands } from './commands/commands.ts'
import type {
  CommandHandler,
  CommandOptions,
  CronHandler,
  CronOptions,
  DefinedJob,
  JobHandler,
  PluginContext,
  Schedule,
  WaitingJob,
  WaitingOptions,
} from './context.ts'
import type { PluginDefinition } from './define.ts'
import { type Instance, type InstanceDeps, stateOf } from './deps.ts'
import { checkJobName } from './dialogue/ask-job.ts'
import { type DialogueMeans, DialogueRun } from './dialogue/dialogue-run.ts'
import { MessageContext } from './dialogue/message-context.ts'
import { Effects } from './effects.ts'
import { AttemptContext, type ContextParts, extend } from './handler-context.ts'
import { type Handler, type HandlerKind, Handlers } from './handlers.ts'
import { addListener } from './hearing/add-listener.ts'
import { type FilterOwner, filterOwner } from './hearing/compile-filter.ts'
import { Listeners, type Wanted } from './hearing/listeners.ts'
import type { ListenerName, Listening } from './hearing/listening.ts'
import type { Path } from './hearing/lookup.ts'
import type { Reading } from './hearing/reading.ts'
import { type AnyJob, OwnJobs, type OwnJobsOptions } from './jobs/own-jobs.ts'
import { Languages } from './language/languages.ts'
import { hasRole } from './manners.ts'
import { Message } from './message.ts'
import { branchOf } from './middleware/branch.ts'
import type { AnyMiddleware, Middleware } from './middleware/middleware.ts'
import { OwnServices } from './services/own-services.ts'
import type { AnyService } from './services/service.ts'
import { PluginState } from './state/state.ts'
import { storedState } from './state/state-keep.ts'
import { webhookHandler, webhookOf } from './webhooks/webhook-set-up.ts'

/** A plugin at work for a bot: what it registered, and the handling of events that come of it. */
export class PluginInstance implements PluginContext, Instance {
  readonly bot: Bot
  readonly name: string
  readonly log: Log
  readonly clock: Clock
  readonly state: PluginState
  readonly timezone: string
  readonly definition: PluginDefinition
  readonly config: unknown
  readonly commands: Commands
  readonly deps: InstanceDeps
  readonly #effects: Effects
  readonly #listeners = new Listeners()
  readonly #handlers = new Handlers()
  readonly #jobs: OwnJobs
  readonly #owner: FilterOwner
  readonly #dialogues: DialogueMeans
  readonly #services: OwnServices
  readonly languages: Languages
  readonly texts: Texts
  #isOver = false

  private constructor(definition: PluginDefinition, config: unknown, deps: InstanceDeps) {
    this.definition = definition
    this.config = config
    this.deps = deps
    const { bot, name, log, clock, jobs, manners } = deps
    this.languages = new Languages(manners, deps.languages)
    this.texts = textsIn(definition.texts ?? { en: {} })
    this.bot = bot
    this.name = name
    this.log = log
    this.#effects = new Effects(log, clock)
    this.#services = new OwnServices({
      ...{ plugin: name, use: definition, desk: deps.services, effects: this.#effects },
    })
    this.clock = clock
    this.timezone = manners.timezone
    const keep = deps.state ?? storedState(stateOf(deps, definition.name))
    this.state = new PluginState(keep, saved => bot.revive(saved), name)
    this.commands = new Commands({ manners, keep, rules: deps.commandRules, switches: deps.switches })
    this.#owner = filterOwner(bot.username, manners)
    // A handler that outlives its plugin, as that is reloaded, leaves its jobs to the new version.
    const isHandled = (job: string) => this.#isOver || this.#handlers.has('job', job)
    const { timezone } = this
    const revive: OwnJobsOptions['revive'] = saved => bot.revive(saved)
    this.#jobs = new OwnJobs({ bot: bot.id, plugin: name, clock, timezone, jobs, isHandled, revive })
    this.#dialogues = { keep: deps.dialogues, clock, log }
  }

  /** Sets a plugin up. One that fails half-way, or is given up by the signal, leaves nothing behind. */
  static async load(
    definition: PluginDefinition,
    config: unknown,
    deps: InstanceDeps,
    signal?: AbortSignal,
  ): Promise<PluginInstance> {
    const instance = new PluginInstance(definition, config, deps)
    try {
      await untilAborted(instance.#setUp(), signal)
      return instance
    } catch (error) {
      await instance.dispose()
      throw error
    }
  }

  async #setUp(): Promise<void> {
    const undo = await this.definition.setup(this as never, this.config as never)
    if (typeof undo === 'function') this.#effects.add('setup', undo)
    this.commands.checkRules(this.name)
    this.#services.demandAll()
  }

  dispose(): Promise<void> {
    this.#isOver = true
    return this.#effects.dispose()
  }

  /** What it listens to, besides its commands. */
  get listening(): { readonly wanted: readonly Wanted[]; readonly events: readonly ImEventName[] } {
    return this.#listeners
  }

  get listenerPaths(): readonly Path[] {
    return this.#listeners.paths
  }

  hears(reading: Reading): boolean {
    return this.#listeners.hear(reading)
  }

  handle(attempt: Attempt): unknown {
    const { event, dialogue } = attempt.delivery
    if (dialogue || event.type.startsWith('message.')) return this.#hear(attempt)
    const parts = this.#parts(attempt, this.languages.usual)
    if (event.type === 'im') return this.#tell(event.data as ImEventData, parts)
    const { name } = event.data as WebhookData | CronData | JobData
    const handler = this.#handlers.find(event.type, name)
    if (!handler) throw this.#noHandler(event.type, name)
    return handler(event.data as never, new AttemptContext(parts))
  }

  #hear(real: Attempt): Promise<void> {
    const run = new DialogueRun(real, this.#dialogues)
    const record = run.attempt.delivery.event.data as MessageRecord
    const language = run.language ?? this.languages.ofMessage(record)
    return language instanceof Promise
      ? language.then(known => this.#hearIn(known, run, record))
      : this.#hearIn(language, run, record)
  }

  #hearIn(language: Language, run: DialogueRun, record: MessageRecord): Promise<void> {
    const parts = this.#parts(run.attempt, language, record)
    const message = parts.message!
    const context = new MessageContext(parts, run, this.deps.manners)
    const end = () => this.commands.hear(message, context)
    return run.during(message, language, () => this.#listeners.run(message, { context, end }))
  }

  /** Written out: this is made for each event. */
  #parts(attempt: Attempt, language: Language, record?: MessageRecord): ContextParts {
    const bot = this.bot.during(attempt)
    const message = record && new Message(bot, record, this.#owner.names)
    const job: AnyJob = (name, when, data) => this.#jobs.schedule(attempt, name, when, data)
    const [user, group, room] = [message?.user, message?.group, message?.room]
    const { log, languages, texts } = this
    return { bot, attempt, job, log, message, user, group, room, language, languages, texts }
  }

  async #tell(data: ImEventData, parts: ContextParts): Promise<void> {
    const group = data.gid === undefined ? undefined : parts.bot.group(data.gid)
    const language = await parts.languages.of({ group: data.gid })
    const context = new AttemptContext({ ...parts, group, language }).with({ data })
    if (!(await this.#listeners.tell(data.name, context))) throw this.#noHandler('im', data.name)
  }

  #noHandler(kind: string, name: string): AppError {
    return new AppError(`plugin ${this.name} no longer has a ${kind} '${name}'`, {
      code: 'plugin.no-handler',
    })
  }

  hasRole(username: string, role: string): boolean {
    return hasRole(this.deps.manners, username, role)
  }

  command(
    pattern: string,
    second: string | CommandOptions | CommandHandler<never>,
    third?: CommandHandler<never>,
  ): void {
    const handler = third ?? (second as CommandHandler<never>)
    const options =
      typeof second === 'string' ? { description: second } : typeof second === 'object' ? second : {}
    this.#set(`command ${pattern}`, this.commands.add({ pattern, options, handler }))
  }

  readonly on: Listening<unknown> = (name: ListenerName, ...rest: unknown[]): void => {
    this.#set(`listener ${name}`, addListener(this.#listeners, this.#owner, name, rest))
  }

  use<More>(middleware: Middleware<More>): PluginContext<More> {
    return branchOf(this, [middleware as AnyMiddleware])
  }

  webhook(name: string, options: object, handler: never): void {
    const { bot, name: plugin, deps } = this
    const webhook = webhookOf({ bot: bot.id, plugin, name }, options as never)
    this.#handler('webhook', name, webhookHandler(webhook, handler))
    this.#effects.add(`webhook ${name}`, deps.webhooks.add(webhook))
  }

  cron(expression: string, second: CronOptions | CronHandler, third?: CronHandler): Schedule {
    const handler = third ?? (second as CronHandler)
    const options: CronOptions = typeof second === 'object' ? second : {}
    const { name = expression, timezone = this.timezone, missed, overlap } = options
    const { bot, name: plugin, deps } = this
    this.#handlers.demandFree('cron', name)
    const schedule = deps.schedules.add({ bot: bot.id, plugin, name, expression, timezone, missed, overlap })
    const forget = this.#handlers.add('cron', name, ({ scheduledAt }: CronData, context) =>
      handler(extend(context, { scheduledAt, lateMs: context.event.createdAt - scheduledAt })),
    )
    this.#set(`cron:${name}`, () => {
      schedule.remove()
      forget()
    })
    return { name, expression, timezone, next: () => schedule.next() }
  }

  readonly job: AnyJob = (job, when, data) => this.#jobs.schedule(undefined, job, when, data)

  jobs(name: string, options?: WaitingOptions): Promise<readonly WaitingJob[]> {
    return this.#jobs.list(name, options)
  }

  cancelJob(name: string, key: string): Promise<void> {
    return this.#jobs.cancel(name, key)
  }

  onJob<Data>(name: string, handler: JobHandler<Data>): void {
    checkJobName(name)
    this.#handler('job', name, async (job: JobData, context) => {
      const data = (await this.#jobs.read(name, job.data, saved => context.bot.revive(saved))) as Data
      return handler(extend(context, { data, dueAt: job.dueAt }))
    })
  }

  defineJob<Schema extends z.ZodType>(
    name: string,
    schema: Schema,
    handler: JobHandler<z.output<Schema>>,
  ): DefinedJob<Schema> {
    this.onJob<z.output<Schema>>(name, handler)
    return this.#jobs.define(name, schema)
  }

  /** Typed by what the plugin says of services. */
  service(service: AnyService): never {
    return this.#services.find(service) as never
  }

  provide(service: AnyService, value: unknown): void {
    this.#services.provide(service, value)
  }

  effect(run: () => () => void | Promise<void>): void {
    this.#effects.add('effect', run())
  }

  #handler(kind: HandlerKind, name: string, handler: Handler): void {
    this.#set(`${kind}:${name}`, this.#handlers.add(kind, name, handler))
  }

  /** Something was registered. */
  #set(label: string, undo: () => void): void {
    const { onChange } = this.deps
    this.#effects.add(
      label,
      onChange
        ? () => {
            undo()
            onChange()
          }
        : undo,
    )
    onChange?.()
  }
}
