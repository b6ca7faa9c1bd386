import { type Document, isAlias, isMap, isScalar, isSeq, type Node, Scalar } from 'yaml'
import { keyOf, nodeOf, refusal, type Slot } from './locate.ts'

/** The text of a file, and places in it, by offset. */
export class SourceText {
  readonly text: string
  readonly document: Document
  /** What is written into it has no lines of its own, where it is a text. */
  readonly inQuotes: boolean

  constructor(text: string, document: Document, inQuotes = false) {
    this.text = text
    this.document = document
    this.inQuotes = inQuotes
  }

  /** How its lines end. */
  get eol(): string {
    return /^[^\n]*\r\n/.test(this.text) ? '\r\n' : '\n'
  }

  /** By which it indents. */
  get step(): string {
    const { contents } = this.document
    for (const { key, value } of isMap(contents) ? contents.items : []) {
      if (!isMap(value) || value.flow || value.items.length === 0) continue
      const column = this.column(rangeOf(value)[0]) - this.column(rangeOf(key as Node)[0])
      if (column > 0 && column <= 8) return ' '.repeat(column)
    }
    return '  '
  }

  lineStart(at: number): number {
    return this.text.lastIndexOf('\n', at - 1) + 1
  }

  /** Before the line break. */
  lineEnd(at: number): number {
    const end = this.text.indexOf('\n', at)
    if (end < 0) return this.text.length
    return end > at && this.text[end - 1] === '\r' ? end - 1 : end
  }

  /** After the line break. */
  nextLine(at: number): number {
    const end = this.text.indexOf('\n', at)
    return end < 0 ? this.text.length : end + 1
  }

  column(at: number): number {
    return at - this.lineStart(at)
  }

  /** Whether nothing but blanks is before it on its line. */
  isFirst(at: number): boolean {
    return this.text.slice(this.lineStart(at), at).trim() === ''
  }

  /** Where an entry begins: its key, its dash, or inside of brackets its value. */
  start(slot: Slot): number {
    const key = keyOf(slot)
    if (key) return rangeOf(key)[0]
    return slot.owner.flow ? rangeOf(nodeOf(slot))[0] : this.#dash(slot)
  }

  /** After the colon or dash of an entry; `undefined` for one in brackets that has none. */
  mark(slot: Slot): number | undefined {
    const key = keyOf(slot)
    if (!key) return slot.owner.flow ? undefined : this.#dash(slot) + 1
    const from = rangeOf(key)[1]
    const gap = /^[^\S\n]*:/.exec(this.text.slice(from, from + 1000))
    return gap ? from + gap[0].length : undefined
  }

  /** Where an entry ends, without the comment behind it. */
  end(slot: Slot): number {
    const node = nodeOf(slot)
    if (node === null || isBlankText(node)) return this.mark(slot) ?? rangeOf(keyOf(slot) ?? node)[1]
    return this.endOf(node)
  }

  /** Where a value ends. */
  endOf(node: Node): number {
    if ((isMap(node) || isSeq(node)) && !node.flow && node.items.length > 0)
      return this.end({ owner: node, index: node.items.length - 1 })
    const [from, to] = rangeOf(node)
    if (!isScalar(node) || (node.type !== Scalar.BLOCK_LITERAL && node.type !== Scalar.BLOCK_FOLDED))
      return to
    const source = this.text.slice(from, to)
    // With a plus the blank lines at its end belong to it.
    return /^.[0-9]?\+/.test(source) ? to : from + withoutEnd(source).length
  }

  /** Where what a value says ends, without blank lines behind it that belong to it. */
  contentEnd(node: Node): number {
    const [from] = rangeOf(node)
    return from + withoutEnd(this.text.slice(from, this.endOf(node))).length
  }

  #dash(slot: Slot): number {
    const column = this.column(rangeOf(slot.owner)[0])
    const node = nodeOf(slot)
    let line = this.lineStart(rangeOf(node)[0])
    if (slot.index === 0) return rangeOf(slot.owner)[0]
    while (
      line > 0 &&
      (this.text[line + column] !== '-' || this.text.slice(line, line + column).trim() !== '')
    )
      line = this.lineStart(line - 1)
    return line + column
  }
}

/** Where a node's own text begins and ends. */
export function rangeOf(node: Node | null | undefined): readonly [number, number] {
  if (node?.range) return [node.range[0], node.range[1]]
  throw refusal(
    'this part of the file is written in a way that cannot be changed by program',
    'Edit the file by hand.',
  )
}

/** Whether nothing at all is written where the value should be. */
export const isBlankText = (node: Node): boolean =>
  isScalar(node) && node.type === Scalar.PLAIN && node.source === '' && !isAlias(node)

/** Without the blanks and line breaks at the end; any other space is a part of a value. */
export const withoutEnd = (text: string): string => text.replace(/[ \t\r\n]+$/, '')
