import type { z } from 'zod'
import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { untilAborted } from '../../base/until-aborted.ts'
import type { ImEventName, MessageRecord } from '../../protocol/index.ts'
import type { Bot } from '../bot/bot.ts'
import { toMs } from '../bot/context.ts'
import { reviveSent } from '../bot/sent-message.ts'
import type { Attempt } from '../dispatch/attempt.ts'
import { parsePattern } from '../dispatch/command-pattern.ts'
import type { CronData, ImEventData, JobData, WebhookData } from '../events/event.ts'
import { WebhookDedupe } from '../sources/webhook/dedupe.ts'
import { WebhookAuth } from '../sources/webhook/verify.ts'
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
import type { Instance, InstanceDeps } from './deps.ts'
import { Effects } from './effects.ts'
import { AttemptContext, extend } from './handler-context.ts'
import { Message } from './message.ts'
import { PluginState, storedState } from './state.ts'
import { read } from './webhook-part.ts'

type Handler = (data: never, context: HandlerContext) => unknown
type HandlerKind = 'im' | 'webhook' | 'cron' | 'job'

/** What keys of handlers begin with that hear what happens to groups and users. */
const IM = 'im:'

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
  readonly #listeners: { readonly filter: MessageFilter; readonly listener: MessageListener }[] = []
  readonly #handlers = new Map<string, Handler>()
  #isOver = false

  private constructor(definition: PluginDefinition, config: unknown, deps: InstanceDeps) {
    this.definition = definition
    this.config = config
    this.deps = deps
    const { bot, name, log, clock, timezone, store, prefix } = deps
    this.bot = bot
    this.name = name
    this.log = log
    this.#effects = new Effects(log, clock)
    this.clock = clock
    this.timezone = timezone
    const keep = deps.state ?? storedState(store, { bot: bot.id, plugin: name })
    this.state = new PluginState(keep, saved => bot.revive(saved))
    this.commands = new Commands(prefix, (username, role) => this.hasRole(username, role))
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
    const undo = await this.definition.setup(this, this.config as never)
    if (typeof undo === 'function') this.#effects.add('setup', undo)
  }

  dispose(): Promise<void> {
    this.#isOver = true
    return this.#effects.dispose()
  }

  /** What it listens to, besides its commands. */
  get hears(): { readonly filters: readonly MessageFilter[]; readonly events: readonly ImEventName[] } {
    const names = [...this.#handlers.keys()].filter(key => key.startsWith(IM))
    return {
      filters: [...new Set(this.#listeners.map(({ filter }) => filter))],
      events: names.map(key => key.slice(IM.length) as ImEventName),
    }
  }

  wants(message: MessageRecord): boolean {
    const type = `message.${message.msg_type}`
    if (this.#listeners.some(({ filter }) => filter === 'message' || filter === type)) return true
    const { text } = message.msg_body
    return typeof text === 'string' && message.msg_type === 'text' && this.commands.find(text) !== undefined
  }

  wantsEvent(name: ImEventName): boolean {
    return this.#handlers.has(`${IM}${name}`)
  }

  handle(attempt: Attempt): unknown {
    const { event } = attempt.delivery
    const job: HandlerContext['job'] = (name, when, data) => this.#schedule(attempt, name, when, data)
    const context = new AttemptContext(this.bot, attempt, job, this.log)
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
      if (link) return void (await link.listener(message, () => step(index + 1), context))
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
    this.#set(`command ${parsed.name}`, this.commands.add({ pattern: parsed, options, handler }))
  }

  on(filter: MessageFilter, listener: MessageListener): void {
    const link = { filter, listener }
    this.#listeners.push(link)
    this.#set(`listener ${filter}`, () => void this.#listeners.splice(this.#listeners.indexOf(link), 1))
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
      dedupe: options.dedupe === undefined ? undefined : read(WebhookDedupe, options.dedupe, 'dedupe'),
    }
    this.#effects.add(`webhook ${name}`, this.deps.webhooks.add(webhook))
  }

  cron(expression: string, second: CronOptions | CronHandler, third?: CronHandler): Schedule {
    const handler = third ?? (second as CronHandler)
    const options: CronOptions = typeof second === 'object' ? second : {}
    const { name = expression, timezone = this.timezone, missed, overlap } = options
    const { bot, name: plugin, deps } = this
    const key = this.#freeKey('cron', name)
    const schedule = deps.schedules.add({ bot: bot.id, plugin, name, expression, timezone, missed, overlap })
    this.#handlers.set(key, ({ scheduledAt }: CronData, context) =>
      handler(extend(context, { scheduledAt, lateMs: context.event.createdAt - scheduledAt })),
    )
    this.#set(key, () => {
      schedule.remove()
      this.#handlers.delete(key)
    })
    return { name, expression, timezone, next: () => schedule.next() }
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
    // A handler that outlives its plugin, as that is reloaded, leaves its jobs to the new version.
    if (!this.#isOver && !this.#handlers.has(`job:${name}`)) {
      throw new AppError(`no handler for jobs '${name}'`, {
        code: 'job.no-handler',
        hint: `Add ctx.onJob('${name}', …).`,
      })
    }
    const dueAt = 'after' in when ? this.clock.now() + toMs(when.after) : when.at
    const own = { bot: this.bot.id, plugin: this.name, name, dueAt, data }
    // Of one handler the later call counts: the numbers are compared as texts.
    const once = attempt?.key(`job:${name}:${when.key ?? ''}`).replace(/\d+$/, n => n.padStart(6, '0'))
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

  #handler(kind: HandlerKind, name: string, handler: Handler): void {
    const key = this.#freeKey(kind, name)
    this.#handlers.set(key, handler)
    this.#set(key, () => void this.#handlers.delete(key))
  }

  /** @throws AppError `plugin.twice` */
  #freeKey(kind: HandlerKind, name: string): string {
    const key = `${kind}:${name}`
    if (this.#handlers.has(key)) {
      throw new AppError(`the ${kind} '${name}' is there twice`, {
        code: 'plugin.twice',
        hint: 'Give one another name.',
      })
    }
    return key
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
