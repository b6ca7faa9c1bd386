import type { Log } from '../../base/log.ts'
import type { Bot } from '../bot/bot.ts'
import type { GroupTarget, RoomTarget, UserTarget } from '../bot/targets.ts'
import type { Attempt } from '../dispatch/attempt.ts'
import type { StoredEvent } from '../events/event.ts'
import type { Language } from '../texts/language.ts'
import type { Texts } from '../texts/texts.ts'
import { type Translate, translate } from '../texts/translate.ts'
import type { Languages } from './language/languages.ts'
import type { Message } from './message.ts'
import type { MiddlewareContext } from './middleware/middleware.ts'
import type { HandlerContext } from './told.ts'

/** What the contexts of one attempt have in common. */
export interface ContextParts {
  /** As the attempt has it. */
  readonly bot: Bot
  readonly attempt: Attempt
  readonly job: HandlerContext['job']
  /** Of the plugin. */
  readonly log: Log
  /** Of an event that is one, with who said it where; `group` also of what happened to one. */
  readonly message?: Message | undefined
  readonly user?: UserTarget | undefined
  readonly group?: GroupTarget | undefined
  readonly room?: RoomTarget | undefined
  /** Of who caused it. */
  readonly language: Language
  readonly languages: Languages
  /** Of the plugin. */
  readonly texts: Texts
}

/** What the handler of one attempt is given. */
export class AttemptContext implements MiddlewareContext {
  readonly bot: Bot
  readonly event: StoredEvent
  readonly job: HandlerContext['job']
  readonly message: Message | undefined
  readonly user: UserTarget | undefined
  readonly group: GroupTarget | undefined
  readonly room: RoomTarget | undefined
  readonly #parts: ContextParts

  constructor(parts: ContextParts) {
    this.bot = parts.bot
    this.event = parts.attempt.delivery.event
    this.job = parts.job
    this.message = parts.message
    this.user = parts.user
    this.group = parts.group
    this.room = parts.room
    this.#parts = parts
  }

  get language(): Language {
    return this.#parts.language
  }

  /** Made when it is asked for: most handlers never do. */
  get signal(): AbortSignal {
    return this.#parts.attempt.signal
  }

  /** Made when it is asked for. */
  get log(): Log {
    return this.#parts.log.child({ event: this.event.id })
  }

  /** Made when it is asked for. */
  get languageOf(): HandlerContext['languageOf'] {
    const { languages } = this.#parts
    return async who => languages.of(who)
  }

  /** Says the plugin's texts. Made when it is asked for. */
  get t(): Translate {
    return translate(this.#parts.texts, this.language)
  }

  /** A context of the same attempt that has more: others do not see it. */
  with<More extends object>(more: More): this & More {
    return Object.assign(this.twin(), this, more) as this & More
  }

  /** Another one of its kind, of the same attempt. */
  protected twin(): AttemptContext {
    return new AttemptContext(this.#parts)
  }
}

/** A context with more in it, for one handler: those of others have nothing of it. */
export const extend = <Context extends HandlerContext, More extends object>(
  context: Context,
  more: More,
): Context & More => (context as Context & AttemptContext).with(more)
