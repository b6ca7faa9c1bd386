import { AppError } from '../../../base/errors.ts'
import { UserRef } from '../../../protocol/fields.ts'
import { Target } from '../../bot/target.ts'
import { UserTarget } from '../../bot/targets.ts'
import { Message } from '../message.ts'

/** A conversation, as entries name it: `group:10000001`, `chatroom:20000001`, `single:alice`. */
export type ConversationId = `${'group' | 'chatroom' | 'single'}:${string}`
/** Whose a value is: a username, who sent a message, or a user. */
export type StatePerson = string | Message | UserTarget
/** Where a value belongs: where a message was said, or a group, room or user. */
export type StateConversation = ConversationId | Message | Target

const CONVERSATION = /^(group|chatroom):\d{1,19}$/

/** @throws AppError `state.person` */
export function keyOfPerson(person: StatePerson): string {
  const name: unknown =
    person instanceof Message ? person.sender : person instanceof UserTarget ? person.username : person
  if (UserRef.safeParse(name).success) return name as string
  throw new AppError('a value per person needs a username, a message or a user', {
    code: 'state.person',
    hint: "Write get('alice'), get(message) or get(bot.user('alice')).",
  })
}

/** @throws AppError `state.conversation` */
export function keyOfConversation(conversation: StateConversation): string {
  const target = conversation instanceof Message ? conversation.chat : conversation
  if (target instanceof Target) return `${target.type}:${target.id}`
  if (typeof target === 'string') {
    if (CONVERSATION.test(target)) return target
    if (target.startsWith('single:') && UserRef.safeParse(target.slice('single:'.length)).success)
      return target
  }
  throw new AppError('a value per conversation needs a message, or a group, room or user', {
    code: 'state.conversation',
    hint: "Write get(message), get(bot.group(10000001)) or get('group:10000001').",
  })
}
