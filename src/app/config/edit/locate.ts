import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { AppError } from '../../../base/errors.ts'
import { type FieldPath, fieldName } from '../field-path.ts'

/** Where a value stands: in a map or list, at an index of its items. */
export interface Slot {
  readonly owner: YAMLMap | YAMLSeq
  readonly index: number
}

export interface Located {
  /** Of the values on the way, the outermost first. */
  readonly slots: readonly Slot[]
  /** The last that was found; `null`: nothing is written there. */
  readonly node: Node | null
  /** What of the path is not there. */
  readonly missing: FieldPath
}

export const nodeOf = ({ owner, index }: Slot): Node | null =>
  isMap(owner) ? ((owner.items[index] as Pair).value as Node | null) : (owner.items[index] as Node | null)

export const keyOf = ({ owner, index }: Slot): Node | undefined =>
  isMap(owner) ? ((owner.items[index] as Pair).key as Node) : undefined

/** Whether nothing is there: a blank, `~` or `null`. */
export const isNothing = (node: Node | null): boolean =>
  node === null || (isScalar(node) && node.value === null)

/**
 * Follows a path through a document.
 *
 * @throws AppError `config.edit` where the way leads through an alias, or something that has no fields
 */
export function locate(document: Document, path: FieldPath): Located {
  const slots: Slot[] = []
  let node = document.contents as Node | null
  for (const [depth, part] of path.entries()) {
    const name = fieldName(path.slice(0, depth)) || 'the file'
    if (isAlias(node))
      throw refusal(
        `${name} is written elsewhere in the file, at &${node.source}`,
        `Change it there, or write it out in place of *${node.source}.`,
      )
    const missing = path.slice(depth)
    if (isNothing(node)) return { slots, node, missing }
    const index = indexIn(node, part, name)
    if (index === undefined) return { slots, node, missing }
    const slot = { owner: node as YAMLMap | YAMLSeq, index }
    slots.push(slot)
    node = nodeOf(slot)
  }
  return { slots, node, missing: [] }
}

function indexIn(node: Node | null, part: string | number, name: string): number | undefined {
  if (isMap(node)) {
    const index = node.items.findIndex(({ key }) => isScalar(key) && String(key.value) === String(part))
    return index < 0 ? undefined : index
  }
  if (!isSeq(node)) throw refusal(`${name} is neither a map nor a list`, 'Set it as a whole.')
  if (typeof part !== 'number')
    throw refusal(`${name} is a list`, `Name one of its items by its number: ${name}[0].`)
  return part < node.items.length ? part : undefined
}

/** A change that cannot be made by program. */
export const refusal = (message: string, hint: string): AppError =>
  new AppError(message, { code: 'config.edit', hint })
