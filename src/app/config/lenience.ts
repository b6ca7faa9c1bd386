import type { z } from 'zod'
import { pathOf, valueAt } from './explain-issue.ts'
import type { FieldPath } from './field-path.ts'

interface Edit {
  readonly path: FieldPath
  /** Undefined takes the key away. */
  readonly value: unknown
}

/**
 * The value as its author meant it, where YAML's guess and the schema differ; undefined when there is nothing to change.
 *
 * Nothing after a colon (also `${NAME:-}`) counts as not given, unless the schema takes null. What was written
 * without quotes is the text that was written where a text is wanted: a key of 24 digits is no number.
 */
export function asMeant(
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
  textAt: (path: FieldPath) => string | undefined,
): { readonly value: unknown } | undefined {
  const edits = issues.flatMap(leaves).flatMap((issue): Edit[] => {
    const path = pathOf(issue)
    const found = valueAt(value, path)
    if (found === null) return [{ path, value: undefined }]
    const wantsText = issue.code === 'invalid_type' && issue.expected === 'string'
    const text = wantsText && typeof found !== 'string' ? textAt(path) : undefined
    return text === undefined ? [] : [{ path, value: text }]
  })
  return edits.length > 0 ? { value: edited(value, edits) } : undefined
}

/** The issues inside of unions too, with their whole paths. */
function leaves(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const inner = issue.errors.flat().map(({ path, ...rest }) => ({ ...rest, path: [...issue.path, ...path] }))
  return [issue, ...inner.flatMap(each => leaves(each as z.core.$ZodIssue))]
}

type Container = Record<string | number, unknown>

/** A copy with the edits in it; what no edit touches is shared. */
function edited(value: unknown, edits: readonly Edit[]): unknown {
  const copies = new Set<unknown>()
  const own = (original: unknown): Container => {
    if (copies.has(original)) return original as Container
    const copy = Array.isArray(original) ? [...original] : { ...(original as Container) }
    copies.add(copy)
    return copy as Container
  }
  const top = own({ root: value })
  for (const { path, value: next } of edits) {
    let parent = top
    let last: string | number = 'root'
    for (const part of path) {
      const child = own(parent[last])
      parent[last] = child
      parent = child
      last = part
    }
    if (next === undefined) delete parent[last]
    else parent[last] = next
  }
  return top.root
}
