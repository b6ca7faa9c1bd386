import { z } from 'zod'
import { AppError } from '../../base/errors.ts'
import { describeIssue, MSG_BODY_BYTES } from '../../protocol/index.ts'
import { mark } from './marker.ts'
import { bytesOf } from './message-of.ts'

/** What a custom message says of itself that holds a card. */
const KIND = 'card'
const VERSION = 1

const MOST_FIELDS = 20
const MOST_BUTTONS = 10
/** So much of the text stands in the notification, where the card has no `fallback`. */
const ALERT_CHARS = 100
/** As long as the marker that every message carries. */
const SAMPLE_MARKER = '0'.repeat(22)

const text = (most: number) =>
  z
    .string('must be a text')
    .refine(value => value.trim() !== '', 'must not be empty')
    .refine(value => value.length <= most, `must be at most ${most} characters`)

const Url = z
  .string('must be a URL')
  .max(1000, 'must be at most 1000 characters')
  .refine(value => /^https?:/i.test(value) && URL.canParse(value), 'must be a URL with http or https')

const Button = z.union(
  [z.strictObject({ text: text(40), url: Url }), z.strictObject({ text: text(40), command: text(500) })],
  'must have a text of at most 40 characters, and either a url (http or https) or a command',
)

const Content = z.strictObject({
  title: text(200),
  text: text(2000).optional(),
  image: Url.optional(),
  fields: z
    .array(z.strictObject({ name: text(100), value: text(500) }), 'must be a list')
    .max(MOST_FIELDS, `must be at most ${MOST_FIELDS}`)
    .optional(),
  buttons: z.array(Button, 'must be a list').max(MOST_BUTTONS, `must be at most ${MOST_BUTTONS}`).optional(),
  fallback: text(500).optional(),
})

/** A button of a card: it opens a URL, or says a command in the name of who presses it. */
export type CardButton =
  | { readonly text: string; readonly url: string }
  | { readonly text: string; readonly command: string }

/** What stands on a card. */
export interface CardContent {
  readonly title: string
  readonly text?: string
  /** URL of a picture. */
  readonly image?: string
  readonly fields?: readonly { readonly name: string; readonly value: string }[]
  readonly buttons?: readonly CardButton[]
  /** What the notification says, for clients that do not know cards. Default: the title and the beginning of the text. */
  readonly fallback?: string
}

/** A card: the body of a custom message. */
export interface Card extends CardContent {
  readonly kind: typeof KIND
  readonly version: typeof VERSION
}

/**
 * Makes a card: `chat.card(card)` sends it, and a command may answer with it. Clients have to know cards to show them.
 *
 * @throws AppError `card.invalid` that names the field
 */
export function card(content: CardContent | Card): Card {
  const { kind: _, version: __, ...given } = { ...(content as Partial<Card>) }
  const checked = Content.safeParse(given)
  if (!checked.success) throw invalid(describeIssue(checked.error, 'card'))
  // Checked, and as it was given otherwise.
  const made = { kind: KIND, version: VERSION, ...(checked.data as CardContent) } as const
  const excess = bytesOf(mark('custom', { ...made }, SAMPLE_MARKER)) - MSG_BODY_BYTES
  if (excess > 0) throw tooLarge(made, excess)
  return Object.freeze(made)
}

export const isCard = (value: unknown): value is Card =>
  typeof value === 'object' && value !== null && (value as Partial<Card>).kind === KIND

/** What the notification of a card says. */
export function alertOf({ title, text = '', fallback }: Card): string {
  if (fallback !== undefined) return fallback
  const [first = ''] = text.trim().split('\n')
  const characters = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(first)]
  const beginning = characters.slice(0, ALERT_CHARS).map(({ segment }) => segment)
  const more = characters.length > ALERT_CHARS ? '…' : ''
  return first === '' ? title : `${title}: ${beginning.join('')}${more}`
}

function tooLarge(card: Card, excess: number): AppError {
  const { kind: _, version: __, ...fields } = card
  const sizes = Object.entries(fields).map(([name, value]) => [name, bytesOf(value)] as const)
  const [[largest, bytes]] = sizes.sort((a, b) => b[1] - a[1]) as [readonly [string, number]]
  return invalid(
    `it is ${excess} byte${excess === 1 ? '' : 's'} too large for a message (${MSG_BODY_BYTES} bytes of JSON); ${largest} alone takes ${bytes}`,
  )
}

const invalid = (what: string): AppError =>
  new AppError(`the card cannot be sent: ${what}`, { code: 'card.invalid' })
