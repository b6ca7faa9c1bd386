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
  const result = parsed(schema, value, root)
  if (result.success) return result.data
  const mended = mend(value, result.error)
  const again = mended === undefined ? result : parsed(schema, mended, root)
  if (again.success) return again.data
  throw new Refusal(899003, describeIssue(again.error, root))
}

/** As `safeParse`, which asks what is no text or list for its length too, and stumbles over `{"toString": 1}`. */
function parsed<T extends z.ZodType>(schema: T, value: unknown, root: string) {
  try {
    return schema.safeParse(value)
  } catch (error) {
    if (!(error instanceof TypeError && error.message.includes('primitive value'))) throw error
    throw new Refusal(899003, `${root} must not hold an object where a text or a list is due`)
  }
}

/**
 * Puts right what clients mean well: null stands for an absent key (C#), and `[]` for an empty map (PHP).
 * `undefined` when there is nothing of that.
 */
function mend(value: unknown, error: z.ZodError): unknown {
  let mended: unknown
  for (const issue of error.issues) {
    const isObjectDue = issue.code === 'invalid_type' && /^(object|record)$/.test(issue.expected)
    // One object that was taken for a list of one is at the root.
    const path = issue.path[0] === 0 && !Array.isArray(value) ? issue.path.slice(1) : issue.path
    if (path.length === 0) {
      if (isObjectDue && isEmptyArray(value)) return {}
      continue
    }
    const place = placeOf(value, path)
    const isNull = place?.value === null && !Array.isArray(place.parent)
    if (!place || (!isNull && !(isObjectDue && isEmptyArray(place.value)))) continue
    mended ??= structuredClone(value)
    const { parent, key } = placeOf(mended, path)!
    if (isNull) delete parent[key]
    else parent[key] = {}
  }
  return mended
}

interface Place {
  readonly parent: Record<PropertyKey, unknown>
  readonly key: PropertyKey
  readonly value: unknown
}

/** `undefined` where there is none: a schema that puts its input into another form names places of that form. */
function placeOf(root: unknown, path: readonly PropertyKey[]): Place | undefined {
  let parent = root as Place['parent'] | undefined
  for (const key of path.slice(0, -1)) parent = parent?.[key] as typeof parent
  if (typeof parent !== 'object' || parent === null) return undefined
  const key = path[path.length - 1] as PropertyKey
  return { parent, key, value: parent[key] }
}

const isEmptyArray = (value: unknown): boolean => Array.isArray(value) && value.length === 0
