import type { z } from 'zod'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { ImEventName } from '../../protocol/index.ts'
import type { Bot } from '../bot/bot.ts'
import type { ArgsOf } from '../dispatch/args-of.ts'
import type { ImEventData } from '../events/event.ts'
import type { CommandHandler, CommandOptions } from './commanding.ts'
import type { Undo } from './effects.ts'
import type { JobTime } from './job-time.ts'
import type { MessageFilter, MessageListener } from './listening.ts'
import type { CronHandler, CronOptions, Schedule } from './scheduling.ts'
import type { PluginState } from './state.ts'
import type { HandlerContext } from './told.ts'
import type { WebhookOptions } from './webhook-options.ts'

export type { CommandContext, CommandHandler, CommandOptions } from './commanding.ts'
export type { JobTime } from './job-time.ts'
export type { MessageFilter, MessageListener } from './listening.ts'
export type { CronHandler, CronOptions, Schedule } from './scheduling.ts'
export type { HandlerContext } from './told.ts'
export type { WebhookOptions } from './webhook-options.ts'

/** What a plugin is given in `setup`. Everything it registers is undone when the plugin is unloaded. */
export interface PluginContext {
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
  command<const P extends string>(pattern: P, handler: CommandHandler<ArgsOf<P>>): void
  command<const P extends string>(pattern: P, description: string, handler: CommandHandler<ArgsOf<P>>): void
  command<const P extends string>(
    pattern: P,
    options: CommandOptions<ArgsOf<P>>,
    handler: CommandHandler<ArgsOf<P>>,
  ): void

  /** Listens to messages: a chain in the order of registration, with the commands at its end. */
  on(filter: MessageFilter, listener: MessageListener): void

  /**
   * Hears what happens to groups and users: who joins, leaves, is renamed, silenced and so on. Beadle's own server
   * brings it by callback; the cloud's callback brings messages only.
   */
  onEvent(
    name: ImEventName,
    handler: (context: HandlerContext & { readonly data: ImEventData }) => unknown,
  ): void

  /** Adds a webhook at `POST /hooks/{bot}/{plugin}/{name}`. */
  webhook<Body extends z.ZodType = z.ZodUnknown>(
    name: string,
    options: WebhookOptions<Body>,
    handler: (context: HandlerContext & { readonly body: z.output<Body> }) => unknown,
  ): void

  /** Adds a schedule: a cron expression of five fields, or of six with seconds. */
  cron(expression: string, handler: CronHandler): Schedule
  cron(expression: string, options: CronOptions, handler: CronHandler): Schedule

  /** Has a job come about later, also over restarts; in handlers use that of their context. One with the same name and `key` takes the place of the former. */
  job(name: string, when: JobTime & { readonly key?: string }, data?: unknown): Promise<void>
  /** Takes back a job that has not come about. If the handler that asked for it runs again later, it comes back. */
  cancelJob(name: string, key: string): Promise<void>
  /** Handles the jobs of a name. Sent messages in their data are such again. */
  onJob<Data = unknown>(
    name: string,
    handler: (context: HandlerContext & { readonly data: Data; readonly dueAt: number }) => unknown,
  ): void

  /** Does something and notes how it is undone when the plugin is unloaded. */
  effect(run: () => Undo): void
}
