import type { z } from 'zod'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { ImEventName } from '../../protocol/index.ts'
import type { Bot } from '../bot/bot.ts'
import type { Duration } from '../bot/context.ts'
import type { GroupTarget, RoomTarget, UserTarget } from '../bot/targets.ts'
import type { ArgsOf } from '../dispatch/command-pattern.ts'
import type { ImEventData, StoredEvent } from '../events/event.ts'
import type { MissedRuleInput } from '../sources/cron/missed.ts'
import type { WebhookDedupeInput } from '../sources/webhook/dedupe.ts'
import type { WebhookAuthInput } from '../sources/webhook/verify.ts'
import type { Undo } from './effects.ts'
import type { Message } from './message.ts'
import type { PluginState } from './state.ts'

/** What every handler is told. */
export interface HandlerContext {
  /**
   * The bot. What it is asked to do here it does once, also when the handler runs again because it failed or the
   * process died: so use this one in handlers, and no other.
   */
  readonly bot: Bot
  /** As {@link PluginContext.job}; the same job is not made twice when the handler runs again. */
  job(name: string, when: JobTime & { readonly key?: string }, data?: unknown): Promise<void>
  readonly event: StoredEvent
  /** The log of the plugin, with the event's id in each line. */
  readonly log: Log
  /** Aborted when the time of the handler is up. */
  readonly signal: AbortSignal
}

/** What a command's handler is told. What it returns is the answer in the chat. */
export interface CommandContext<Args> extends HandlerContext {
  readonly args: Args
  readonly message: Message
  /** Who gave the command. */
  readonly user: UserTarget
  /** The group it was given in. */
  readonly group: GroupTarget | undefined
  /** The chat room it was given in. */
  readonly room: RoomTarget | undefined
}

export interface CommandOptions {
  readonly description?: string
  /** Who may give it: users with this role in the bot's file, and its owners. */
  readonly role?: string
}

type Answer = string | undefined | void
export type CommandHandler<Args> = (context: CommandContext<Args>) => Answer | Promise<Answer>

/** What a listener hears: every message, or those of one type. */
export type MessageFilter = 'message' | `message.${string}`
/** Hears a message. Commands, and listeners added later, get it only when `next` is called. */
export type MessageListener = (
  message: Message,
  next: () => Promise<void>,
  context: HandlerContext,
) => unknown

export interface WebhookOptions<Body extends z.ZodType> {
  /** How callers prove who they are. `'none'`: anybody who knows the address may call. */
  readonly auth: WebhookAuthInput | 'none'
  /** What the body has to be; calls with another one are answered 400 with the field. */
  readonly body?: Body
  /** Calls with the same answer are handled in their order; without it they are handled side by side. */
  readonly conversation?: (body: z.output<Body>) => string
  /**
   * How a call that comes again is recognized, and answered without being handled again: by an Idempotency-Key, the
   * sender's id of the delivery (or `header`), or, without these, the same body within `window` (10s; 0: not at all).
   * `'off'`: each call is a new one.
   */
  readonly dedupe?: WebhookDedupeInput
}

export interface CronOptions {
  /** Names the schedule, so that it is the same after a change; default: its expression. */
  readonly name?: string
  /** IANA zone; default: that of the bot's file. */
  readonly timezone?: string
  /**
   * What becomes of times that were missed, as the process was down, the machine slept or the store failed: `'skip'`;
   * `'once'`, the last one; `{ once: '10m' }` (the default), the last one unless it is longer ago; `{ all: '6h' }`, each
   * that is not longer ago, in order, at most 1000.
   */
  readonly missed?: MissedRuleInput
  /** Whether it fires though its former run has not ended, or waits to be tried again. Default: no; the time is passed over. */
  readonly overlap?: boolean
}

/** A schedule that was set up. */
export interface Schedule {
  readonly name: string
  readonly expression: string
  readonly timezone: string
  /** When it fires next, epoch ms. */
  next(): number | undefined
}

/** When a job comes about: at an instant (epoch ms), or after a while (ms, or `10m`, `2h30m`). */
export type JobTime = { readonly at: number } | { readonly after: Duration }

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
   * Adds a chat command. Arguments are typed by the pattern: `mute <user:user> [for:duration=10m] [reason...]`.
   * A UserError, and a refusal by JMessage, are answered in the chat.
   */
  command<const P extends string>(pattern: P, handler: CommandHandler<ArgsOf<P>>): void
  command<const P extends string>(pattern: P, description: string, handler: CommandHandler<ArgsOf<P>>): void
  command<const P extends string>(
    pattern: P,
    options: CommandOptions,
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

export type CronHandler = (
  context: HandlerContext & {
    /** The moment it was due, epoch ms. */
    readonly scheduledAt: number
    /** How much later it fired, in ms: some by a busy machine, much when it was missed and is made up for. */
    readonly lateMs: number
  },
) => unknown
