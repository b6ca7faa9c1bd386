import { isDeepStrictEqual } from 'node:util'
import { type Document, isMap, isSeq, type Node } from 'yaml'
import { type FieldPath, fieldName } from '../field-path.ts'
import { parseYaml } from '../yaml-syntax.ts'
import { MAX_ALIASES } from '../yaml-tree.ts'
import { addEntry, addFirst, isInFlow, type NewEntry } from './add-entry.ts'
import type { Edit } from './edit.ts'
import { checkValue, type EditValue } from './edit-value.ts'
import { keepReferences } from './keep-references.ts'
import { SourceText } from './layout.ts'
import { type Located, locate, refusal } from './locate.ts'
import { removeEntry } from './remove-entry.ts'
import { setValue } from './set-value.ts'
import { editedShape, isSame, shapeOf } from './shape.ts'
import { type Splice, spliced } from './splice.ts'

/** A text in which an edit was made. */
export interface EditedText {
  readonly text: string
  /** What came or went by it; shorter than the path that was asked for where maps on the way had to be made. */
  readonly at: FieldPath
}

/**
 * Makes an edit in a YAML text. Whatever it does not name stays as it is, byte for byte: comments, order, quotes, anchors
 * and blank lines. An edit that changes nothing leaves the text alone.
 *
 * @throws AppError `config.edit` for an edit that cannot be made, `config.value`
 */
export function editText(text: string, edit: Edit): EditedText {
  const document = parsed(text)
  if (edit.path.length === 0) throw refusal('an edit has to name a field', 'Name it like server.listen.')
  if (edit.kind !== 'unset') checkValue(edit.value)
  if (edit.kind === 'set') keepReferences(document, edit)
  const before = shapeOf(document)
  const wanted = editedShape(before, edit)
  const found = locate(document, edit.path)
  if (edit.kind !== 'insert' && isDeepStrictEqual(wanted, before)) return { text, at: edit.path }
  // A comment that is indented could become a part of lines that come to stand before it.
  for (const inQuotes of [false, true]) {
    const { splices, at } = splicesOf(new SourceText(text, document, inQuotes), edit, found)
    const edited = spliced(text, splices)
    // However odd the way in which a file is written: nothing is written that says something else.
    if (says(edited, wanted)) return { text: edited, at }
  }
  throw refusal(
    `${fieldName(edit.path)} is written in a way that cannot be changed by program`,
    'Edit the file by hand; is there an anchor (&) on it that is used elsewhere?',
  )
}

/** The value of a field as it is written, `${…}` and all; `undefined` where there is none. */
export function valueIn(text: string, path: FieldPath): unknown {
  const document = parsed(text)
  let value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES })
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string | number, unknown>)[part]
  }
  return value
}

function parsed(text: string): Document {
  const { document, complaints } = parseYaml(text)
  if (document) return document
  const [first] = complaints
  throw refusal(
    `the file is no YAML: line ${first!.line}: ${first!.message}`,
    first!.hint ?? 'Mend it by hand first.',
  )
}

function splicesOf(source: SourceText, edit: Edit, found: Located): { splices: Splice[]; at: FieldPath } {
  const { slots, node, missing } = found
  const { path } = edit
  if (edit.kind === 'unset') {
    if (missing.length > 0) throw refusal(`${fieldName(path)} is not set`, 'There is nothing to take away.')
    return { splices: removeEntry(source, slots), at: path }
  }
  const { step } = source
  if (edit.kind === 'insert') {
    const { owner, index } = slots.at(-1) ?? {}
    const isItem = missing.length === 0 && isSeq(owner)
    if (isItem)
      return {
        splices: [addEntry(source, owner, entryOf(edit.value, step, isInFlow(slots)), index)],
        at: path,
      }
    if (missing.length !== 1)
      throw refusal(`${fieldName(path)} is no place in a list`, 'Name one, such as groups[0].')
  }
  if (missing.length === 0) return { splices: setValue(source, slots, edit.value, step), at: path }
  const at = path.slice(0, path.length - missing.length + 1)
  return { splices: [...add(source, { ...found, node }, edit.value, step)], at }
}

/** Adds what is missing, with the maps on the way to it. */
function add(
  source: SourceText,
  { slots, node, missing }: Located,
  value: EditValue,
  step: string,
): Splice[] {
  const [part, ...rest] = missing as readonly [string | number, ...(string | number)[]]
  const inner = rest.reduceRight<EditValue>(wrap, value)
  if (typeof part === 'number' && part !== (isSeq(node) ? node.items.length : 0))
    throw refusal(`there is no item ${part} in the list`, 'The number after the last appends one.')
  const inFlow = isInFlow(slots, node)
  if (isMap(node)) return [addEntry(source, node, { ...entryOf(inner, step, inFlow), key: String(part) })]
  if (isSeq(node)) return [addEntry(source, node, entryOf(inner, step, inFlow))]
  if (slots.length > 0) return setValue(source, slots, wrap(inner, part), step)
  if (node !== null && (node as Node).range![0] !== (node as Node).range![1])
    throw refusal('the file says nothing but null', 'Empty it first.')
  return [
    addFirst(source, { ...entryOf(inner, step, false), ...(typeof part === 'number' ? {} : { key: part }) }),
  ]
}

const entryOf = (value: EditValue, step: string, inFlow: boolean): NewEntry => ({ value, step, inFlow })

const wrap = (value: EditValue, part: string | number): EditValue => {
  if (typeof part === 'string') return { [part]: value }
  if (part !== 0) throw refusal(`there is no item ${part} in a list that is not there`, 'Begin with 0.')
  return [value]
}

function says(text: string, wanted: ReturnType<typeof shapeOf>): boolean {
  const { document } = parseYaml(text)
  if (!document || !isSame(shapeOf(document), wanted)) return false
  try {
    document.toJS({ maxAliasCount: MAX_ALIASES })
    return true
  } catch {
    return false
  }
}
