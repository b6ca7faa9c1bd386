import { type ImEventRecord, imEventNames, type MessageRecord } from '../../protocol/index.ts'
import type { Work } from '../../store/index.ts'
import type { ImEventData, Recipient, StoredEvent } from '../events/event.ts'
import type { Journal, NewEvent } from '../events/journal.ts'

export interface InboundOptions {
  readonly appKey: string
  readonly journal: Journal
  /** Finds who has to handle a message. */
  readonly route: (message: MessageRecord) => readonly Recipient[]
  /** Finds who waits for messages as answers, besides: a list for each; `undefined` when nobody does. */
  readonly waitingFor?: (
    messages: readonly Pick<StoredEvent<MessageRecord>, 'conversation' | 'data'>[],
    appKey: string,
  ) => Waiting | Promise<Waiting>
  /** Finds who has to handle an event of a group or user. */
  readonly routeEvent: (event: ImEventData) => readonly Recipient[]
  /** Whether one of the app's bots sent it. */
  readonly isOwn: (message: MessageRecord) => boolean
}

/**
 * Where chat messages of an app come in, whatever brings them: the same message is one event, whether a callback or the history
 * brought it, and how often. What bots of our own said is passed over, so that they never answer themselves.
 */
export class Inbound {
  readonly #options: InboundOptions

  constructor(options: InboundOptions) {
    this.#options = options
  }

  /** Resolves once all of it, and what `also` writes, is on disk. */
  async accept(
    messages: readonly MessageRecord[],
    { events = [], also }: { events?: readonly ImEventRecord[] | undefined; also?: Work<unknown> } = {},
  ): Promise<void> {
    const { journal, isOwn } = this.#options
    const heard = await this.#withWaiting(
      messages.filter(message => !isOwn(message)).map(message => this.#message(message)),
    )
    const happened = events.map(nameIt).filter(event => event !== undefined)
    const all = [...heard, ...happened.map(event => this.#event(event))]
    if (all.length > 0 || also) await journal.accept(all, also)
  }

  /** A message that somebody waits for is for them, too. */
  async #withWaiting(heard: NewMessage[]): Promise<NewEvent[]> {
    const { appKey, waitingFor } = this.#options
    const found = waitingFor?.(heard, appKey)
    const waiting = found instanceof Promise ? await found : found
    if (!waiting) return heard
    return heard.map((event, index) => {
      const { recipients } = event
      const isNew = (one: Recipient) =>
        !recipients.some(({ bot, plugin }) => bot === one.bot && plugin === one.plugin)
      return { ...event, recipients: [...recipients, ...waiting[index]!.filter(isNew)] }
    })
  }

  #message(message: MessageRecord): NewMessage {
    const { appKey, route } = this.#options
    return {
      type: `message.${message.msg_type}`,
      conversation: conversationOf(message),
      dedupe: `msg:${appKey}:${message.msgid}`,
      data: message,
      recipients: route(message),
    }
  }

  #event(event: ImEventData): NewEvent {
    const { appKey, routeEvent } = this.#options
    return {
      type: 'im',
      conversation: event.gid === undefined ? `im:${event.usernames?.[0] ?? ''}` : `group:${event.gid}`,
      dedupe: `im:${appKey}:${event.event_id}`,
      data: event,
      recipients: routeEvent(event),
    }
  }
}

type Waiting = readonly (readonly Recipient[])[] | undefined
type NewMessage = NewEvent & { readonly conversation: string; readonly data: MessageRecord }

/** Events of kinds that are not known here are passed over. */
function nameIt(event: ImEventRecord): ImEventData | undefined {
  const name = imEventNames[event.event_type as keyof typeof imEventNames]
  return name === undefined ? undefined : { name, ...event }
}

/** Messages of one group, of one room, or of one user to one other are a conversation. */
const conversationOf = ({ target_type, target_id, from_id }: MessageRecord): string =>
  target_type === 'single' ? `single:${from_id}>${target_id}` : `${target_type}:${target_id}`
