import { MainFile } from '../schema.ts'
import { asWritten, REFERENCE } from './as-written.ts'
import { DRAFT, type JsonSchema } from './json-schema.ts'
import { ofZod } from './of-zod.ts'

/** The JSON Schema of config.yaml, for editors. */
export function configSchema(): JsonSchema {
  const { properties = {}, ...schema } = ofZod(MainFile)
  // The environment may give the keys.
  const { required, ...jmessage } = properties.jmessage!
  return {
    $schema: DRAFT,
    title: 'config.yaml of Beadle',
    ...asWritten({ ...schema, properties: { ...properties, jmessage } }, true),
    definitions: { reference: REFERENCE },
  }
}
