import { AppError } from '../../base/errors.ts'
import { UserRef } from '../../protocol/fields.ts'
import { type Language, SHIPPED_LANGUAGES } from '../texts/language.ts'
import { defineTexts } from '../texts/texts.ts'
import type { Mention } from './send-options.ts'

/** The key by which those who are mentioned travel with a message. */
export const MENTION = 'mention'

/** So many may be mentioned by one message. */
const MOST_NAMES = 100

export const mentionTexts = defineTexts({ en: { all: 'all' }, zh: { all: '所有人' } })

/** How all are called, in any language: a text that has one of these has it. */
const CALLED_ALL = SHIPPED_LANGUAGES.map(language => mentionTexts.in(language)('all'))

/**
 * Those that are mentioned, each once.
 *
 * @throws AppError `message.invalid`
 */
export function checkMention(mention: Mention): Mention {
  if (mention === 'all') return mention
  if (!Array.isArray(mention)) throw invalid("mention must be 'all' or a list of usernames")
  const names: readonly string[] = mention
  if (names.length === 0) throw invalid('mention names nobody')
  if (names.length > MOST_NAMES) throw invalid(`mention may name ${MOST_NAMES} users, not ${names.length}`)
  for (const [index, name] of names.entries())
    if (!UserRef.safeParse(name).success) throw invalid(`mention[${index}] must be a username`)
  return [...new Set(names)]
}

/** A text with the names of those that are mentioned in front, as far as it does not have them. */
export function withNames(text: string, mention: Mention, language: Language | undefined): string {
  const missing =
    mention === 'all'
      ? CALLED_ALL.some(name => has(text, name))
        ? []
        : [mentionTexts.in(language ?? 'en')('all')]
      : mention.filter(name => !has(text, name))
  return [...missing.map(name => `@${name}`), text].join(' ')
}

/** Characters that are part of names, so that `@ann` is not found in `@anna`, nor `@a` in `b@a`. */
const IN_NAMES = /[\w@-]/

function has(text: string, name: string): boolean {
  const sought = `@${name}`
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) {
    const before = text.charAt(at - 1)
    const after = text.slice(at + sought.length, at + sought.length + 2)
    // A full stop is part of a name only within it.
    const goesOn = IN_NAMES.test(after.charAt(0)) || /^\.\w/.test(after)
    if (!IN_NAMES.test(before) && !goesOn) return true
  }
  return false
}

const invalid = (what: string): AppError =>
  new AppError(`the message cannot be sent: ${what}`, {
    code: 'message.invalid',
    hint: "Write mention: ['alice'] or mention: 'all'.",
  })
