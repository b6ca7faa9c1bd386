import type { MessageRecord } from '../../protocol/index.ts'
import type { Work } from '../../store/index.ts'
import type { Recipient } from '../events/event.ts'
import type { Journal } from '../events/journal.ts'

export interface InboundOptions {
  readonly appKey: string
  readonly journal: Journal
  /** Finds who has to handle a message. */
  readonly route: (message: MessageRecord) => readonly Recipient[]
  /** Whether one of our own bots sent it. */
  readonly isOwn: (message: MessageRecord) => boolean
}

/**
 * Where chat messages come in, whatever brings them: the same message is one event, whether a callback or the history
 * brought it, and how often. What bots of our own said is passed over, so that they never answer themselves.
 */
export class Inbound {
  readonly #options: InboundOptions

  constructor(options: InboundOptions) {
    this.#options = options
  }

  /** Resolves once the messages, and what `also` writes, are on disk. */
  async accept(messages: readonly MessageRecord[], also?: Work<unknown>): Promise<void> {
    const { appKey, journal, route, isOwn } = this.#options
    const events = messages
      .filter(message => !isOwn(message))
      .map(message => ({
        type: `message.${message.msg_type}`,
        conversation: conversationOf(message),
        dedupe: `msg:${appKey}:${message.msgid}`,
        data: message,
        recipients: route(message),
      }))
    if (events.length > 0 || also) await journal.accept(events, also)
  }
}

/** Messages of one group, of one room, or of one user to one other are a conversation. */
const conversationOf = ({ target_type, target_id, from_id }: MessageRecord): string =>
  target_type === 'single' ? `single:${from_id}>${target_id}` : `${target_type}:${target_id}`
