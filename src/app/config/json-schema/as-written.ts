import { DURATION_PATTERN, formatDuration } from '../../../base/duration.ts'
import type { JsonSchema } from './json-schema.ts'

/** What stands for any value: a text with `${…}` in it. */
export const REFERENCE: JsonSchema = {
  description: `\${NAME}, \${NAME:-default} or \${file:/path}`,
  type: 'string',
  pattern: '\\$\\{',
}
const REFERENCED: JsonSchema = { $ref: '#/definitions/reference' }
const NOTHING: JsonSchema = { type: 'null' }

/** What a text, a number or a list may be bounded by. Other keywords are of no use to those who write files. */
const BOUNDS = [
  ...['pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['multipleOf', 'minItems', 'maxItems', 'uniqueItems', 'enum', 'const', '$ref', 'not', 'propertyNames'],
] as const
const NOTES = ['title', 'description', 'examples'] as const
/** Characters of the shortest reference. */
const SHORTEST = 4
const SCALARS = ['string', 'number', 'integer', 'boolean']

/**
 * A schema of values as one of what may be written in a file for them: `${…}` in place of any text, number, `true` or
 * `false`; nothing after a colon for what may be left out; and a number without quotes where a text is wanted.
 *
 * @param isOptional  whether it may be left out
 */
export function asWritten(schema: JsonSchema, isOptional = false): JsonSchema {
  const branches = branchesOf(schema)
  const isOne = branches.length === 1
  const notes = { ...pick(schema, NOTES), ...defaultOf(schema) }
  const isReferable = branches.some(needsReference)
  const kinds = branches.map(branch => written(branch, !isOne))
  if (isOptional && !kinds.some(isAnything)) addNothing(kinds)
  const [only] = kinds
  if (kinds.length === 1 && !isReferable) return { ...notes, ...only }
  return { ...notes, anyOf: isReferable ? [...kinds, REFERENCED] : kinds }
}

/** Null is a type of the one branch, or a branch by itself. */
function addNothing(kinds: JsonSchema[]): void {
  const [only] = kinds
  if (kinds.length === 1 && only!.type !== undefined && !('enum' in only!) && !('const' in only!))
    kinds[0] = { ...only, type: [...[only!.type].flat(), 'null'] }
  else kinds.push(NOTHING)
}

const isAnything = (schema: JsonSchema): boolean =>
  Object.keys(schema).every(key => NOTES.includes(key as never))

/** The alternatives, those of alternatives among them. */
function branchesOf(schema: JsonSchema): JsonSchema[] {
  const { anyOf, oneOf } = schema
  // A reference may stand for what tells alternatives apart, so that it is of more than one.
  const alternatives = anyOf ?? oneOf
  return alternatives ? alternatives.flatMap(branchesOf) : [schema]
}

/** Whether a text with a reference in it would be refused otherwise. */
function needsReference({ type, ...rest }: JsonSchema): boolean {
  if ('enum' in rest || 'const' in rest) return true
  const types = [type ?? []].flat()
  if (!types.some(one => SCALARS.includes(one))) return false
  const { pattern, minLength = 0, maxLength } = rest
  return !types.includes('string') || pattern !== undefined || maxLength !== undefined || minLength > SHORTEST
}

/** @param isDescribed  whether it is one of several, each with a description of its own */
function written(schema: JsonSchema, isDescribed: boolean): JsonSchema {
  const { type, properties, required = [], additionalProperties: others, items, allOf } = schema
  const bounds = pick(schema, BOUNDS)
  return {
    ...(isDescribed ? pick(schema, ['description']) : {}),
    ...(type === undefined ? {} : { type: typeOf(schema) }),
    ...bounds,
    ...(properties
      ? { properties: mapped(properties, (one, key) => asWritten(one, !required.includes(key))) }
      : {}),
    ...(required.length > 0 ? { required } : {}),
    ...(others === undefined
      ? {}
      : { additionalProperties: typeof others === 'boolean' ? others : asWritten(others, true) }),
    ...(items
      ? { items: Array.isArray(items) ? items.map(one => asWritten(one)) : asWritten(items as JsonSchema) }
      : {}),
    ...(allOf ? { allOf: allOf.map(one => asWritten(one)) } : {}),
  }
}

/** A text of digits need not stand in quotes. */
const typeOf = (schema: JsonSchema): JsonSchema['type'] =>
  schema.type === 'string' && !('enum' in schema) && !('const' in schema)
    ? ['string', 'number', 'boolean']
    : schema.type

/** What holds if nothing is written, as it would be written. */
function defaultOf({ default: value, type, pattern }: JsonSchema): Pick<JsonSchema, 'default'> {
  if (value === undefined || (typeof value === 'object' && Object.keys(value ?? {}).length === 0)) return {}
  if (type === 'string' && typeof value !== 'string')
    return pattern === DURATION_PATTERN && typeof value === 'number' ? { default: formatDuration(value) } : {}
  return { default: value }
}

function pick<K extends string>(schema: JsonSchema, keys: readonly K[]): JsonSchema {
  return Object.fromEntries(
    keys.flatMap(key =>
      schema[key] === undefined || (key === 'minLength' && schema[key] === 0) ? [] : [[key, schema[key]]],
    ),
  )
}

const mapped = (
  schemas: Readonly<Record<string, JsonSchema>>,
  change: (schema: JsonSchema, key: string) => JsonSchema,
): Record<string, JsonSchema> =>
  Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, change(schema, key)]))
