import type { MessageBody, MessageRecord, MessageType, TargetType } from '../../protocol/index.ts'
import type { Bot } from '../bot/bot.ts'
import { isCard } from '../bot/card.ts'
import { type Filling, type SendOptions, textOf } from '../bot/send-options.ts'
import type { SentMessage } from '../bot/sent-message.ts'
import type { Target } from '../bot/target.ts'
import type { GroupTarget, RoomTarget, UserTarget } from '../bot/targets.ts'
import type { Answer, ReplyOptions } from './commands/answer.ts'
import { isNamed, mentionsAll, mentionsIn } from './hearing/mentions.ts'
import { extrasOf } from './hearing/reading.ts'
import type { Template } from './template.ts'

/** The body of a message of a type, as JMessage describes it; what comes is not held against that. */
export type BodyOf<Type extends string> = Type extends MessageType
  ? Readonly<MessageBody<Type>>
  : Readonly<Record<string, unknown>>

/** A chat message that a bot heard. One whose type is known, such as `Message<'image'>`, has the body of that type. */
export class Message<Type extends string = string> {
  readonly bot: Bot
  /** As JMessage handed it over. */
  readonly record: MessageRecord

  readonly #names: readonly string[] | undefined

  /** @param names  what the bot is called. Default: its username */
  constructor(bot: Bot, record: MessageRecord, names?: readonly string[]) {
    this.bot = bot
    this.record = record
    this.#names = names
  }

  /** JMessage's number for it. */
  get msgId(): number {
    return this.record.msgid
  }

  /** `text`, `image`, `voice`, `custom`, `file` and the like. */
  get type(): Type {
    return this.record.msg_type as Type
  }

  /** Whether it is of a type; its body is known then. */
  is<Known extends MessageType>(type: Known): this is Message<Known> {
    return this.record.msg_type === type
  }

  /** The text of a text message; empty for others. */
  get text(): string {
    const { text } = this.record.msg_body
    return this.record.msg_type === 'text' && typeof text === 'string' ? text : ''
  }

  get body(): BodyOf<Type> {
    return this.record.msg_body as BodyOf<Type>
  }

  /** Keys that travel with the message beside its body; of a custom message, which has no others, those of its body. */
  get extras(): Readonly<Record<string, unknown>> {
    return extrasOf(this.record)
  }

  /** Usernames that it mentions: on the list that JMessage's apps send, and as `@name` in the text, who may be nobody. */
  get mentions(): readonly string[] {
    return mentionsIn(this.record)
  }

  /** Whether it mentions the bot, by its username or nickname. One to all does not. */
  get isMentioned(): boolean {
    return isNamed(this.record, this.#names ?? [this.bot.username])
  }

  /** Whether it mentions all, as JMessage's apps let people do in groups. */
  get isToAll(): boolean {
    return mentionsAll(this.record)
  }

  /** When JMessage took it, epoch ms. */
  get sentAt(): number {
    return this.record.msg_ctime
  }

  /** Username of the sender. */
  get sender(): string {
    return this.record.from_id
  }

  /** The sender. */
  get user(): UserTarget {
    return this.bot.user(this.sender)
  }

  get targetType(): TargetType {
    return this.record.target_type
  }

  /** The group it was said in. */
  get group(): GroupTarget | undefined {
    return this.targetType === 'group' ? this.bot.group(this.record.target_id) : undefined
  }

  /** The chat room it was said in. */
  get room(): RoomTarget | undefined {
    return this.targetType === 'chatroom' ? this.bot.room(this.record.target_id) : undefined
  }

  /** Where an answer belongs: the group, the room, or the sender. */
  get chat(): Target {
    return this.group ?? this.room ?? this.user
  }

  /**
   * Answers where the message was said, with a text or a template that is filled in. `mention: true` mentions who said
   * it, but in a direct chat. {@link chat} sends anything else.
   */
  reply(text: string, options?: ReplyOptions): Promise<SentMessage>
  reply(template: Template, options: ReplyOptions & Filling): Promise<SentMessage>
  reply(text: string | Template, options?: ReplyOptions | (ReplyOptions & Filling)): Promise<SentMessage> {
    return this.chat.text(text as string, options && this.#sendOptions(options))
  }

  /** Answers as a command does: what is too long for one message is sent in several. */
  async answer(answer: Answer): Promise<void> {
    if (typeof answer === 'string') {
      await this.chat.texts(answer)
    } else if (isCard(answer)) {
      await this.chat.card(answer)
    } else {
      const { text, ...options } = answer
      await this.chat.texts(textOf(text, options), this.#sendOptions(options))
    }
  }

  #sendOptions(options: ReplyOptions): SendOptions {
    const { mention, ...rest } = options
    if (mention === undefined) return rest
    if (mention !== true) return { ...rest, mention }
    return this.targetType === 'single' ? rest : { ...rest, mention: [this.sender] }
  }

  /** Takes the message back from everybody who received it: within three minutes after it was sent. */
  async retract(): Promise<void> {
    const { target_type, target_id } = this.record
    await this.bot.retract({ sender: this.sender, msgId: this.msgId, lane: `${target_type}:${target_id}` })
  }
}
