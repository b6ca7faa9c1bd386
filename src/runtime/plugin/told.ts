import type { Log } from '../../base/log.ts'
import type { Bot } from '../bot/bot.ts'
import type { StoredEvent } from '../events/event.ts'
import type { Language } from '../texts/language.ts'
import type { AskForJob } from './jobs/defined-job.ts'
import type { Addressee } from './language/languages.ts'

/** What every handler is told. */
export interface HandlerContext {
  /**
   * The bot. What it is asked to do here it does once, also when the handler runs again because it failed or the
   * process died: so use this one in handlers, and no other.
   */
  readonly bot: Bot
  /** As `job` of the plugin's context; the same job is not made twice when the handler runs again. */
  readonly job: AskForJob
  readonly event: StoredEvent
  /** The log of the plugin, with the event's id in each line. */
  readonly log: Log
  /**
   * In which who caused this is to be talked with; of what nobody caused, that of the bot. `t` of a plugin with
   * `texts` speaks it.
   */
  readonly language: Language
  /** In which a user, a group or a chat room is to be talked with. */
  readonly languageOf: (who: Addressee) => Promise<Language>
  /** Aborted when the time of the handler is up. */
  readonly signal: AbortSignal
}
