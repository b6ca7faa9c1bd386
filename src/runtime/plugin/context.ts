import type { z } from 'zod'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Bot } from '../bot/bot.ts'
import type { WebhookAccept } from '../sources/webhook/parse-body.ts'
import type { CommandHandler, CommandOptions } from './commands/commanding.ts'
import type { ArgsOf } from './commands/pattern/args-of.ts'
import type { Undo } from './effects.ts'
import type { Listening } from './hearing/listening.ts'
import type { AskForJob, DefinedJob, WaitingJob, WaitingOptions } from './jobs/defined-job.ts'
import type { Middleware } from './middleware/middleware.ts'
import type { CronHandler, CronOptions, Schedule } from './scheduling.ts'
import type { PluginState } from './state/state.ts'
import type { HandlerContext } from './told.ts'
import type { WebhookContext, WebhookOptions } from './webhooks/webhook-options.ts'

export type { CommandContext, CommandHandler, CommandOptions } from './commands/commanding.ts'
export type {
  ImEventContext,
  ImEventListener,
  ListenerName,
  MessageListener,
  MessageName,
} from './hearing/listening.ts'
export type { MessageFilter } from './hearing/message-filter.ts'
export type { AskForJob, DefinedJob, WaitingJob, WaitingOptions } from './jobs/defined-job.ts'
export type { JobRhythm, JobTime, JobWhen } from './jobs/job-time.ts'
export type { Middleware, MiddlewareContext, MoreFields, Next, Passed } from './middleware/middleware.ts'
export type { CronHandler, CronOptions, Schedule } from './scheduling.ts'
export type { HandlerContext } from './told.ts'
export type { WebhookContext, WebhookOptions } from './webhooks/webhook-options.ts'

/** Handles the jobs of a name. */
export type JobHandler<Data, Extra = unknown> = (
  context: HandlerContext & Extra & { readonly data: Data; readonly dueAt: number },
) => unknown

/**
 * What a plugin is given in `setup`. Everything it registers is undone when the plugin is unloaded.
 *
 * `Extra`: what middleware adds to the contexts of handlers that are registered on it.
 */
export interface PluginContext<out Extra = unknown> {
  /** The bot, for what happens outside of handlers: what it is asked to do there is not known again. */
  readonly bot: Bot
  /** Name of the instance in the bot's file. */
  readonly name: string
  /** For what happens outside of handlers: in these, the log of their context tells of the event, too. */
  readonly log: Log
  readonly clock: Clock
  /** What the plugin remembers, also over restarts. */
  readonly state: PluginState
  /** Time zone of the bot's file. */
  readonly timezone: string

  /** Whether a user has a role in the bot's file; owners have every role. */
  hasRole(username: string, role: string): boolean

  /**
   * Adds a chat command. Arguments are typed by the pattern: `mute <user> [for:duration=10m] --reason <text...>`.
   * A UserError, and a refusal by JMessage, are answered in the chat.
   */
  command<const P extends string>(pattern: P, handler: CommandHandler<ArgsOf<P>, Extra>): void
  command<const P extends string>(
    pattern: P,
    description: string,
    handler: CommandHandler<ArgsOf<P>, Extra>,
  ): void
  command<const P extends string>(
    pattern: P,
    options: CommandOptions<ArgsOf<P>>,
    handler: CommandHandler<ArgsOf<P>, Extra>,
  ): void

  /** Adds a listener: to messages, all, of one type or those that pass a filter, or to what happens to groups and users. */
  readonly on: Listening<Extra>

  /**
   * What is registered on the context that is returned runs within a middleware, with what that adds in its context:
   * `ctx.use(async (context, next) => next({ profile: … }))`. What is registered on this one does not.
   */
  use<More>(middleware: Middleware<More, Extra>): PluginContext<Extra & More>

  /** Adds a webhook at `POST /hooks/{bot}/{plugin}/{name}`. With `wait`, what the handler returns is the answer. */
  webhook<
    Body extends z.ZodType = z.ZodUnknown,
    const Accept extends WebhookAccept = 'json',
    const Header extends string = never,
    const Parameter extends string = never,
  >(
    name: string,
    options: WebhookOptions<Body, Accept, Header, Parameter>,
    handler: (context: WebhookContext<Body, Accept, Header, Parameter> & Extra) => unknown,
  ): void

  /** Adds a schedule: a cron expression of five fields, or of six with seconds. */
  cron(expression: string, handler: CronHandler<Extra>): Schedule
  cron(expression: string, options: CronOptions, handler: CronHandler<Extra>): Schedule

  /**
   * Has a job come about later, or again and again, also over restarts; in handlers use that of their context. One with
   * the same name and `key` takes the place of the former.
   */
  readonly job: AskForJob
  /** Jobs of a name that wait, in the order of their keys, a page at a time. */
  jobs(name: string, options?: WaitingOptions): Promise<readonly WaitingJob[]>
  /** Takes back a job that has not come about, or ends one that comes about again and again. If the handler that asked for it runs again later, it comes back. */
  cancelJob(name: string, key: string): Promise<void>
  /** Handles the jobs of a name. Sent messages in their data are such again. */
  onJob<Data = unknown>(name: string, handler: JobHandler<Data, Extra>): void

  /**
   * Handles the jobs of a name, whose data has a schema: it is checked when the job is asked for and when it comes about.
   * What is given is what such jobs are asked for with.
   */
  defineJob<Schema extends z.ZodType>(
    name: string,
    schema: Schema,
    handler: JobHandler<z.output<Schema>, Extra>,
  ): DefinedJob<Schema>

  /** Does something and notes how it is undone when the plugin is unloaded. */
  effect(run: () => Undo): void
}
