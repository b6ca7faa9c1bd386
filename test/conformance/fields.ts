import { z } from 'zod'
import { type EndpointId, NewUser } from '../../src/protocol/index.ts'
import { all, type Sample } from './request.ts'

/** The parts of a JSON Schema, with our metadata, that the tests read. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minBytes?: number
  readonly maxBytes?: number
  readonly minChars?: number
  readonly maxChars?: number
  readonly format?: string
  readonly refersTo?: string
}

/** A place in a sample that the endpoint's schema knows. */
export interface Field {
  readonly part: 'query' | 'body'
  readonly at: readonly (string | number)[]
  readonly schema: Schema
  readonly isRequired: boolean
  /** What the sample says there. */
  readonly value: unknown
}

/** As messages name a field. */
export function nameOf({ part, at }: Field): string {
  const name = at.map(key => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')
  return name.startsWith('.') ? name.slice(1) : `${part}${name}`
}

function jsonSchema(schema: z.ZodType): Schema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: json }) => {
      const { def } = zodSchema._zod as unknown as { def: { type: string; in?: z.ZodType; out?: z.ZodType } }
      // What is preprocessed has its form in the second part.
      if (def.type === 'pipe' && def.in?._zod.def.type === 'transform')
        Object.assign(json, jsonSchema(def.out!))
    },
  }) as Schema
}

const schemas = new Map<string, Schema>()
function schemaOf(id: EndpointId, part: Field['part']): Schema | undefined {
  const { querySchema, body } = all[id]
  const known = schemas.get(`${id} ${part}`)
  if (known || (part === 'body' && (body === undefined || body === 'multipart'))) return known
  // The items of a batch are checked one by one.
  const batch = id === 'users.register' ? z.array(NewUser).min(1) : body
  const made = jsonSchema(part === 'query' ? querySchema : (batch as z.ZodType))
  schemas.set(`${id} ${part}`, made)
  return made
}

/** Every field of an endpoint's query and body, by way of a sample that has them all. */
export function fieldsOf(id: EndpointId, sample: Sample): Field[] {
  return (['query', 'body'] as const).flatMap(part => {
    const schema = schemaOf(id, part)
    if (!schema) return []
    const root: Field = { part, at: [], schema, isRequired: true, value: sample[part] ?? {} }
    const inner = below(root)
    return part === 'query' ? inner : [root, ...inner]
  })
}

function below(field: Field): Field[] {
  const { part, at, value } = field
  const schema = branch(field.schema, value)
  if (Array.isArray(value)) {
    if (!schema.items || value.length === 0) return []
    const item: Field = { part, at: [...at, 0], schema: schema.items, isRequired: true, value: value[0] }
    return [item, ...below(item)]
  }
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const child: Field = {
      part,
      at: [...at, key],
      schema: inner,
      isRequired: schema.required?.includes(key) ?? false,
      value: (value as Record<string, unknown> | undefined)?.[key],
    }
    return [child, ...below(child)]
  })
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Of alternatives the one that a value takes. */
function branch(schema: Schema, value: unknown): Schema {
  const choices = schema.oneOf ?? schema.anyOf
  if (!choices) return schema
  const fits = (choice: Schema) => {
    if (!isPlain(value)) return typesOf(choice).has(typeOf(value))
    const { msg_type } = choice.properties ?? {}
    return msg_type ? msg_type.const === value.msg_type : choice.type === 'object'
  }
  return choices.find(fits) ?? schema
}

export const typeOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value

/** JSON types that a schema lets through; empty for one that lets everything through. */
export function typesOf(schema: Schema): Set<string> {
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return new Set(choices.flatMap(choice => [...typesOf(choice)]))
  if (schema.enum) return new Set(schema.enum.map(typeOf))
  if (schema.const !== undefined) return new Set([typeOf(schema.const)])
  if (schema.type === undefined) return new Set()
  return new Set([schema.type].flat().map(type => (type === 'integer' ? 'number' : type)) as string[])
}
