import type { ImEventName, MessageRecord } from '../../protocol/index.ts'
import { commandWord } from '../dispatch/command-word.ts'
import type { MessageName } from './listening.ts'

/*
 * By what is looked up who hears something: a listener stands under its name and each place it listens in, a command
 * under each of its words. Something that is told has few keys, however much is registered.
 */

/** Where a listener without a filter for it listens. */
export const ANYWHERE = '*'
/** The key of a plugin of which is not known what it hears: whatever is told is for it. */
export const EVERYTHING = '**'

export const listenerKey = (name: MessageName, place: string): string => `${name} ${place}`

export const eventKey = (name: ImEventName): string => `event ${name}`
export const isOfEvent = (key: string): boolean => key.startsWith('event ')

/** @param word  folded */
export const commandKey = (prefix: string, word: string): string => `command ${prefix} ${word}`

const PLACES = { group: 'group', chatroom: 'room', single: 'direct' } as const

/** A kind of place, or one of them. */
export const placeKey = (kind: 'group' | 'room' | 'direct', id?: string | number): string =>
  id === undefined ? kind : `${kind}:${id}`

/** The keys of all listeners that may hear a message. */
export function listenerKeysOf({ msg_type, target_type, target_id }: MessageRecord): readonly string[] {
  const kind = PLACES[target_type]
  const one = placeKey(kind, target_id)
  const typed = `message.${msg_type}`
  return [
    `message ${ANYWHERE}`,
    `${typed} ${ANYWHERE}`,
    `message ${kind}`,
    `${typed} ${kind}`,
    `message ${one}`,
    `${typed} ${one}`,
  ]
}

/** The key of a plugin that looks at what calls no command. */
export const prefixKey = (prefix: string): string => `prefix ${prefix}`

/** The keys of all commands that a message may call, and of what looks at those that are not there. */
export function commandKeysOf(
  record: MessageRecord,
  prefixes: Iterable<string>,
): { readonly commands: readonly string[]; readonly prefixes: readonly string[] } {
  const { text } = record.msg_body
  if (record.msg_type !== 'text' || typeof text !== 'string') return NONE
  const keys = { commands: [] as string[], prefixes: [] as string[] }
  for (const prefix of prefixes) {
    const word = commandWord(text, prefix)
    if (word === undefined) continue
    keys.commands.push(commandKey(prefix, word))
    keys.prefixes.push(prefixKey(prefix))
  }
  return keys
}

const NONE = { commands: [], prefixes: [] } as const
