import type { ImEventName, MessageRecord } from '../../../protocol/index.ts'
import { commandWord } from '../commands/pattern/command-word.ts'
import type { CompiledFilter } from './compile-filter.ts'
import type { MessageName } from './listening.ts'
import type { Lookup, Path } from './lookup.ts'

/*
 * Where plugins stand in the lookup of who hears what: a listener at `listener`, the type of messages, the kind of place
 * and its id, as far as it says so; a command at `command`, its prefix and each of its words; what hears events at
 * `event` and the name. A plugin that stands at the prefix alone is told of calls of which nobody knows the word. Of those
 * at the beginning it is not known what they hear: all is for them.
 */

/** The paths of listeners to messages, each once. */
export function listenerPaths(
  all: Iterable<{ readonly name: MessageName; readonly compiled: CompiledFilter | undefined }>,
): Path[] {
  const paths = new Map<string, Path>()
  for (const { name, compiled } of all) {
    const type = name === 'message' ? (compiled?.isOfText ? 'text' : ANY) : name.slice('message.'.length)
    for (const place of compiled?.places ?? ANYWHERE) {
      const path = ['listener', type, ...place]
      paths.set(path.join(' '), path)
    }
  }
  return [...paths.values()]
}

export const ANYWHERE: readonly Path[] = [[]]
/** Messages of any type. */
const ANY = '*'

export const eventPath = (name: ImEventName): Path => ['event', name]
export const isOfEvent = ([first]: Path): boolean => first === 'event'

/** @param word  folded */
export const commandPath = (prefix: string, word: string): Path => ['command', prefix, word]

/** What kinds of places are called. */
const PLACES = { group: 'group', chatroom: 'room', single: 'direct' } as const

export const prefixPath = (prefix: string): Path => ['command', prefix]

/** What becomes of those who may hear a message. Some are told twice. */
export interface Told<T> {
  /** It is for them. */
  readonly sure: (one: T) => void
  /** It is for them if it passes their filters. */
  readonly asked: (one: T) => void
  /** They have a command of that word. */
  readonly called: (one: T) => void
  /** They look at calls of which nobody knows the word. */
  readonly uncalled: (one: T) => void
}

/** Finds who may hear a message. */
export function hearers<T>(
  lookup: Lookup<T>,
  record: MessageRecord,
  { sure, asked, called, uncalled }: Told<T>,
): void {
  lookup.all.forEach(sure)
  const commands = lookup.at('command')
  const { text } = record.msg_body
  if (commands && record.msg_type === 'text' && typeof text === 'string') {
    for (const [prefix, words] of commands.next) {
      const word = commandWord(text, prefix)
      if (word === undefined) continue
      words.at(word)?.all.forEach(called)
      words.all.forEach(uncalled)
    }
  }
  const listeners = lookup.at('listener')
  if (!listeners) return
  atPlaces(listeners.at(ANY), record, asked)
  atPlaces(listeners.at(record.msg_type), record, asked)
}

function atPlaces<T>(
  listeners: Lookup<T> | undefined,
  { target_type, target_id }: MessageRecord,
  asked: (one: T) => void,
): void {
  if (!listeners) return
  listeners.all.forEach(asked)
  const ofKind = listeners.at(PLACES[target_type])
  if (!ofKind) return
  ofKind.all.forEach(asked)
  ofKind.at(target_id)?.all.forEach(asked)
}
