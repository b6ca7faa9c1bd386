import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml'
import { isInFlow } from './add-entry.ts'
import type { EditValue } from './edit-value.ts'
import { isBlankText, rangeOf, type SourceText, withoutEnd } from './layout.ts'
import { nodeOf, type Slot } from './locate.ts'
import { afterMark, inLine, type Quoting } from './render.ts'
import { insertion, type Splice } from './splice.ts'

/** Gives the last of the slots another value. Anchors stay, and the comment behind it; quotes stay what they are. */
export function setValue(
  source: SourceText,
  slots: readonly Slot[],
  value: EditValue,
  step: string,
): Splice[] {
  const slot = slots.at(-1)!
  const node = nodeOf(slot)
  const { eol, inQuotes } = source
  if (isInFlow(slots)) return [inBrackets(source, slot, node, value)]
  const mark = source.mark(slot)!
  const column = source.column(source.start(slot))
  const indent = ' '.repeat(column) + (isMap(slot.owner) ? step : '  ')
  const rendered = afterMark(value, { indent, step, quoting: quotingOf(node), inQuotes }).replaceAll(
    '\n',
    eol,
  )
  const cut = rendered.includes(eol) ? rendered.indexOf(eol) : rendered.length
  // A comment stays at the end of the first line.
  const [first, rest] = [rendered.slice(0, cut), rendered.slice(cut)]
  if (node === null || isBlankText(node))
    return [insertion(mark, first), insertion(source.lineEnd(mark), rest)]
  const from = rangeOf(node)[0]
  // What stands behind the last line of a map or list goes with it.
  const to = isOwnLines(node) ? source.lineEnd(source.contentEnd(node)) : source.contentEnd(node)
  const behind = insertion(source.lineEnd(to), rest)
  // Of a list of maps, the first key is beside the dash.
  if (isCompact(source, slot, node))
    return first === ''
      ? [{ from, to, text: rendered.replace(/^[ \r\n]+/, '') }]
      : [{ from, to, text: first.slice(1) }, behind]
  if (isOwnLines(node))
    return [insertion(afterAnchor(source, node, mark), first), { from: source.lineEnd(mark), to, text: rest }]
  if (first !== '') return [{ from, to, text: first.slice(1) }, behind]
  const gap = source.text.slice(mark, from)
  return [{ from: from - (gap.length - withoutEnd(gap).length), to, text: '' }, behind]
}

/** After the colon, or the anchor behind it. */
export function afterAnchor(source: SourceText, node: Node, mark: number): number {
  const { anchor } = node as { anchor?: string }
  if (anchor === undefined) return mark
  return source.text.indexOf(`&${anchor}`, mark) + anchor.length + 1
}

/** Whether a map or list of lines begins on the line of its dash. */
export const isCompact = (source: SourceText, slot: Slot, node: Node): boolean =>
  isOwnLines(node) && source.lineStart(source.mark(slot)!) === source.lineStart(rangeOf(node)[0])

const isOwnLines = (node: Node): boolean => (isMap(node) || isSeq(node)) && !node.flow

function inBrackets(source: SourceText, slot: Slot, node: Node | null, value: EditValue): Splice {
  const text = inLine(value, quotingOf(node))
  const mark = source.mark(slot)
  if (node !== null && !isBlankText(node)) return { from: rangeOf(node)[0], to: source.endOf(node), text }
  return mark === undefined ? insertion(source.end(slot), `: ${text}`) : insertion(mark, ` ${text}`)
}

function quotingOf(node: Node | null): Quoting | undefined {
  if (node === null || isAlias(node) || !isScalar(node) || typeof node.value !== 'string') return undefined
  const { type } = node as Scalar
  return type === 'PLAIN' || type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE' ? type : undefined
}
