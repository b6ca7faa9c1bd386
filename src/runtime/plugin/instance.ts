import type { z } from 'zod'
import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { describeIssue, type ImEventName, type MessageRecord } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import type { Bot } from '../bot/bot.ts'
import { toMs } from '../bot/context.ts'
import { reviveSent } from '../bot/sent-message.ts'
import type { Attempt } from '../dispatch/attempt.ts'
import { parsePattern } from '../dispatch/command-pattern.ts'
import type { CronData, ImEventData, JobData, WebhookData } from '../events/event.ts'
import type { Schedules } from '../sources/cron/schedules.ts'
import type { Jobs } from '../sources/jobs.ts'
import { WebhookAuth } from '../sources/webhook/verify.ts'
import type { Webhooks } from '../sources/webhook/webhooks.ts'
import { Commands } from './commands.ts'
import type {
  CommandHandler,
  CommandOptions,
  CronHandler,
  CronOptions,
  HandlerContext,
  JobTime,
  MessageFilter,
  MessageListener,
  PluginContext,
  Schedule,
  WebhookOptions,
} from './context.ts'
import type { PluginDefinition } from './define.ts'
import { Effects } from './effects.ts'
import { AttemptContext, extend } from './handler-context.ts'
import { Message } from './message.ts'
import { PluginState } from './state.ts'

/** What instances are set up with. */
export interface InstanceDeps {
  readonly bot: Bot
  /** Name in the bot's file. */
  readonly name: string
  readonly prefix: string
  readonly timezone: string
  readonly roles: Readonly<Record<string, readonly string[]>>
  readonly store: Store<RuntimeTables>
  readonly jobs: Jobs
  readonly webhooks: Webhooks
  readonly schedules: Schedules
  readonly clock: Clock
  readonly log: Log
}

type Handler = (data: never, context: HandlerContext) => unknown

/** A plugin at work for a bot: what it registered, and the handling of events that come of it. */
export class PluginInstance implements PluginContext {
  readonly bot: Bot
  readonly name: string
  readonly log: Log
  readonly clock: Clock
  readonly state: PluginState
  readonly timezone: string
  readonly definition: PluginDefinition
  readonly config: unknown
  readonly commands: Commands
  /** What it was set up with, and can be set up with again. */
  readonly deps: InstanceDeps
  readonly #effects: Effects
  readonly #listeners: { readonly filter: MessageFilter; readonly listener: MessageListener }[] = []
  readonly #handlers = new Map<string, Handler>()

  private constructor(definition: PluginDefinition, config: unknown, deps: InstanceDeps) {
    this.definition = definition
    this.config = config
    this.deps = deps
    const { bot, name, log, clock, timezone, store, prefix } = deps
    this.bot = bot
    this.name = name
    this.log = log
    this.#effects = new Effects(log)
    this.clock = clock
    this.timezone = timezone
    this.state = new PluginState(store, { bot: bot.id, plugin: name, revive: saved => bot.revive(saved) })
    this.commands = new Commands(prefix, (username, role) => this.hasRole(username, role))
  }

  /** Sets a plugin up. One that fails half-way leaves nothing behind. */
  static async load(
    definition: PluginDefinition,
    config: unknown,
    deps: InstanceDeps,
  ): Promise<PluginInstance> {
    const instance = new PluginInstance(definition, config, deps)
    try {
      const undo = await definition.setup(instance, config as never)
      if (typeof undo === 'function') instance.#effects.add('setup', undo)
      return instance
    } catch (error) {
      await instance.dispose()
      throw error
    }
  }

  /** Undoes everything the plugin set up. */
  dispose(): Promise<void> {
    return this.#effects.dispose()
  }

  /** Whether the plugin wants to handle a message. */
  wants(message: MessageRecord): boolean {
    const type = `message.${message.msg_type}`
    if (this.#listeners.some(({ filter }) => filter === 'message' || filter === type)) return true
    const { text } = message.msg_body
    return typeof text === 'string' && message.msg_type === 'text' && this.commands.find(text) !== undefined
  }

  /** Whether the plugin wants to handle what happens to groups and users. */
  wantsEvent(name: ImEventName): boolean {
    return this.#handlers.has(`im:${name}`)
  }

  /** Handles an event. */
  handle(attempt: Attempt): unknown {
    const { event } = attempt.delivery
    const job: HandlerContext['job'] = (name, when, data) => this.#schedule(attempt, name, when, data)
    const context = new AttemptContext(this.bot, attempt, job)
    if (event.type.startsWith('message.')) {
      return this.#hear(new Message(context.bot, event.data as MessageRecord), event.type, context)
    }
    const { name } = event.data as ImEventData | WebhookData | CronData | JobData
    const handler = this.#handlers.get(`${event.type}:${name}`)
    if (!handler) {
      throw new AppError(`plugin ${this.name} no longer has a ${event.type} '${name}'`, {
        code: 'plugin.no-handler',
      })
    }
    return handler(event.data as never, context)
  }

  async #hear(message: Message, type: string, context: HandlerContext): Promise<void> {
    const chain = this.#listeners.filter(({ filter }) => filter === 'message' || filter === type)
    const step = async (index: number): Promise<void> => {
      const link = chain[index]
      if (link) return void (await link.listener(message, () => step(index + 1)))
      const call = this.commands.find(message.text)
      if (call) await this.commands.run(call, message, context)
    }
    await step(0)
  }

  hasRole(username: string, role: string): boolean {
    const { roles } = this.deps
    return (roles[role]?.includes(username) || roles.owner?.includes(username)) ?? false
  }

  command(
    pattern: string,
    second: string | CommandOptions | CommandHandler<never>,
    third?: CommandHandler<never>,
  ): void {
    const handler = third ?? (second as CommandHandler<never>)
    const options =
      typeof second === 'string' ? { description: second } : typeof second === 'object' ? second : {}
    const parsed = parsePattern(pattern)
    this.#effects.add(`command ${parsed.name}`, this.commands.add({ pattern: parsed, options, handler }))
  }

  on(filter: MessageFilter, listener: MessageListener): void {
    const link = { filter, listener }
    this.#listeners.push(link)
    this.#effects.add(
      `listener ${filter}`,
      () => void this.#listeners.splice(this.#listeners.indexOf(link), 1),
    )
  }

  onEvent(
    name: ImEventName,
    handler: (context: HandlerContext & { readonly data: ImEventData }) => unknown,
  ): void {
    this.#handler('im', name, (data: ImEventData, context) => handler(extend(context, { data })))
  }

  webhook<Body extends z.ZodType>(
    name: string,
    options: WebhookOptions<Body>,
    handler: (context: HandlerContext & { readonly body: z.output<Body> }) => unknown,
  ): void {
    const { body, conversation } = options
    this.#handler('webhook', name, (data: WebhookData, context) => {
      const checked = body ? read(body, data.body, 'body') : data.body
      return handler(extend(context, { body: checked as z.output<Body> }))
    })
    const auth = read(WebhookAuth, options.auth === 'none' ? { type: 'none' } : options.auth, 'auth')
    const webhook = {
      bot: this.bot.id,
      plugin: this.name,
      name,
      auth,
      body,
      conversation: conversation as never,
    }
    this.#effects.add(`webhook ${name}`, this.deps.webhooks.add(webhook))
  }

  cron(expression: string, second: CronOptions | CronHandler, third?: CronHandler): Schedule {
    const handler = third ?? (second as CronHandler)
    const { name = expression, timezone = this.timezone } = typeof second === 'object' ? second : {}
    this.#handler('cron', name, (data: CronData, context) =>
      handler(extend(context, { scheduledAt: data.scheduledAt })),
    )
    const wanted = { bot: this.bot.id, plugin: this.name, name, expression, timezone }
    const { remove, next } = this.deps.schedules.add(wanted)
    this.#effects.add(`cron ${name}`, remove)
    return { name, expression, timezone, next }
  }

  job(name: string, when: JobTime & { readonly key?: string }, data?: unknown): Promise<void> {
    return this.#schedule(undefined, name, when, data)
  }

  async #schedule(
    attempt: Attempt | undefined,
    name: string,
    when: JobTime & { readonly key?: string },
    data: unknown = null,
  ): Promise<void> {
    attempt?.throwIfAborted()
    if (!this.#handlers.has(`job:${name}`)) {
      throw new AppError(`no handler for jobs '${name}'`, {
        code: 'job.no-handler',
        hint: `Add ctx.onJob('${name}', …).`,
      })
    }
    const dueAt = 'at' in when ? when.at : this.clock.now() + toMs(when.after)
    const own = { bot: this.bot.id, plugin: this.name, name, dueAt, data }
    const once = attempt?.key(`job:${name}:${when.key ?? ''}`)
    const key = when.key ?? once ?? crypto.randomUUID()
    await this.deps.jobs.schedule({ ...own, key, ...(once ? { once } : {}) })
  }

  cancelJob(name: string, key: string): Promise<void> {
    return this.deps.jobs.cancel({ bot: this.bot.id, plugin: this.name, name, key })
  }

  onJob<Data>(
    name: string,
    handler: (context: HandlerContext & { readonly data: Data; readonly dueAt: number }) => unknown,
  ): void {
    this.#handler('job', name, async (job: JobData, context) => {
      const data = (await reviveSent(job.data, saved => context.bot.revive(saved))) as Data
      return handler(extend(context, { data, dueAt: job.dueAt }))
    })
  }

  effect(run: () => () => void | Promise<void>): void {
    this.#effects.add('effect', run())
  }

  #handler(kind: 'im' | 'webhook' | 'cron' | 'job', name: string, handler: Handler): void {
    const key = `${kind}:${name}`
    if (this.#handlers.has(key)) {
      throw new AppError(`the ${kind} '${name}' is there twice`, {
        code: 'plugin.twice',
        hint: 'Give one another name.',
      })
    }
    this.#handlers.set(key, handler)
    this.#effects.add(key, () => void this.#handlers.delete(key))
  }
}

/** @throws AppError `webhook.invalid` that names the field */
function read<Schema extends z.ZodType>(schema: Schema, value: unknown, root: string): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new AppError(`the webhook is wrong: ${describeIssue(result.error, root)}`, {
    code: 'webhook.invalid',
  })
}
