import { z } from 'zod'
import * as protocol from '../../protocol/index.ts'
import { type Json, readable, readableParameter, sentence } from './readable.ts'

/** What a caller sends, or what the server answers. */
export type Direction = 'input' | 'output'

const { OutgoingMessage } = protocol
const messageNames = Object.fromEntries(
  protocol.messageTypes.map(type => [type, `${type[0]!.toUpperCase()}${type.slice(1)}Message`]),
)

/** Schemas that the document names, by direction; all others stand where they are used. */
const named: Record<Direction, Readonly<Record<string, z.ZodType>>> = {
  input: {
    NewUser: protocol.NewUser,
    OutgoingMessage,
    ...Object.fromEntries(
      OutgoingMessage.options.map(option => [messageNames[option.shape.msg_type.value]!, option]),
    ),
  },
  output: {
    UserRecord: protocol.UserRecord,
    Registration: protocol.Registration,
    Device: protocol.Device,
    FriendRecord: protocol.FriendRecord,
    GroupRecord: protocol.GroupRecord,
    GroupMember: protocol.GroupMember,
    RoomRecord: protocol.RoomRecord,
    RoomMember: protocol.RoomMember,
    SendReceipt: protocol.SendReceipt,
    MessageRecord: protocol.MessageRecord,
    MessageCallback: protocol.MessageCallback,
    HistoryPage: protocol.HistoryPage,
    UploadedMedia: protocol.UploadedMedia,
  },
}
const names = new Map<z.core.$ZodType, string>(
  Object.values(named).flatMap(some => Object.entries(some).map(([k, v]) => [v, k])),
)
const reference = (name: string): string => `#/components/schemas/${name}`

/** The JSON Schema (2020-12) of a zod schema; what the document names is referred to. */
export function schemaOf(schema: z.ZodType, io: Direction): Json {
  const name = names.get(schema)
  return name === undefined ? converted(schema, io) : { $ref: reference(name) }
}

/** A parameter of a path or query. */
export interface Parameter {
  readonly name: string
  readonly required: boolean
  readonly schema: Json
}

/** The parameters that a zod object describes. */
export function parametersOf(object: z.ZodObject): Parameter[] {
  const { properties = {}, required = [] } = converted(object, 'input', readableParameter) as {
    properties?: Readonly<Record<string, Json>>
    required?: readonly string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    required: required.includes(name),
    schema,
  }))
}

/** The schemas that others refer to. */
export function namedSchemas(): Json {
  return Object.fromEntries(
    (['input', 'output'] as const).flatMap(io =>
      Object.entries(named[io]).map(([name, schema]) => [name, converted(schema, io)]),
    ),
  )
}

function converted(root: z.ZodType, io: Direction, mended = readable): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(root, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const replace = (by: Json) => {
        for (const key of Object.keys(jsonSchema)) delete jsonSchema[key]
        Object.assign(jsonSchema, by)
      }
      const type: z.core.$ZodType = zodSchema
      const name = names.get(type)
      if (name !== undefined && type !== root) replace({ $ref: reference(name) })
      else if (type === OutgoingMessage) Object.assign(jsonSchema, { discriminator })
      else if (isListOf(type)) replace(orOne(jsonSchema as Json))
      else Object.assign(jsonSchema, usual(type), ruleOf(type, jsonSchema as Json))
    },
  })
  return mended(schema)
}

const discriminator = {
  propertyName: 'msg_type',
  mapping: Object.fromEntries(Object.entries(messageNames).map(([type, name]) => [type, reference(name)])),
}

/** Whether it is a `listOf`: of what is read before it is checked, only that is a list. */
function isListOf(type: z.core.$ZodType): boolean {
  return type instanceof z.ZodPipe && type.in instanceof z.ZodTransform && type.out instanceof z.ZodArray
}

function orOne(list: Json): Json {
  return { oneOf: [{ ...list }, list.items], description: 'A list, or one item by itself.' }
}

/** What an absent value stands for: zod keeps that to itself for inputs. */
const usual = (type: z.core.$ZodType): Json =>
  type instanceof z.ZodDefault ? { default: type._zod.def.defaultValue } : {}

const unwrapped = (type: z.core.$ZodType): z.core.$ZodType =>
  type instanceof z.ZodOptional || type instanceof z.ZodDefault ? unwrapped(type._zod.def.innerType) : type

/** What a value has to be that JSON Schema cannot say: the messages of its checks. */
function ruleOf(type: z.core.$ZodType, { description }: Json): Json {
  const said = typeof description === 'string' ? description : ''
  const rules = (unwrapped(type)._zod.def.checks ?? []).flatMap(check => {
    const message = check._zod.def.error?.({ code: 'custom', input: undefined, path: [] } as never)
    return typeof message === 'string' && WORTH_SAYING.test(message) ? [message] : []
  })
  const fresh = rules.filter(rule => !said.includes(rule)).map(rule => `It ${rule}.`)
  if (fresh.length === 0) return {}
  const isWhole = rules.some(rule => rule.startsWith('must hold at least one of'))
  return {
    ...(isWhole ? { minProperties: 1 } : {}),
    description: [...(said ? [sentence(said)] : []), ...fresh].join(' '),
  }
}

const WORTH_SAYING =
  /^must (hold at least one of|be a time|be a date|not contain a line break|be \d+ to \d+ characters: )/
