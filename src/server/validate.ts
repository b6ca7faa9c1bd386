import type { z } from 'zod'
import { describeIssue } from '../protocol/index.ts'
import { Refusal } from './refusal.ts'

/**
 * What a schema makes of a value.
 *
 * @param root what to call the value itself when it is wrong as a whole
 * @throws Refusal 899003 naming the field and what it must be
 */
export function validate<T extends z.ZodType>(schema: T, value: unknown, root = 'body'): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const mended = emptyMaps(value, result.error)
  const again = mended === undefined ? result : schema.safeParse(mended)
  if (again.success) return again.data
  throw new Refusal(899003, describeIssue(again.error, root))
}

/** PHP sends `[]` for an empty map: puts `{}` wherever an object is due. `undefined` when that changes nothing. */
function emptyMaps(value: unknown, error: z.ZodError): unknown {
  let mended: unknown
  for (const issue of error.issues) {
    if (issue.code !== 'invalid_type' || !/^(object|record)$/.test(issue.expected)) continue
    if (issue.path.length === 0) {
      if (isEmptyArray(value)) return {}
      continue
    }
    mended ??= structuredClone(value)
    if (!putEmptyMap(mended, issue.path)) return undefined
  }
  return mended
}

function putEmptyMap(root: unknown, path: readonly PropertyKey[]): boolean {
  let parent = root as Record<PropertyKey, unknown>
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<PropertyKey, unknown>
  const key = path[path.length - 1] as PropertyKey
  if (!isEmptyArray(parent[key])) return false
  parent[key] = {}
  return true
}

const isEmptyArray = (value: unknown): boolean => Array.isArray(value) && value.length === 0
