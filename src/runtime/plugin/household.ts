import type { MessageRecord } from '../../protocol/index.ts'
import type { Bot } from '../bot/bot.ts'
import type { Instance, InstanceDeps } from './deps.ts'
import type { Audience } from './hearing/audience.ts'
import type { RemoteDeps } from './worker/remote-deps.ts'

/** Which conversations a bot hears. */
export interface Hearing {
  readonly groups: 'all' | 'none' | readonly number[]
  readonly rooms: 'all' | 'none' | readonly number[]
  /** Messages sent to the bot itself. */
  readonly direct: boolean
}

/** What instances are set up with; with `thread`, in a thread of their own. */
export type HostedDeps = InstanceDeps & { readonly thread?: RemoteDeps | undefined }

/** A plugin at work, and what it can be set up with again. */
export interface Hosted {
  readonly instance: Instance
  readonly deps: HostedDeps
}

/** What surrounds a bot: what the plugin knows of it that every bot has. */
export interface House {
  /** Of the bot. */
  readonly id: string
  /** Whether nothing of it gets out. */
  readonly isShadow: boolean
  /** Whether no plugin of any bot is being loaded, so that it is known what all of them can do. */
  readonly isSettled: () => boolean
  /** The plugins of the bot, that one included. */
  readonly instances: () => readonly Instance[]
  /** The bots that hear a message, this one included. */
  readonly hearers: (message: MessageRecord) => Iterable<Household>
}

/** A bot and the plugins at work for it, by the names of their instances. */
export interface Household {
  readonly bot: Bot
  /** The bots of its app. */
  readonly audience: Audience
  hearing: Hearing
  readonly hosted: Map<string, Hosted>
  /** Names of those that are being set up: what is for them waits. */
  readonly loading: Map<string, Promise<void>>
  /** Those that rest until others are loaded whose services they use: what is for them waits, too. */
  readonly held: Map<string, Promise<void>>
}
