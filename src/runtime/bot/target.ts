import type { MessageType, TargetType } from '../../protocol/index.ts'
import type { Template } from '../plugin/template.ts'
import type { Card, CardContent } from './card.ts'
import { cardMessage } from './content.ts'
import type { BotContext } from './context.ts'
import type { MediaSource } from './media/index.ts'
import { Outgoing } from './outgoing.ts'
import { partsOf } from './parts.ts'
import { type Filling, PLAIN, type SendOptions, textOf } from './send-options.ts'
import { SentMessage } from './sent-message.ts'
import { SentMessages } from './sent-messages.ts'

export type { SendOptions } from './send-options.ts'

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

  /**
   * Sends a text of at most 4096 bytes, its JSON and the marker that every message carries counted; or a template,
   * filled in. {@link texts} sends longer ones.
   */
  text(text: string, options?: SendOptions): Promise<SentMessage>
  text(template: Template, options: SendOptions & Filling): Promise<SentMessage>
  text(
    text: string | Template,
    options: SendOptions | (SendOptions & Filling) = PLAIN,
  ): Promise<SentMessage> {
    if (typeof text === 'string') return this.#send('text', { text }, options)
    return this.#filledIn(text, options)
  }

  /**
   * Sends a text of any length, in as many messages as it takes, 20 at most: in their order, and split between
   * paragraphs, lines, sentences or words, in this order of preference. Who is mentioned is so in the first.
   *
   * @throws AppError `message.invalid` before anything is sent, when there would be more
   */
  async texts(text: string, options?: SendOptions): Promise<SentMessages> {
    const { languages } = this.context
    const language = options?.mention === 'all' ? languages?.ofTarget(this) : undefined
    // What has to be looked up first is not waited for, as the message would lose its place.
    const parts = partsOf(text, options, typeof language === 'string' ? language : languages?.usual)
    // Each has its place at once, whatever else the handler sends meanwhile.
    const places = parts.map(part => this.#prepare('text', part.options))
    const sent: SentMessage[] = []
    for (const [index, send] of places.entries()) sent.push(await send(() => ({ text: parts[index]!.text })))
    return new SentMessages(sent)
  }

  /** Sends a card, as a custom message. Its `fallback` is what the notification says. */
  async card(card: CardContent | Card, options?: SendOptions): Promise<SentMessage> {
    const { body, options: all } = cardMessage(card, options)
    return this.#send('custom', body, all)
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

  async #filledIn(template: Template, options: SendOptions): Promise<SentMessage> {
    const send = this.#prepare('text', options)
    return send(() => ({ text: textOf(template, options) }))
  }

  #send(type: MessageType, body: Record<string, unknown>, options?: SendOptions): Promise<SentMessage> {
    return this.#prepare(type, options)(() => body)
  }

  /** Takes the message's place in the order of the handler at once, though its body may take a while. */
  #prepare(
    type: MessageType,
    options?: SendOptions,
  ): (load: () => object | Promise<object>) => Promise<SentMessage> {
    const { context } = this
    const outgoing = new Outgoing(context, this, type, options)
    return async load => SentMessage.of(context, outgoing.lane, await outgoing.load(load))
  }
}
