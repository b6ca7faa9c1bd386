import { isDeepStrictEqual } from 'node:util'
import { type Document, isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { FieldPath } from '../field-path.ts'
import type { Edit } from './edit.ts'
import { type EditValue, isList, isMap as isMapValue } from './edit-value.ts'

/** What a document says, with its anchors and aliases, however it is written. */
export type Shape =
  | { readonly alias: string }
  | ({ readonly anchor: string | undefined } & (
      | { readonly value: unknown }
      | { readonly map: [string, Shape][] }
      | { readonly list: Shape[] }
    ))

export const shapeOf = (document: Document): Shape => of(document.contents)

/** Whether two documents say the same; one that is empty says as much as `{}`. */
export const isSame = (a: Shape, b: Shape): boolean => isDeepStrictEqual(a, b) || (isEmpty(a) && isEmpty(b))

const isEmpty = (shape: Shape): boolean =>
  'map' in shape ? shape.map.length === 0 : 'value' in shape && shape.value === null

function of(node: unknown): Shape {
  if (isAlias(node)) return { alias: node.source }
  if (isMap(node))
    return {
      anchor: node.anchor,
      map: node.items.map(({ key, value }) => [String((key as { value: unknown }).value), of(value)]),
    }
  if (isSeq(node)) return { anchor: node.anchor, list: node.items.map(of) }
  return isScalar(node) ? { anchor: node.anchor, value: node.value } : { anchor: undefined, value: null }
}

function ofValue(value: EditValue, anchor?: string): Shape {
  if (isList(value)) return { anchor, list: value.map(item => ofValue(item)) }
  if (isMapValue(value))
    return { anchor, map: Object.entries(value).map(([key, inner]) => [key, ofValue(inner)]) }
  return { anchor, value }
}

const NOTHING: Shape = { anchor: undefined, value: null }

/** What a document has to say once an edit is made. */
export function editedShape(shape: Shape, edit: Edit, path: FieldPath = edit.path): Shape {
  const [part, ...rest] = path
  const anchor = 'anchor' in shape ? shape.anchor : undefined
  if (part === undefined) return edit.kind === 'set' ? ofValue(edit.value, anchor) : shape
  const isLast = rest.length === 0
  if ('list' in shape) {
    const at = Number(part)
    const list = [...shape.list]
    if (isLast && edit.kind === 'unset') list.splice(at, 1)
    else if (isLast && edit.kind === 'insert') list.splice(at, 0, ofValue(edit.value))
    else list[at] = editedShape(list[at] ?? NOTHING, edit, rest)
    return { anchor, list }
  }
  if (!('map' in shape) && typeof part === 'number')
    return { anchor, list: [editedShape(NOTHING, edit, rest)] }
  const map = 'map' in shape ? [...shape.map] : []
  const at = map.findIndex(([key]) => key === String(part))
  if (isLast && edit.kind === 'unset') map.splice(at, 1)
  else if (at < 0) map.push([String(part), editedShape(NOTHING, edit, rest)])
  else map[at] = [map[at]![0], editedShape(map[at]![1], edit, rest)]
  return { anchor, map }
}
