import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Scalar,
  type YAMLMap,
} from 'yaml'
import type { FieldPath } from './field-path.ts'

/** One key of a map, with the nodes that hold it and its value. */
export interface Entry {
  readonly key: Node
  readonly value: Node | null
}

/** What a walk through a document meets. */
export interface TreeVisitor {
  scalar(node: Scalar, path: FieldPath): void
  duplicate(key: Node, path: FieldPath, earlier: Node): void
  badAlias(node: Alias, path: FieldPath, reason: 'unknown' | 'inside itself' | 'too many'): void
}

/** Finds nodes by their path, through aliases. */
export interface YamlTree {
  /** The value at `path`, or as deep as the path leads: `rest` is what was not found. */
  find(path: FieldPath): {
    readonly entry: Entry | undefined
    readonly value: Node | null
    readonly rest: number
  }
}

/** As many uses of anchors as one file may have; the yaml package bounds what they grow to. */
export const MAX_ALIASES = 100

/** Walks through a document once, in its order, and makes it searchable. */
export function indexTree(document: Document, visitor: TreeVisitor): YamlTree {
  const entries = new Map<YAMLMap, Map<string, Entry>>()
  const targets = new Map<Node, Node>()
  const anchors = new Map<string, Node>()
  const open = new Set<Node>()
  let aliases = 0

  const follow = (alias: Alias, path: FieldPath): void => {
    const target = anchors.get(alias.source)
    if (++aliases > MAX_ALIASES) visitor.badAlias(alias, path, 'too many')
    else if (!target) visitor.badAlias(alias, path, 'unknown')
    else if (open.has(target)) visitor.badAlias(alias, path, 'inside itself')
    else targets.set(alias, target)
  }

  const walkMap = (map: YAMLMap, path: FieldPath): void => {
    const known = new Map<string, Entry>()
    entries.set(map, known)
    for (const pair of map.items) {
      const key = pair.key as Node
      const name = isScalar(key) ? String(key.value) : ''
      if (isScalar(key) && key.anchor) anchors.set(key.anchor, key)
      const value = pair.value as Node | null
      const earlier = known.get(name)
      if (earlier) visitor.duplicate(key, [...path, name], earlier.key)
      known.set(name, { key, value })
      walk(value, [...path, name])
    }
  }

  const walk = (node: Node | null, path: FieldPath): void => {
    if (node === null) return
    if (isAlias(node)) {
      follow(node, path)
      return
    }
    if ('anchor' in node && typeof node.anchor === 'string') anchors.set(node.anchor, node)
    open.add(node)
    if (isMap(node)) walkMap(node, path)
    else if (isSeq(node))
      for (const [index, item] of node.items.entries()) walk(item as Node, [...path, index])
    else if (isScalar(node)) visitor.scalar(node, path)
    open.delete(node)
  }

  const dereference = (node: Node | null): Node | null => (node && targets.get(node)) ?? node

  walk(document.contents, [])
  return {
    find(path) {
      let entry: Entry | undefined
      let value: Node | null = document.contents
      for (const [depth, part] of path.entries()) {
        const parent = dereference(value)
        const next = isMap(parent) ? entries.get(parent)?.get(String(part)) : undefined
        const item = isSeq(parent) && typeof part === 'number' ? parent.items[part] : undefined
        if (!next && item === undefined) return { entry, value, rest: path.length - depth }
        entry = next ?? { key: item as Node, value: item as Node }
        value = entry.value
      }
      return { entry, value: dereference(value), rest: 0 }
    },
  }
}

/** Whether nothing was written where the value should be. */
export const isBlank = (node: Node | null): boolean =>
  node === null || (isScalar(node) && node.type === Scalar.PLAIN && node.source === '')
