import { isSpaceAt } from './command-word.ts'

/** A word of a message: what stands between white space, or in quotes. */
export interface Word {
  /** Without its quotes. */
  readonly text: string
  /** Where it stands in the message, quotes included; `end` is exclusive. */
  readonly start: number
  readonly end: number
  readonly isQuoted: boolean
  /** What it says if it is an option. */
  readonly dashed?: Dashed
}

/** A word that begins like an option: `--reason`, `--reason=spam`, `-r`. */
export interface Dashed {
  readonly name: string
  readonly isShort: boolean
  /** What stands behind `=`. */
  readonly value?: { readonly text: string; readonly start: number; readonly isQuoted: boolean }
}

/** Opening and closing quotes. Some keyboards type the closing one for both. */
const CLOSING: Readonly<Record<string, string>> = {
  '"': '"',
  '＂': '＂',
  "'": "'",
  '“': '”',
  '”': '”',
  '‘': '’',
  '「': '」',
  '『': '』',
}

const DASHES = '-－—–'
/** `--` as people type it, and what keyboards make of it; or the single dash of a short name. */
const OPTION = /(?:(--|－－|——?|––?)(\p{L}[\p{L}\p{N}_-]*)|[-－](\p{L}))(?=\s|$|([=＝]))/uy

/**
 * Takes a text apart into words, in time that grows with its length. A quote that is not closed is a letter.
 *
 * @param most  no more are looked for
 */
export function wordsOf(text: string, most = Number.POSITIVE_INFINITY): Word[] {
  const quoted = quotesOf(text)
  const words: Word[] = []
  for (let at = 0; at < text.length && words.length < most; ) {
    if (isSpaceAt(text, at)) {
      at++
      continue
    }
    const word = quoted(at) ?? optionAt(text, at, quoted) ?? plainAt(text, at)
    words.push(word)
    at = word.end
  }
  return words
}

function plainAt(text: string, start: number): Word {
  let end = start + 1
  while (end < text.length && !isSpaceAt(text, end)) end++
  return { text: text.slice(start, end), start, end, isQuoted: false }
}

function optionAt(text: string, start: number, quoted: (at: number) => Word | undefined): Word | undefined {
  if (!DASHES.includes(text[start]!)) return undefined
  OPTION.lastIndex = start
  const [head, , long, short, equals] = OPTION.exec(text) ?? []
  if (head === undefined) return undefined
  const name = long ?? short!
  const option = { name, isShort: short !== undefined }
  const after = start + head.length
  if (equals === undefined) return { text: head, start, end: after, isQuoted: false, dashed: option }
  const from = after + equals.length
  const value =
    from === text.length || isSpaceAt(text, from)
      ? { text: '', start: from, end: from, isQuoted: false }
      : (quoted(from) ?? plainAt(text, from))
  const { end, isQuoted } = value
  const dashed = { ...option, value: { text: value.text, start: from, isQuoted } }
  return { text: text.slice(start, end), start, end, isQuoted: false, dashed }
}

/** Finds what is quoted from a place on, if it is closed there and white space or the end follows. */
function quotesOf(text: string): (at: number) => Word | undefined {
  /** Where each closing quote comes next: known until it is passed, so that none is looked for twice. */
  const nexts = new Map<string, number>()
  const closed = (quote: string, from: number): number => {
    let next = nexts.get(quote)
    if (next === undefined || (next < from && next !== -1)) {
      next = text.indexOf(quote, from)
      nexts.set(quote, next)
    }
    return next
  }
  return start => {
    const closing = CLOSING[text[start]!]
    if (closing === undefined) return undefined
    const close = closed(closing, start + 1)
    const end = close + 1
    if (close === -1 || (end < text.length && !isSpaceAt(text, end))) return undefined
    return { text: text.slice(start + 1, close), start, end, isQuoted: true }
  }
}
