import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import type { Bot } from '../bot/bot.ts'
import type { Attempt } from '../dispatch/attempt.ts'
import type { Schedules } from '../sources/cron/schedules.ts'
import type { Jobs } from '../sources/jobs.ts'
import type { Webhooks } from '../sources/webhook/webhooks.ts'
import type { CommandSwitches } from './commands/command-switches.ts'
import type { CommandRules } from './commands/commanding.ts'
import type { Commands } from './commands/commands.ts'
import type { PluginDefinition } from './define.ts'
import type { DialogueKeep } from './dialogue/dialogue.ts'
import type { Path } from './hearing/lookup.ts'
import type { Reading } from './hearing/reading.ts'
import type { House } from './household.ts'
import type { LanguageChoices } from './language/language-choices.ts'
import type { Manners } from './manners.ts'
import type { ServiceDesk } from './services/bot-services.ts'
import { SHARED_BY_ALL, type StateKeep, type StoredStateOptions } from './state/state-keep.ts'

/** What instances are set up with. */
export interface InstanceDeps {
  readonly bot: Bot
  /** Name in the bot's file. */
  readonly name: string
  readonly manners: Manners
  readonly store: Store<RuntimeTables>
  readonly jobs: Pick<Jobs, 'schedule' | 'cancel' | 'list'>
  readonly webhooks: Pick<Webhooks, 'add'>
  readonly schedules: Pick<Schedules, 'add'>
  readonly clock: Clock
  readonly log: Log
  /** What the bot's file says of its commands. */
  readonly commandRules?: CommandRules | undefined
  /** Which commands owners switched off. Default: none. */
  readonly switches?: CommandSwitches | undefined
  /** Which languages people chose. Default: none. */
  readonly languages?: LanguageChoices | undefined
  /** For the plugin that every bot has. */
  readonly house?: House | undefined
  /** Where it remembers. Default: in the store. */
  readonly state?: StateKeep
  /** Under which name of a bot it remembers what all share that use its plugin. Default: that of all. */
  readonly sharedAs?: string | undefined
  /** Where its dialogues are kept. Absent in the shadow, where none are. */
  readonly dialogues?: DialogueKeep | undefined
  /** What the plugins of its bot offer each other. Absent in a thread. */
  readonly services?: ServiceDesk | undefined
  /** Told when commands, listeners or handlers came or went. */
  readonly onChange?: () => void
}

/** @param plugin  name of the plugin, whatever its instance is called */
export const stateOf = (deps: InstanceDeps, plugin: string): StoredStateOptions => {
  const { store, clock, bot, name, sharedAs = SHARED_BY_ALL } = deps
  return { store, clock, owner: { bot: bot.id, plugin: name }, shared: { bot: sharedAs, plugin } }
}

/** A plugin at work for a bot, wherever that is. */
export interface Instance {
  /** What it was set up with, and can be set up with again. */
  readonly deps: InstanceDeps
  readonly bot: Bot
  readonly definition: PluginDefinition
  readonly config: unknown
  readonly commands: Commands
  /** What is the matter with it, beside its handlers, for people. */
  readonly trouble?: string | undefined
  /** Where its listeners are looked up, each path once; commands are by their words. */
  readonly listenerPaths: readonly Path[]
  /** Whether one of its listeners hears a message. */
  hears(reading: Reading): boolean
  /** Handles an event: throws, or rejects, when it fails. */
  handle(attempt: Attempt): unknown
  /** Undoes everything it set up. */
  dispose(): Promise<void>
}
