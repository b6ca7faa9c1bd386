import type { MessageType, TargetType } from '../../protocol/index.ts'
import type { Language } from '../texts/language.ts'
import { act, type BotContext, nextKey } from './context.ts'
import { expiryMs, noteExpiry } from './expire.ts'
import { checkMessage, messageOf } from './message-of.ts'
import { madeOutcome, type Outcome } from './outbox-entry.ts'
import { PLAIN, type SendOptions } from './send-options.ts'

/** A text of so many letters is within every bound, however JSON writes it. */
const SHORT_TEXT = 600

/** A username at its longest. */
const LONGEST_ID = 128

const isShortText = (text: unknown): boolean =>
  typeof text === 'string' && text.length > 0 && text.length <= SHORT_TEXT

/** The lane of what is said to somebody or somewhere. */
export const laneOf = ({ type, id }: { readonly type: TargetType; readonly id: string }): string =>
  `${type}:${id}`

/** A message that is about to be sent: it has its place in the order of the handler, though its body may take a while. */
export class Outgoing {
  readonly lane: string
  readonly #context: BotContext
  readonly #to: { readonly type: TargetType; readonly id: string }
  readonly #type: MessageType
  readonly #options: SendOptions
  readonly #key: string

  constructor(
    context: BotContext,
    to: { readonly type: TargetType; readonly id: string },
    type: MessageType,
    options: SendOptions = PLAIN,
  ) {
    this.#context = context
    this.#to = to
    this.#type = type
    this.#options = options
    this.lane = laneOf(to)
    this.#key = nextKey(context, 'messages.send', this.lane)
  }

  /**
   * The message with its body, found to be right.
   *
   * @param language  of who gets it. Default: that of the bot
   * @throws AppError `message.invalid`, `duration.invalid`
   */
  made(body: Record<string, unknown>, language?: Language): Record<string, unknown> {
    const { username, languages } = this.#context
    const { id } = this.#to
    const message = messageOf(
      username,
      this.#to,
      this.#type,
      body,
      this.#options,
      language ?? languages?.usual,
    )
    // Most are short texts to somebody who was named: nothing to look for there.
    const isPlain = this.#type === 'text' && this.#options === PLAIN && isShortText(body.text)
    if (!isPlain || id === '' || id.length > LONGEST_ID) checkMessage(message, this.#key)
    if (this.#options.retractAfter !== undefined) expiryMs(this.#options.retractAfter)
    return message
  }

  /** Sends the message with the body that `load` gives. One that an earlier attempt sent is not loaded: it may be gone. */
  load(load: () => object | Promise<object>): Promise<Outcome> | Outcome {
    const earlier = this.#context.attempt?.made(this.#key)
    if (earlier) return madeOutcome(earlier)
    const loaded = load()
    // Without a pause, where there is nothing to wait for: later calls are not to come before it.
    const language = this.language()
    if (!(loaded instanceof Promise || language instanceof Promise))
      return this.send(this.made({ ...loaded }, language))
    return Promise.all([loaded, language]).then(([body, known]) => this.send(this.made({ ...body }, known)))
  }

  /** In which all are called that are mentioned; `undefined` where nobody is called by a word. */
  language(): Language | undefined | Promise<Language> {
    const isNeeded = this.#type === 'text' && this.#options.mention === 'all'
    return isNeeded ? this.#context.languages?.ofTarget(this.#to) : undefined
  }

  /** @param message  as {@link made} made it */
  async send(message: Record<string, unknown>): Promise<Outcome> {
    const { retractAfter } = this.#options
    const [context, lane, key] = [this.#context, this.lane, this.#key]
    if (retractAfter === undefined)
      return act(context, 'messages.send', { body: message }, { lane, key, ofAttempt: true })
    await noteExpiry(context, { call: key, afterMs: expiryMs(retractAfter) })
    return act(context, 'messages.send', { body: message }, { lane, key, ofAttempt: true, hasRow: true })
  }
}
