import type { MessageRecord } from '../../../protocol/index.ts'
import { folded } from '../commands/pattern/command-word.ts'

/** A name after an at sign, which is no part of an address of mail. */
const AT_NAME = /(?<![A-Za-z0-9_.-])@([A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)/g
/** What cannot stand right before the sign, or right after a name that ends with one of the first. */
const OF_NAMES = /[a-z0-9_.-]/
const NAME_END = /[a-z0-9_]$/
/** A name goes on here: a dot ends a sentence unless a letter follows. */
const GOES_ON = /^(?:[a-z0-9_-]|\.[a-z0-9_])/

/** What a bot of Beadle writes into the extras of what it says. */
const beadleList = ({ msg_body: { extras } }: MessageRecord): unknown =>
  typeof extras === 'object' && extras !== null ? (extras as { mention?: unknown }).mention : undefined

/** The usernames on a message's list: `at_list`, as JMessage's SDKs send it, or that of a bot. */
function listed(record: MessageRecord): string[] {
  const list = record.at_list ?? beadleList(record)
  if (!Array.isArray(list)) return []
  return list.flatMap(entry => {
    const name =
      typeof entry === 'object' && entry !== null ? (entry as { username?: unknown }).username : entry
    return typeof name === 'string' ? [name] : []
  })
}

const textOf = ({ msg_type, msg_body: { text } }: MessageRecord): string =>
  msg_type === 'text' && typeof text === 'string' ? text : ''

/** Whom a message names: those on its list, and each `@name` in its text, who may be nobody. */
export function mentionsIn(record: MessageRecord): string[] {
  const text = textOf(record)
  const named = /[@＠]/.test(text)
    ? Array.from(text.normalize('NFKC').matchAll(AT_NAME), ([, name]) => name!)
    : []
  return [...new Set([...listed(record), ...named])]
}

/** Whether a message is to all: JMessage's apps write that as a list that is empty. */
export const mentionsAll = (record: MessageRecord): boolean =>
  record.at_list === undefined
    ? beadleList(record) === 'all'
    : Array.isArray(record.at_list) && record.at_list.length === 0

/** Whether a message names someone: on its list, or as `@name` in its text. */
export function isNamed(record: MessageRecord, names: readonly string[]): boolean {
  if (listed(record).some(name => names.includes(name))) return true
  const text = textOf(record)
  if (!/[@＠]/.test(text)) return false
  const plain = folded(text)
  return names.some(name => isAt(plain, folded(name)))
}

function isAt(text: string, name: string): boolean {
  for (let at = text.indexOf(`@${name}`); at >= 0; at = text.indexOf(`@${name}`, at + 1)) {
    const rest = text.slice(at + 1 + name.length, at + 3 + name.length)
    const isWhole = !NAME_END.test(name) || !GOES_ON.test(rest)
    if (isWhole && !OF_NAMES.test(text[at - 1] ?? ' ')) return true
  }
  return false
}
