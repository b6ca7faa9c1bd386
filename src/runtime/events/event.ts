import type { Link } from '../../base/chain.ts'
import type { EndpointId, ImEventName, ImEventRecord } from '../../protocol/index.ts'
import type { Change } from '../../store/index.ts'
import type { Resumption } from '../plugin/dialogue/dialogue.ts'

/** Something that happened, as it is written down. */
export interface StoredEvent<T = unknown> {
  /** Sorts by the time of acceptance. */
  readonly id: string
  /** `message.text` and the like, `im`, `webhook`, `cron` or `job`. */
  readonly type: string
  /** Events of one conversation are handled in their order. */
  readonly conversation: string
  readonly data: T
  /** When it was accepted, epoch ms. */
  readonly createdAt: number
}

/** What happened to a group, its members, or a user. */
export interface ImEventData extends ImEventRecord {
  readonly name: ImEventName
}

/** What a webhook brings: the body as it came, found to be right. */
export interface WebhookData {
  readonly name: string
  readonly body: unknown
  /** The body is bytes, and stands here in base64. */
  readonly encoding?: 'base64'
  /** Headers that the webhook wants kept, by their names in lower case; those that the call had. */
  readonly headers?: Readonly<Record<string, string>>
  /** As {@link headers}: parameters of the query. */
  readonly query?: Readonly<Record<string, string>>
}

/** What a schedule brings. */
export interface CronData {
  readonly name: string
  /** The moment it was due, epoch ms. */
  readonly scheduledAt: number
}

/** What a job brings. */
export interface JobData {
  readonly name: string
  /** The moment it was due, epoch ms. */
  readonly dueAt: number
  readonly data: unknown
}

/** A plugin of a bot that handles an event. */
export interface Recipient {
  readonly bot: string
  readonly plugin: string
}

/** An event on its way to one plugin of one bot. */
export interface Delivery extends Recipient {
  readonly event: StoredEvent
  /** How often it failed so far. */
  attempts: number
  /** An attempt at it failed before. */
  again: boolean
  /** An earlier process accepted it, and may have begun to handle it. */
  readonly recovered: boolean
  /** Which part of all conversations that of the event is in. */
  readonly partition: number
  /** What was called at once in handling it. */
  readonly calls: MadeCall[]
  /** What is written in one commit with it that it was handled. */
  also?: readonly Change[] | undefined
  /** The dialogue that is taken up again by it. */
  dialogue?: Resumption | undefined
  /** Its place among those with calls that are not on disk yet. */
  unwritten?: Link<Delivery> | undefined
}

/** A delivery as it is held until it ended. */
export interface HeldDelivery extends Delivery {
  /** How large the event's data is: chars of its JSON. */
  readonly size: number
}

/** A call of the API that was made. */
export interface MadeCall {
  /** The same call of a handler that runs again has the same key. */
  readonly key: string
  /** Sorts by when the calls were asked for. */
  readonly seq: string
  readonly endpoint: EndpointId
  readonly lane: string
  readonly args: Readonly<Record<string, unknown>>
  /** The endpoint's answer. */
  readonly result: unknown
  /** When it was answered, epoch ms. */
  readonly at: number
  /** It was not made: its bot is in the shadow, and the answer is made up. */
  readonly shadow?: true
}
