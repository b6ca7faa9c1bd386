import type { MessageType, TargetType } from '../../protocol/index.ts'
import { act, type BotContext, nextKey } from './context.ts'
import type { MediaSource } from './media/index.ts'
import { checkMessage, messageOf } from './message-of.ts'
import { madeOutcome } from './outbox-entry.ts'
import { SentMessage } from './sent-message.ts'

export interface SendOptions {
  /** Sender's name as shown, in place of the bot's nickname. */
  readonly fromName?: string
  /** Keys of one's own that travel with the message. Not for custom messages. */
  readonly extras?: Readonly<Record<string, unknown>>
  /** Title and text of the notification on the phone. */
  readonly notification?: { readonly title?: string; readonly alert?: string }
  /** Do not keep the message for receivers that are offline. */
  readonly noOffline?: boolean
  /** Do not show it in the notification bar. */
  readonly noNotification?: boolean
}

const PLAIN: SendOptions = Object.freeze({})

/** A text of so many letters is within every bound, however JSON writes it. */
const SHORT_TEXT = 600

/** A username at its longest. */
const LONGEST_ID = 128

const isShortText = (text: unknown): boolean =>
  typeof text === 'string' && text.length > 0 && text.length <= SHORT_TEXT

/** Someone or somewhere a bot can send to. */
export abstract class Target {
  protected readonly context: BotContext
  readonly type: TargetType
  /** Username, gid or room id. */
  readonly id: string

  constructor(context: BotContext, type: TargetType, id: string) {
    this.context = context
    this.type = type
    this.id = id
  }

  /** Sends a text of at most 4096 bytes, its JSON and the marker that every message carries counted. */
  text(text: string, options?: SendOptions): Promise<SentMessage> {
    return this.#send('text', { text }, options)
  }

  /** Sends a picture (jpg, png, gif, bmp; 8 MiB): a path, URL, Buffer or stream. It is uploaded once. */
  async image(source: MediaSource, options?: SendOptions): Promise<SentMessage> {
    const send = this.#prepare('image', options)
    return send(() => this.context.media.image(source, this.context.attempt?.signal))
  }

  /** Sends a voice clip (8 MiB). Its length is read from it; give `duration` (seconds) where that is not possible. */
  async voice(
    source: MediaSource,
    options?: SendOptions & { readonly duration?: number },
  ): Promise<SentMessage> {
    const send = this.#prepare('voice', options)
    return send(() => this.context.media.voice(source, options?.duration, this.context.attempt?.signal))
  }

  /** Sends a file (8 MiB). */
  async file(source: MediaSource, options?: SendOptions): Promise<SentMessage> {
    const send = this.#prepare('file', options)
    return send(() => this.context.media.file(source, this.context.attempt?.signal))
  }

  /** Sends a JSON object of one's own. */
  custom(body: Readonly<Record<string, unknown>>, options?: SendOptions): Promise<SentMessage> {
    return this.#send('custom', { ...body }, options)
  }

  #send(type: MessageType, body: Record<string, unknown>, options?: SendOptions): Promise<SentMessage> {
    return this.#prepare(type, options)(() => body)
  }

  /** Takes the message's place in the order of the handler at once, though its body may take a while. */
  #prepare(
    type: MessageType,
    options: SendOptions = PLAIN,
  ): (load: () => object | Promise<object>) => Promise<SentMessage> {
    const { context } = this
    const lane = `${this.type}:${this.id}`
    const key = nextKey(context, 'messages.send', lane)
    return async load => {
      // An earlier attempt sent it: what it was made of may be gone.
      const made = context.attempt?.made(key)
      if (made) return new SentMessage(context, lane, madeOutcome(made), made.at)
      const loaded = load()
      // Without a pause, where there is nothing to wait for: later calls are not to come before it.
      const body: Record<string, unknown> = { ...(loaded instanceof Promise ? await loaded : loaded) }
      const message = messageOf(context.username, this, type, body, options)
      // Most are short texts to somebody who was named: nothing to look for there.
      const isPlain = type === 'text' && options === PLAIN && isShortText(body.text)
      if (!isPlain || this.id === '' || this.id.length > LONGEST_ID) checkMessage(message, key)
      const outcome = await act(context, 'messages.send', { body: message }, { lane, key, ofAttempt: true })
      return new SentMessage(context, lane, outcome, outcome.at ?? context.clock.now())
    }
  }
}
