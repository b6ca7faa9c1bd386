import { type Document, isAlias, isMap, isScalar, isSeq } from 'yaml'
import { type FieldPath, fieldName } from '../field-path.ts'
import type { Edit } from './edit.ts'
import type { EditValue } from './edit-value.ts'
import { locate, refusal } from './locate.ts'

/**
 * Has a `${…}` inside of a map or list stay when that is set as a whole: whoever has read the values may have put
 * them in place of the references, secrets among them.
 *
 * @throws AppError `config.edit` that names a reference which would be lost
 */
export function keepReferences(document: Document, edit: Extract<Edit, { kind: 'set' }>): void {
  const { node, missing } = locate(document, edit.path)
  if (missing.length > 0 || node === null || isScalar(node) || isAlias(node)) return
  const lost = references(node).find(({ path, text }) => valueAt(edit.value, path) !== text)
  if (!lost) return
  throw refusal(
    `${fieldName([...edit.path, ...lost.path])} has a reference, which would be lost`,
    'Set that field by itself, or give the reference as it is in the file.',
  )
}

function references(top: unknown): { path: FieldPath; text: string }[] {
  const found: { path: FieldPath; text: string }[] = []
  const walk = (node: unknown, path: FieldPath): void => {
    if (isMap(node))
      for (const { key, value } of node.items)
        walk(value, [...path, String((key as { value: unknown }).value)])
    else if (isSeq(node)) for (const [index, item] of node.items.entries()) walk(item, [...path, index])
    else if (isScalar(node) && typeof node.value === 'string' && node.value.includes('${'))
      found.push({ path, text: node.value })
  }
  walk(top, [])
  return found
}

function valueAt(value: EditValue, path: FieldPath): unknown {
  let inner: unknown = value
  for (const part of path) {
    if (typeof inner !== 'object' || inner === null) return undefined
    inner = (inner as Record<string | number, unknown>)[part]
  }
  return inner
}
