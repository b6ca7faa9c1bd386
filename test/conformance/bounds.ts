import { type Field, type Schema, typesOf } from './fields.ts'

/** A limit of a field, and values on both sides of it. */
export interface Bound {
  readonly what: string
  readonly inside: unknown
  readonly outside: unknown
}

/** Text of so many bytes of UTF-8, of characters of three bytes where they fit. */
export const ofBytes = (bytes: number): string => '信'.repeat(Math.floor(bytes / 3)) + 'x'.repeat(bytes % 3)
/** Text of so many characters, each of four bytes and two UTF-16 units. */
export const ofCharacters = (count: number): string => '𠮷'.repeat(count)
/** An object whose compact JSON has so many bytes. */
function ofJsonBytes(start: Record<string, unknown>, bytes: number): Record<string, unknown> {
  const empty = Buffer.byteLength(JSON.stringify({ ...start, filler: '' }))
  return { ...start, filler: ofBytes(bytes - empty) }
}

/** Every limit that a field's schema declares. */
export function boundsOf(field: Field): Bound[] {
  const { schema } = field
  if (schema.format === 'username') return usernameBounds
  if (field.part === 'query' && schema.minimum !== undefined) return numberBounds(schema)
  const types = typesOf(schema)
  if (types.has('object') && schema.maxBytes !== undefined) return [jsonBound(field, schema.maxBytes)]
  if (Array.isArray(field.value)) return listBounds(field)
  if (types.has('string')) return textBounds(schema)
  return types.has('number') ? numberBounds(schema) : []
}

const usernameBounds: Bound[] = [
  { what: 'at least 4 bytes', inside: 'a'.repeat(4), outside: 'a'.repeat(3) },
  { what: 'at most 128 bytes', inside: 'b'.repeat(128), outside: 'b'.repeat(129) },
]

function textBounds({ minBytes, maxBytes, minChars, maxChars }: Schema): Bound[] {
  const bounds: Bound[] = []
  const add = (what: string, make: (size: number) => string, inside: number, outside: number) =>
    bounds.push({ what: `${what} ${inside}`, inside: make(inside), outside: make(outside) })
  if (minBytes) add('minBytes', ofBytes, minBytes, minBytes - 1)
  if (maxBytes !== undefined) add('maxBytes', ofBytes, maxBytes, maxBytes + 1)
  if (minChars) add('minChars', ofCharacters, minChars, minChars - 1)
  if (maxChars !== undefined) add('maxChars', ofCharacters, maxChars, maxChars + 1)
  return bounds
}

function jsonBound({ value }: Field, maxBytes: number): Bound {
  const start = value as Record<string, unknown>
  return {
    what: `maxBytes ${maxBytes}`,
    inside: ofJsonBytes(start, maxBytes),
    outside: ofJsonBytes(start, maxBytes + 1),
  }
}

function numberBounds({ minimum, maximum, exclusiveMinimum }: Schema): Bound[] {
  const bounds: Bound[] = []
  const least = exclusiveMinimum === undefined ? minimum : exclusiveMinimum + 1
  // Where it is the range of exact numbers only, nothing was meant to be limited.
  if (least !== undefined && least > Number.MIN_SAFE_INTEGER)
    bounds.push({ what: `at least ${least}`, inside: least, outside: least - 1 })
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER)
    bounds.push({ what: `at most ${maximum}`, inside: maximum, outside: maximum + 1 })
  return bounds
}

function listBounds({ schema, value }: Field): Bound[] {
  const list = schema.type === 'array' ? schema : schema.anyOf?.find(choice => choice.type === 'array')
  if (!list) return []
  const { minItems, maxItems } = list
  const bounds: Bound[] = []
  if (minItems) bounds.push({ what: `minItems ${minItems}`, inside: value, outside: [] })
  if (maxItems !== undefined)
    bounds.push({
      what: `maxItems ${maxItems}`,
      inside: itemsLike(value, maxItems),
      outside: itemsLike(value, maxItems + 1),
    })
  return bounds
}

/** So many different items in the form of the first of a list. */
function itemsLike(list: unknown, count: number): unknown[] {
  const first = (list as unknown[])[0]
  return Array.from({ length: count }, (_, index) => {
    if (typeof first === 'string') return `w${index}`.padEnd(5, 'x')
    if (typeof first === 'number') return first + index
    const item = first as Record<string, unknown>
    return typeof item.username === 'string' ? { ...item, username: `user${index}` } : item
  })
}
