import type { MessageRecord, TargetType } from '../../protocol/index.ts'
import type { Bot } from '../bot/bot.ts'
import type { SentMessage } from '../bot/sent-message.ts'
import type { Target } from '../bot/target.ts'
import type { GroupTarget, RoomTarget, UserTarget } from '../bot/targets.ts'

/** A chat message that a bot heard. */
export class Message {
  readonly bot: Bot
  /** As JMessage handed it over. */
  readonly record: MessageRecord

  constructor(bot: Bot, record: MessageRecord) {
    this.bot = bot
    this.record = record
  }

  /** JMessage's number for it. */
  get msgId(): number {
    return this.record.msgid
  }

  /** `text`, `image`, `voice`, `custom`, `file` and the like. */
  get type(): string {
    return this.record.msg_type
  }

  /** The text of a text message; empty for others. */
  get text(): string {
    const { text } = this.record.msg_body
    return this.type === 'text' && typeof text === 'string' ? text : ''
  }

  get body(): Readonly<Record<string, unknown>> {
    return this.record.msg_body
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

  /** Answers with a text where the message was said. */
  reply(text: string): Promise<SentMessage> {
    return this.chat.text(text)
  }

  /** Takes the message back from everybody who received it: within three minutes after it was sent. */
  async retract(): Promise<void> {
    const { target_type, target_id } = this.record
    await this.bot.retract({ sender: this.sender, msgId: this.msgId, lane: `${target_type}:${target_id}` })
  }
}
