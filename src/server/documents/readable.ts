/** Part of a JSON document. */
export type Json = Readonly<Record<string, unknown>>

/** Ids are integers that JavaScript can hold. */
const MOST = Number.MAX_SAFE_INTEGER

/** Formats of the protocol, as a body may spell them. */
const spellings: Readonly<Record<string, Json>> = {
  id: {
    type: ['integer', 'string'],
    minimum: 1,
    maximum: MOST,
    pattern: '^[1-9]\\d{0,15}$',
    description: 'A positive integer, also as a string of digits.',
  },
  flag: {
    type: ['boolean', 'integer', 'string'],
    minimum: 0,
    maximum: 1,
    pattern: '^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|0|1)$',
    description: 'true or false, in any letter case, or 1 or 0.',
  },
  switch: { enum: [0, 1, '0', '1'], description: '0 or 1.' },
}

/** The same as parameters, whose values are texts anyway. */
const parameterSpellings: Readonly<Record<string, Json>> = {
  id: { type: 'integer', minimum: 1, maximum: MOST },
  flag: { type: 'boolean' },
  switch: { type: 'integer', enum: [0, 1] },
}

/** Says the protocol's own formats and limits in words of JSON Schema, and what it has no word for as `x-…`. */
export const readable = (schema: Json): Json => mended(schema, spellings)

/** A schema of a parameter of a path or query. */
export const readableParameter = (schema: Json): Json => mended(schema, parameterSpellings)

function mended(schema: Json, spelled: Readonly<Record<string, Json>>): Json {
  const { format, ...rest } = schema
  if (typeof format === 'string' && format in spelled) return { ...spelled[format], ...annotations(schema) }
  // An `integer(…)`: a number, or digits.
  if ('anyOf' in rest && 'minimum' in rest && 'maximum' in rest)
    return { type: 'integer', ...bounds(rest), ...annotations(schema) }
  const plain = format === 'username' || format === undefined ? rest : { format, ...rest }
  const inner = each(plain, value => mended(value, spelled))
  return withoutNoise(withIntegers(withLimits(joined(inner))))
}

const annotations = ({ description, default: usual }: Json): Json => ({
  ...(description === undefined ? {} : { description }),
  ...(usual === undefined ? {} : { default: usual }),
})

const bounds = ({ minimum, maximum }: Json): Json => ({ minimum, ...(maximum === MOST ? {} : { maximum }) })

/** Alternatives that one schema can say: an object or PHP's empty array for it, a list or null. */
function joined(schema: Json): Json {
  const { anyOf, ...rest } = schema
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return schema
  const [first, second] = anyOf as [Json, Json]
  if (first.type === 'object' && !('properties' in first)) {
    const isOutput = Object.keys(second).length === 0
    if (isOutput) return { type: 'object', ...rest }
    if (second.maxItems === 0) return { type: ['object', 'array'], maxItems: 0, ...rest }
  }
  if (second.type === 'null' && typeof first.type === 'string')
    return { ...first, type: [first.type, 'null'], ...rest }
  return schema
}

/** Choices among integers are integers, and so are numbers above nothing. */
function withIntegers({ exclusiveMinimum, ...schema }: Json): Json {
  const values = 'const' in schema ? [schema.const] : schema.enum
  const isInteger = schema.type === 'number' && Array.isArray(values) && values.every(Number.isInteger)
  return {
    ...schema,
    ...(isInteger ? { type: 'integer' } : {}),
    ...(exclusiveMinimum === undefined ? {} : { minimum: Number(exclusiveMinimum) + 1 }),
  }
}

/** The schemas inside of a schema, and not values that look like one. */
function each(schema: Json, change: (inner: Json) => Json): Json {
  const inner = (value: unknown): unknown =>
    typeof value === 'object' && value !== null ? change(value as Json) : value
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === 'properties')
        return [key, Object.fromEntries(Object.entries(value as Json).map(([k, v]) => [k, inner(v)]))]
      if (key === 'items' || key === 'additionalProperties') return [key, inner(value)]
      if (key === 'anyOf' || key === 'oneOf' || key === 'allOf') return [key, (value as unknown[]).map(inner)]
      return [key, value]
    }),
  )
}

/**
 * JSON Schema counts characters, JMessage bytes of UTF-8, of which a character has one to four.
 *
 * What JSON Schema says is therefore necessary; what `x-minBytes` and `x-maxBytes` say is what counts.
 */
function withLimits({ minBytes, maxBytes, minChars, maxChars, refersTo, ...rest }: Json): Json {
  const limited: Record<string, unknown> = { ...rest }
  const notes: string[] = []
  if (typeof maxBytes === 'number') {
    limited['x-maxBytes'] = maxBytes
    if (rest.type !== 'string') notes.push(`At most ${maxBytes} bytes of JSON.`)
    else if (typeof minBytes === 'number') {
      if (minBytes > 0) {
        limited['x-minBytes'] = minBytes
        limited.minLength = Math.ceil(minBytes / 4)
      }
      limited.maxLength = maxBytes
      // Where a pattern says it in characters, those are of one byte.
      if (!('pattern' in rest)) notes.push(`${minBytes} to ${maxBytes} bytes of UTF-8.`)
    }
  }
  if (typeof minChars === 'number' && typeof maxChars === 'number') {
    limited.minLength = minChars
    limited.maxLength = maxChars
    notes.push(`${minChars} to ${maxChars} characters.`)
  }
  if (refersTo !== undefined) limited['x-refersTo'] = refersTo
  if (notes.length > 0) {
    const said = typeof rest.description === 'string' ? [sentence(rest.description)] : []
    limited.description = [...said, ...notes].join(' ')
  }
  return limited
}

export const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

/** Unknown keys are no error, in either direction; what JavaScript can hold is no limit of JMessage. */
function withoutNoise({ additionalProperties, propertyNames, minimum, maximum, ...rest }: Json): Json {
  const isMap = additionalProperties !== undefined && additionalProperties !== false
  return {
    ...rest,
    ...(isMap && Object.keys(additionalProperties as object).length > 0 ? { additionalProperties } : {}),
    ...(minimum === undefined || minimum === -MOST ? {} : { minimum }),
    ...(maximum === undefined || maximum === MOST ? {} : { maximum }),
  }
}
