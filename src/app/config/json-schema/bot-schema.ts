import { z } from 'zod'
import { BotFile, PluginEntry } from '../schema.ts'
import { asWritten, REFERENCE } from './as-written.ts'
import { DRAFT, type JsonSchema } from './json-schema.ts'
import { ofZod } from './of-zod.ts'

/** A plugin whose settings are described. */
export interface DescribedPlugin {
  readonly name: string
  readonly description?: string | undefined
  /** Of its settings; absent, it has none. */
  readonly config?: z.ZodType | undefined
}

/** The JSON Schema of the file of a bot, for editors: with the settings of these plugins, and open to others. */
export function botSchema(plugins: readonly DescribedPlugin[]): JsonSchema {
  const { properties = {}, ...schema } = ofZod(BotFile)
  const { plugins: instances, ...others } = properties
  const known = [...plugins].sort((a, b) => (a.name < b.name ? -1 : 1))
  const written = asWritten({ ...schema, properties: others })
  return {
    $schema: DRAFT,
    title: 'A bot of Beadle',
    ...written,
    properties: { ...written.properties, plugins: instancesOf(known, instances!) },
    definitions: {
      reference: REFERENCE,
      instance: instanceOf(known),
      ...Object.fromEntries(known.map(plugin => [definitionOf(plugin.name), settingsOf(plugin)])),
    },
  }
}

const definitionOf = (plugin: string): string => `plugin-${plugin}`
const refTo = (definition: string): JsonSchema => ({ $ref: `#/definitions/${definition}` })

const when = (condition: JsonSchema, schema: JsonSchema, otherwise?: JsonSchema): JsonSchema => ({
  if: condition,
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: schema,
  ...(otherwise ? { else: otherwise } : {}),
})

function instancesOf(
  plugins: readonly DescribedPlugin[],
  { description, propertyNames }: JsonSchema,
): JsonSchema {
  const named = ({ name, description: about }: DescribedPlugin): [string, JsonSchema] => [
    name,
    {
      ...(about === undefined ? {} : { description: about }),
      // One of this name may be another plugin.
      ...when(
        { type: 'object', anyOf: [{ required: ['use'] }, SWITCHED_OFF] },
        refTo('instance'),
        refTo(definitionOf(name)),
      ),
    },
  ]
  return {
    description,
    type: ['object', 'null'],
    propertyNames,
    properties: Object.fromEntries(plugins.map(named)),
    additionalProperties: refTo('instance'),
  }
}

/** What is switched off is not looked at. */
const SWITCHED_OFF: JsonSchema = { properties: { enabled: { const: false } }, required: ['enabled'] }

/** What is the framework's in the settings of any plugin. */
const frame = asWritten(branchOf(ofZod(PluginEntry)))

function branchOf(schema: JsonSchema): JsonSchema {
  return schema.anyOf?.find(({ type }) => type === 'object') ?? schema
}

/** An instance of a plugin that is named by `use`, or of one that is not known here. */
function instanceOf(plugins: readonly DescribedPlugin[]): JsonSchema {
  const { use, ...rest } = frame.properties!
  const names = plugins.map(({ name }) => name)
  return {
    type: ['object', 'null'],
    properties: {
      use:
        names.length > 0
          ? { description: use!.description, anyOf: [{ enum: names }, { ...use, description: undefined }] }
          : use!,
      ...rest,
    },
    allOf: names.map(name => {
      const used = {
        type: 'object',
        properties: { use: { const: name } },
        required: ['use'],
        not: SWITCHED_OFF,
      }
      return when(used, refTo(definitionOf(name)))
    }),
  }
}

/** The settings of a plugin, among what is the framework's. */
function settingsOf({ config = z.strictObject({}) }: DescribedPlugin): JsonSchema {
  return framed(asWritten(ofZod(config)))
}

function framed(schema: JsonSchema): JsonSchema {
  const { anyOf, type, properties } = schema
  if (anyOf) return { ...schema, anyOf: anyOf.map(framed) }
  const isMap = [type ?? []].flat().includes('object')
  // What is no map cannot be the settings of a plugin, and of what is not told here nothing is known.
  if (!isMap) return type === undefined ? { properties: frame.properties! } : schema
  const isOpen = !schema.required?.length
  return {
    ...schema,
    type: isOpen ? ['object', 'null'] : 'object',
    properties: { ...frame.properties, ...properties },
  }
}
