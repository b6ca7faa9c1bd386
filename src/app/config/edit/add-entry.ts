import { isMap, type Node, type YAMLMap, type YAMLSeq } from 'yaml'
import type { EditValue } from './edit-value.ts'
import { rangeOf, type SourceText } from './layout.ts'
import { refusal, type Slot } from './locate.ts'
import { afterMark, inLine, keyText } from './render.ts'
import { insertion, type Splice } from './splice.ts'

/** What is added to a map or list. */
export interface NewEntry {
  /** Of a map. */
  readonly key?: string
  readonly value: EditValue
  /** Within brackets, of whatever kind those around it are. */
  readonly inFlow: boolean
  readonly step: string
}

/** Adds an entry to a map or list that is there: to its end, or to a list in front of the item at `index`. */
export function addEntry(
  source: SourceText,
  owner: YAMLMap | YAMLSeq,
  entry: NewEntry,
  index: number = owner.items.length,
): Splice {
  const slot = (at: number): Slot => ({ owner, index: at })
  if (entry.inFlow || owner.flow || owner.items.length === 0)
    return addInBrackets(source, owner, entry, index)
  if (index === 0) {
    const first = slot(0)
    const indent = ' '.repeat(source.column(source.start(first)))
    return insertion(source.start(first), `${lines(source, entry, indent)}${source.eol}${indent}`)
  }
  const before = slot(index - 1)
  const indent = ' '.repeat(source.column(source.start(slot(0))))
  return newLine(source, source.end(before), `${indent}${lines(source, entry, indent)}`)
}

/** The first entry of a document that says nothing yet. */
export const addFirst = (source: SourceText, entry: NewEntry): Splice =>
  newLine(source, source.text.length, lines(source, entry, ''))

/** A line after the one in which something ends. */
function newLine(source: SourceText, end: number, line: string): Splice {
  const { text, eol } = source
  if (text[end - 1] === '\n') return insertion(end, `${line}${eol}`)
  const at = source.nextLine(end)
  if (text[at - 1] === '\n') return insertion(at, `${line}${eol}`)
  return insertion(at, text === '' ? `${line}${eol}` : `${eol}${line}`)
}

/** An entry without the indent of its first line, and without a line break at its end. */
function lines({ eol, inQuotes }: SourceText, { key, value, step }: NewEntry, indent: string): string {
  const mark = key === undefined ? '-' : `${keyText(key)}:`
  const rest = afterMark(value, { indent: indent + (key === undefined ? '  ' : step), step, inQuotes })
  const text = key === undefined ? rest.replace(/^\n */, ' ') : rest
  return `${mark}${text}`.replaceAll('\n', eol)
}

function addInBrackets(
  source: SourceText,
  owner: YAMLMap | YAMLSeq,
  { key, value }: NewEntry,
  index: number,
): Splice {
  const text = key === undefined ? inLine(value) : `${keyText(key, true)}: ${inLine(value)}`
  const [from, to] = rangeOf(owner)
  if (owner.items.length === 0) {
    const inside = source.text.slice(from + 1, to - 1)
    if (inside.trim() !== '')
      throw refusal('the list or map has nothing but a comment in it', 'Edit the file by hand.')
    return { from: from + 1, to: to - 1, text: isMap(owner) ? ` ${text} ` : text }
  }
  if (index === 0) return insertion(source.start({ owner, index }), `${text}, `)
  return insertion(source.end({ owner, index: index - 1 }), `, ${text}`)
}

/** Whether what is at the end of the slots is within brackets. */
export const isInFlow = (slots: readonly Slot[], node?: Node | null): boolean =>
  slots.some(({ owner }) => owner.flow === true) ||
  (node as { flow?: boolean } | null | undefined)?.flow === true
