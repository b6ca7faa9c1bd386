import { MSG_BODY_BYTES } from '../../protocol/index.ts'
import type { Language } from '../texts/language.ts'
import { mark } from './marker.ts'
import { checkMention, withNames } from './mention.ts'
import { bytesOf } from './message-of.ts'
import { PLAIN, type SendOptions } from './send-options.ts'
import { splitText } from './split-text.ts'

/** Longer than the marker that every message carries, as what tells beforehand whether a text fits counts it. */
const SAMPLE_MARKER = '0'.repeat(26)

/** A text of so many letters fits, however JSON writes it. */
const SURE_CHARS = 600

/** Whether a text is one message. */
export const isOneMessage = (text: string, { extras }: SendOptions): boolean =>
  (text.length <= SURE_CHARS && !extras) ||
  bytesOf(mark('text', { text, ...(extras ? { extras } : {}) }, SAMPLE_MARKER.slice(4))) <= MSG_BODY_BYTES

/** A message that a long text is sent in. */
export interface Part {
  readonly text: string
  readonly options: SendOptions
}

/**
 * The messages that a text is sent in: one, if it fits. Who is mentioned is so in the first.
 *
 * @throws AppError `message.invalid` when there would be too many
 */
export function partsOf(text: string, options: SendOptions = PLAIN, language?: Language): Part[] {
  const { mention: asked, ...rest } = options
  // What is no text is refused as any message is.
  if (typeof text !== 'string' || text.trim() === '') return [{ text, options }]
  const mention = asked === undefined ? undefined : checkMention(asked)
  const named = mention === undefined ? text : withNames(text, mention, language)
  const first = mention === undefined ? options : { ...rest, extras: { ...rest.extras, mention } }
  // The text has the names by then, so that none are put in front.
  if (isOneMessage(named, first)) return [{ text, options }]
  const extras = first.extras ? { extras: first.extras } : {}
  const room = MSG_BODY_BYTES - bytesOf(mark('text', { text: '', ...extras }, SAMPLE_MARKER))
  return splitText(named, room).map((part, index) => ({
    text: part,
    options: index === 0 ? first : mention === undefined ? options : rest,
  }))
}
