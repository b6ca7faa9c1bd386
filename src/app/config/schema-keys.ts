import type { z } from 'zod'
import type { FieldPath } from './field-path.ts'

/** The keys that a schema knows at `path`, through optional parts, unions and lists; none when any key goes. */
export function knownKeys(schema: z.core.$ZodType, path: FieldPath): string[] {
  let schemas = [schema]
  for (const part of path) schemas = schemas.flatMap(parent => childrenOf(parent, part))
  return [...new Set(schemas.flatMap(keysOf))]
}

function keysOf(schema: z.core.$ZodType): string[] {
  return unwrap(schema).flatMap(({ _zod: { def } }) => (def.type === 'object' ? Object.keys(def.shape) : []))
}

function childrenOf(schema: z.core.$ZodType, part: string | number): z.core.$ZodType[] {
  return unwrap(schema).flatMap(({ _zod: { def } }) => {
    if (def.type === 'array') return [def.element]
    if (def.type === 'tuple') return def.items.slice(Number(part), Number(part) + 1)
    if (def.type === 'record') return [def.valueType]
    if (def.type !== 'object') return []
    const child = Object.hasOwn(def.shape, part) ? def.shape[part] : def.catchall
    return child ? [child] : []
  })
}

/** The schemas that decide, without the wrappers around them. */
function unwrap(schema: z.core.$ZodType, depth = 0): z.core.$ZodTypes[] {
  const known = schema as z.core.$ZodTypes
  const { def } = known._zod
  // A lazy schema may lead back to itself.
  if (depth > 20) return []
  const inner = (next: z.core.$ZodType) => unwrap(next, depth + 1)
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'nonoptional':
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'catch':
      return inner(def.innerType)
    case 'pipe':
      return [...inner(def.in), ...inner(def.out)]
    case 'lazy':
      return inner(def.getter())
    case 'union':
      return def.options.flatMap(inner)
    case 'intersection':
      return [...inner(def.left), ...inner(def.right)]
    default:
      return [known]
  }
}
