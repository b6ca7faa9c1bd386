import { type ImEventName, imEventNames, type MessageType, messageTypes } from '../../../protocol/index.ts'
import type { GroupTarget } from '../../bot/targets.ts'
import type { ImEventData } from '../../events/event.ts'
import type { DialogueContext } from '../dialogue/asking.ts'
import type { Message } from '../message.ts'
import type { HandlerContext } from '../told.ts'
import type { MessageFilter } from './message-filter.ts'

/** What a listener hears: every message, or those of one type. */
export type MessageName = 'message' | `message.${MessageType}`
/** What can be listened to: messages, and what happens to groups and users. */
export type ListenerName = MessageName | ImEventName

const messageNames: ReadonlySet<string> = new Set(['message', ...messageTypes.map(type => `message.${type}`)])
const eventNames: ReadonlySet<string> = new Set(Object.values(imEventNames))

export const isMessageName = (name: ListenerName): name is MessageName => messageNames.has(name)
export const isEventName = (name: ListenerName): name is ImEventName => eventNames.has(name)
/** All that can be listened to, for people. */
export const listenerNames = (): string => [...messageNames, ...eventNames].join(', ')

/** The message that a listener of a name is given. */
export type MessageOf<Name extends MessageName> = Name extends `message.${infer Type extends MessageType}`
  ? Message<Type>
  : Message

/** What may be filtered by: texts have words. */
export type FilterFor<Name extends MessageName> = Name extends 'message' | 'message.text'
  ? MessageFilter
  : Omit<MessageFilter, 'text' | 'keywords'>

/** Hears a message. Commands, and listeners added later, get it only when `next` is called. */
export type MessageListener<Name extends MessageName = 'message', Extra = unknown> = (
  message: MessageOf<Name>,
  next: () => Promise<void>,
  context: DialogueContext & Extra,
) => unknown

/** What a filter's regular expression found in the text. */
export interface Matched {
  readonly match: RegExpMatchArray
}

/** What is told of something that happened to a group or user. */
export interface ImEventContext extends HandlerContext {
  readonly data: ImEventData
  /** The group it happened to. */
  readonly group: GroupTarget | undefined
}

/** Hears what happens to groups and users. */
export type ImEventListener<Extra = unknown> = (context: ImEventContext & Extra) => unknown

/** Adds listeners. */
export interface Listening<Extra> {
  /** Listens to messages: a chain in the order of registration, with the commands at its end. */
  <Name extends MessageName>(name: Name, listener: MessageListener<Name, Extra>): void
  /** Listens to messages in which a regular expression finds something; what that is, is `match` of the context. */
  <Name extends 'message' | 'message.text'>(
    name: Name,
    filter: MessageFilter & { readonly text: RegExp },
    listener: MessageListener<Name, Extra & Matched>,
  ): void
  /** Listens to messages that pass a filter. The others go on to those behind, and cost nothing if nobody wants them. */
  <Name extends MessageName>(
    name: Name,
    filter: FilterFor<Name>,
    listener: MessageListener<Name, Extra>,
  ): void
  /**
   * Hears what happens to groups and users: who joins, leaves, is renamed, silenced and so on. Beadle's own server
   * brings it by callback; the cloud's callback brings messages only.
   */
  (name: ImEventName, listener: ImEventListener<Extra>): void
}
