import { type Fence, fenceAt } from './fence.ts'

/** Where a text can be broken, the best first. */
export const breakKinds = ['paragraph', 'line', 'sentence', 'word'] as const
export type BreakKind = (typeof breakKinds)[number]

/** A place at which a text can be broken: what is between `end` and `next` is white space, and goes. */
export interface Break {
  readonly kind: BreakKind
  readonly end: number
  readonly next: number
  /** The block of code that is open there. */
  readonly fence: Fence | undefined
}

/** A part of a text of which the places are sought, and what is open where it begins. */
export interface Stretch {
  readonly text: string
  readonly start: number
  /** No break ends beyond it. */
  readonly limit: number
  readonly fence: Fence | undefined
}

/** What there is to know of a stretch. */
export interface Breaks {
  /** In their order. */
  readonly all: readonly Break[]
  /** The block of code that is open at the limit. */
  readonly fence: Fence | undefined
  /** Where the line begins that opens or closes a block, if the limit is within one. */
  readonly fenceLine: number | undefined
}

/** Ends of sentences and of words in a line. Chinese and Japanese leave no space behind a full stop. */
const IN_LINES = /([.!?…]["'”’»)\]]*)(?=[^\S\n])|([。！？]["'”’」』）]*)|(?<=\S)(?=[^\S\n])/gu

/** Where what follows white space begins; at the beginning of its line, if that is another one. */
export function afterSpace(text: string, from: number): number {
  const blank = /\s*/y
  blank.lastIndex = from
  const space = blank.exec(text)![0]
  const feed = space.lastIndexOf('\n')
  return from + (feed < 0 ? space.length : feed + 1)
}

/** All places at which a stretch can be broken. Takes time in proportion to its length. */
export function breaksIn({ text, start, limit, fence: open }: Stretch): Breaks {
  const all: Break[] = []
  const window = text.slice(start, limit + 1)
  let fence = open
  let at = start
  while (at <= limit) {
    const feed = window.indexOf('\n', at - start)
    const lineEnd = feed < 0 ? limit + 1 : start + feed
    const isWhole = at === 0 || text[at - 1] === '\n'
    const change = isWhole ? fenceAt(text, at, fence) : undefined
    if (change !== undefined && feed < 0) return { all, fence, fenceLine: at }
    // A block is not closed right where it is opened again.
    if (change === 'closes' && all.at(-1)?.next === at) all.pop()
    if (change === 'closes') fence = undefined
    else if (change) fence = change
    else all.push(...[...breaksInLine(text, at, lineEnd, fence)].filter(found => found.end <= limit))
    const end = at + text.slice(at, lineEnd).trimEnd().length
    // Nor is it closed right after it was opened.
    if (feed >= 0 && end > at && typeof change !== 'object') {
      const next = afterSpace(text, lineEnd)
      const isEmptyLine = text.indexOf('\n', lineEnd + 1) < next && next > lineEnd + 1
      all.push({ kind: isEmptyLine ? 'paragraph' : 'line', end, next, fence })
    }
    at = lineEnd + 1
  }
  return { all, fence, fenceLine: undefined }
}

function* breaksInLine(
  text: string,
  at: number,
  lineEnd: number,
  fence: Fence | undefined,
): Generator<Break> {
  let last = at
  for (const { 0: found, index } of text.slice(at, lineEnd).matchAll(IN_LINES)) {
    const end = at + index + found.length
    const next = afterSpace(text, end)
    // Where the line ends, it is the end of the line.
    if (end === last || next >= text.length || text[next - 1] === '\n') continue
    last = end
    yield { kind: found === '' || fence ? 'word' : 'sentence', end, next, fence }
  }
}
