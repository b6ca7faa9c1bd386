import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Store } from '../store/index.ts'
import type { RuntimeTables } from '../store/schema/runtime.ts'
import type { AppOptions } from './apps.ts'
import type { SendLimits } from './bot/outbox.ts'
import type { Stuck } from './dispatch/blame.ts'
import type { BusyMark } from './dispatch/busy.ts'
import type { DispatchLimits, PluginLimits } from './dispatch/limits.ts'
import type { Fleet } from './fleet/fleet.ts'
import type { Observer } from './observer.ts'
import type { CommandRules } from './plugin/commands/commanding.ts'
import type { PluginDefinition } from './plugin/define.ts'
import type { Hearing } from './plugin/host.ts'
import type { GivenLanguages } from './plugin/language/languages.ts'
import type { Keep } from './pruner.ts'
import type { ShadowWatch } from './shadow/shadow.ts'

/** A plugin for a bot, its settings checked. */
export interface PluginSpec {
  /** Name of the instance. */
  readonly name: string
  readonly definition: PluginDefinition
  readonly config: unknown
  /** As they are written: a thread reads them by itself. */
  readonly settings?: unknown
  /** Where it was loaded from: by it, an error is known as the plugin's, and a thread loads it. */
  readonly file?: string | undefined
  /** `worker`: in a thread of its own. Needs `file`. Default: `none`. */
  readonly isolation?: 'none' | 'worker'
  readonly limits?: Partial<PluginLimits>
  /** What the bot's file says of its commands, by their names. */
  readonly commands?: CommandRules
}

/** A bot, as its file describes it. */
export interface BotSpec {
  /** Name of the file. */
  readonly id: string
  /** Name of its app. Default: the first of all. */
  readonly app?: string | undefined
  readonly username: string
  readonly nickname?: string | undefined
  readonly avatar?: string | undefined
  readonly adopt?: boolean
  /** `shadow`: what it would say and do is noted and not done. Default: `live`. */
  readonly mode?: 'live' | 'shadow'
  readonly hearing?: Hearing
  readonly prefix?: string
  readonly timezone?: string
  /** In which it talks: `en`, `zh`. Default: `en`. */
  readonly language?: string
  /** In which it talks with some. */
  readonly languages?: GivenLanguages | undefined
  /** Whether it tells people of its commands. Default: `true`. */
  readonly help?: boolean
  /** Role to usernames. Those with the role `owner` have every role. */
  readonly roles?: Readonly<Record<string, readonly string[]>>
  readonly plugins: readonly PluginSpec[]
  /** By service: the instance that is to provide it, where several could. */
  readonly services?: Readonly<Record<string, string>> | undefined
}

export interface RuntimeOptions {
  readonly store: Store<RuntimeTables>
  /** The first is the main one. */
  readonly apps: readonly [AppOptions, ...AppOptions[]]
  readonly bots: readonly BotSpec[]
  /** Relative paths of media start here. */
  readonly baseDir: string
  readonly log: Log
  readonly clock?: Clock
  readonly limits?: Partial<DispatchLimits> & {
    /** Largest body of a webhook. Default 1 MiB. */
    readonly webhookBytes?: number
    /**
     * So many events and calls may wait; then webhooks are refused for a while. Of several apps, each may have as many as
     * are still free. Default 100,000.
     */
    readonly pending?: number
    readonly send?: Partial<SendLimits>
  }
  /** Addresses of proxies (each one, or a range as 10.0.0.0/8) that are believed whom they say a call is from. Default: none. */
  readonly trustProxies?: readonly string[]
  /** How much is kept of what is over. Default: all. */
  readonly keep?: Keep
  readonly observer?: Observer
  /** Told what the process is at, for a watchdog. */
  readonly busy?: BusyMark | undefined
  /** Deliveries at which an earlier process was ended by its watchdog. */
  readonly stuck?: readonly Stuck[] | undefined
  /** How often is looked for what people ask on the command line, in ms. Default: at the start only. */
  readonly ordersEveryMs?: number
  /** Told what bots in the shadow would do. */
  readonly watchShadow?: ShadowWatch
  /** Where other processes work on the same database: this one's place among them. Default: it is alone. */
  readonly fleet?: Fleet | undefined
}
