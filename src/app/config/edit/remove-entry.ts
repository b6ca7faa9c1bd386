import { isMap } from 'yaml'
import { isInFlow } from './add-entry.ts'
import { rangeOf, type SourceText } from './layout.ts'
import { nodeOf, type Slot } from './locate.ts'
import { afterAnchor, isCompact } from './set-value.ts'
import { insertion, type Splice } from './splice.ts'

/** Takes the last of the slots away. What is empty then is written as `{}` or `[]`: blank would be nothing at all. */
export function removeEntry(source: SourceText, slots: readonly Slot[]): Splice[] {
  const slot = slots.at(-1)!
  const { owner, index } = slot
  if (isInFlow(slots)) return [fromBrackets(source, slot)]
  const from = source.start(slot)
  const to = source.end(slot)
  const holder = slots.at(-2)
  if (owner.items.length === 1 && holder) {
    const empty = isMap(owner) ? '{}' : '[]'
    if (isCompact(source, holder, nodeOf(holder)!)) return [{ from, to, text: empty }]
    const mark = afterAnchor(source, nodeOf(holder)!, source.mark(holder)!)
    return [insertion(mark, ` ${empty}`), wholeLines(source, from, to)]
  }
  if (source.isFirst(from)) return [wholeLines(source, from, to)]
  // Beside a dash: what follows takes its place.
  if (index + 1 >= owner.items.length) return [{ from, to, text: '' }]
  const next = source.nextLine(to)
  const gap = source.text.slice(next).search(/\S/)
  return [{ from, to: next + gap, text: '' }]
}

function wholeLines(source: SourceText, from: number, to: number): Splice {
  const { text } = source
  const start = source.lineStart(from)
  const end = text[to - 1] === '\n' ? to : source.nextLine(to)
  if (text[end - 1] === '\n' || start === 0) return { from: start, to: end, text: '' }
  // The last line has no end: now the one before it has none.
  const before = text[start - 2] === '\r' ? start - 2 : start - 1
  return { from: before, to: end, text: '' }
}

function fromBrackets(source: SourceText, slot: Slot): Splice {
  const { owner, index } = slot
  const { text } = source
  const from = source.start(slot)
  const to = source.end(slot)
  if (owner.items.length === 1) {
    const [open, close] = rangeOf(owner)
    const hasComment = text.slice(open + 1, from).includes('#') || text.slice(to, close).includes('#')
    return hasComment
      ? { from, to: afterComma(text, to), text: '' }
      : { from: open + 1, to: close - 1, text: '' }
  }
  if (index + 1 < owner.items.length) {
    const next = source.start({ owner, index: index + 1 })
    return { from, to: text.slice(to, next).includes('#') ? afterComma(text, to) : next, text: '' }
  }
  const last = source.end({ owner, index: index - 1 })
  return text.slice(last, from).includes('#')
    ? { from, to: afterComma(text, to), text: '' }
    : { from: last, to, text: '' }
}

function afterComma(text: string, at: number): number {
  const comma = /^\s*,/.exec(text.slice(at))
  return comma ? at + comma[0].length : at
}
