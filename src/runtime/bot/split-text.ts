import { AppError } from '../../base/errors.ts'
import { closing, FENCE_CHARS, type Fence, reopening } from './fence.ts'
import { jsonCost, unitsWithin } from './json-cost.ts'
import { afterSpace, type Break, breakKinds, breaksIn, type Stretch } from './text-breaks.ts'

/** So many messages a text may be split into. */
export const MOST_PARTS = 20
/** With less room for the text in each message, none is split. */
const LEAST_BYTES = 1024

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * Splits a text into parts of at most so many bytes of JSON, at the best places there are: between paragraphs, else
 * lines, sentences, words, and never within a character as people see it. White space at these places goes; blocks of
 * code that are cut are closed and opened again.
 *
 * @throws AppError `message.invalid` when there would be too many parts
 */
export function splitText(whole: string, bytes: number): string[] {
  if (bytes < LEAST_BYTES) throw noRoom(bytes)
  const text = whole.trimEnd()
  const closingCost = costOfClosing(text)
  const parts: string[] = []
  let start = afterSpace(text, 0)
  let fence: Fence | undefined
  while (start < text.length) {
    const beginning = fence ? reopening(fence) : ''
    const room = bytes - jsonCost(beginning)
    if (parts.length === MOST_PARTS) throw tooMany(whole)
    if (start + unitsWithin(text, start, room) === text.length) {
      parts.push(beginning + text.slice(start))
      break
    }
    const limit = start + unitsWithin(text, start, room - closingCost)
    if (text.slice(start, limit).trim() === '') {
      // A line that is indented by more than a message holds.
      start += text.slice(start).search(/\S/)
      continue
    }
    const found = placeIn({ text, start, limit, fence }, room - closingCost)
    parts.push(beginning + text.slice(start, found.end) + (found.fence ? closing(found.fence) : ''))
    start = found.next
    fence = found.fence
  }
  return parts
}

type Place = Omit<Break, 'kind'>

/** The best place at which a stretch can be broken. */
function placeIn(stretch: Stretch, room: number): Place {
  const { text, start, limit } = stretch
  const { all, fence, fenceLine } = breaksIn(stretch)
  const window = characters.segment(text.slice(start, limit + 2))
  const isBetween = ({ end, next }: Break): boolean =>
    window.containing(end - start)?.index === end - start &&
    characters.segment(text.slice(next - 1, next + 2)).containing(1)?.index === 1
  const half = (start + limit) / 2
  for (const kind of breakKinds) {
    const found = all.findLast(one => one.kind === kind && one.end >= half && isBetween(one))
    if (found) return found
  }
  // A word that is long, such as an address, is left whole if that is possible.
  const last = all.findLast(isBetween)
  if (last && (fenceLine !== undefined || endsWithin(text, last.next, room))) return last
  if (fenceLine !== undefined && fenceLine > start) return { end: fenceLine - 1, next: fenceLine, fence }
  const { index } = window.containing(limit - start)!
  // One character may be larger than a message: any number of accents can be put on a letter.
  const end = index > 0 ? start + index : limit
  return { end, next: end, fence }
}

/** Whether a word ends within so many bytes. */
function endsWithin(text: string, at: number, bytes: number): boolean {
  const end = at + unitsWithin(text, at, bytes)
  return end === text.length || /\s/.test(text.slice(at, end))
}

/** What it may take to close a block of code of a text. */
function costOfClosing(text: string): number {
  let longest = 0
  for (const [ticks] of text.matchAll(/`{3,}/g)) longest = Math.max(longest, ticks.length)
  return longest === 0 ? 0 : jsonCost('\n') + Math.min(longest, FENCE_CHARS)
}

const tooMany = (text: string): AppError =>
  new AppError(
    `the message cannot be sent: text is too long, ${Buffer.byteLength(text)} bytes: it makes more than ${MOST_PARTS} messages`,
    { code: 'message.invalid', hint: 'Say less, or send it as a file: chat.file(…).' },
  )

const noRoom = (bytes: number): AppError =>
  new AppError(
    `the message cannot be sent: extras leave ${Math.max(bytes, 0)} bytes of each message for the text`,
    { code: 'message.invalid', hint: `A text that is split needs ${LEAST_BYTES}.` },
  )
