import { types } from 'node:util'
import { z } from 'zod'
import { AppError } from '../../../base/errors.ts'
import { UserRef } from '../../../protocol/fields.ts'
import { describeIssue, MSG_BODY_BYTES } from '../../../protocol/index.ts'
import { folded } from '../commands/pattern/command-word.ts'
import type { FilterFor, MessageName } from './listening.ts'

/** So many words may be looked for, of so many letters each. */
export const MOST_KEYWORDS = 1000
const LONGEST_KEYWORD = 200
/** So many groups, rooms or usernames may be named. */
const MOST_NAMED = 1000
const MOST_EXTRAS = 20

/** What a listener hears of the messages that its name stands for: all that is said here has to be so. */
export interface MessageFilter {
  /** Where it was said: a kind of place, or some of them by their numbers. `direct`: to the bot itself. */
  readonly in?:
    | 'group'
    | 'room'
    | 'direct'
    | { readonly groups?: readonly (number | string)[]; readonly rooms?: readonly (number | string)[] }
  /** Who said it: one of these, or somebody with a role in the bot's file. */
  readonly from?: string | readonly string[] | { readonly role: string }
  /**
   * The whole text, but for letter case, full width and white space around it; or what is found in it. What a regular
   * expression found is `match` of the listener's context.
   */
  readonly text?: string | RegExp
  /** Any of these is in the text, as a part of other words, too; letter case and full width do not matter. At most 1000. */
  readonly keywords?: readonly string[]
  /** The bot, or somebody, is mentioned: on the list that JMessage's apps send, or as `@name` in the text. */
  readonly mention?: true | string
  /** What is in its extras, or in a custom message: a value, or `true` for any. */
  readonly extras?: Readonly<Record<string, unknown>>
}

const Ids = z
  .array(z.union([z.int().positive(), z.string().min(1).max(128)], 'must be a number'))
  .max(MOST_NAMED, `must be at most ${MOST_NAMED} numbers`)
const Place = z
  .strictObject({ groups: Ids.optional(), rooms: Ids.optional() })
  .refine(({ groups, rooms }) => groups ?? rooms, 'must name groups or rooms')
const Keyword = z
  .string('must be a word')
  .refine(word => folded(word).trim() !== '', 'must be a word')
  .refine(word => folded(word).length <= LONGEST_KEYWORD, `must be at most ${LONGEST_KEYWORD} letters`)

const Filter = z.strictObject({
  in: z
    .union(
      [z.enum(['group', 'room', 'direct']), Place],
      "must be 'group', 'room', 'direct', { groups: [..] } or { rooms: [..] }",
    )
    .optional(),
  from: z
    .union(
      [UserRef, z.array(UserRef).max(MOST_NAMED), z.strictObject({ role: z.string().min(1).max(128) })],
      `must be a username, at most ${MOST_NAMED} of them, or { role }`,
    )
    .optional(),
  text: z
    .union(
      [z.string().min(1).max(MSG_BODY_BYTES), z.custom<RegExp>(value => types.isRegExp(value))],
      'must be a text or a regular expression',
    )
    .optional(),
  keywords: z
    .array(Keyword, 'must be a list of words')
    .max(MOST_KEYWORDS, `must be at most ${MOST_KEYWORDS} words`)
    .optional(),
  mention: z.union([z.literal(true), UserRef], 'must be true or a username').optional(),
  extras: z
    .record(z.string().min(1).max(250), z.json('must be something that JSON holds'))
    .refine(extras => Object.keys(extras).length <= MOST_EXTRAS, `must have at most ${MOST_EXTRAS} keys`)
    .optional(),
})

/**
 * A filter, found to be right, and a copy that nobody changes.
 *
 * @throws AppError `listener.filter` that names the field
 */
export function readFilter<Name extends MessageName>(name: Name, filter: FilterFor<Name>): MessageFilter {
  const wrong = (problem: string) =>
    new AppError(`the filter of a listener to ${name} is wrong: ${problem}`, { code: 'listener.filter' })
  const read = Filter.safeParse(filter)
  if (!read.success) throw wrong(describeIssue(read.error, 'filter'))
  const { text, keywords } = read.data
  if ((text ?? keywords) !== undefined && name !== 'message' && name !== 'message.text')
    throw wrong(`${text === undefined ? 'keywords' : 'text'} is in messages of text only`)
  return read.data as MessageFilter
}
