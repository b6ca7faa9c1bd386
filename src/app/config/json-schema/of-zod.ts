import { z } from 'zod'
import { strictly } from '../validate.ts'
import type { JsonSchema } from './json-schema.ts'

/** What may be given to a schema, as JSON Schema. What cannot be told in that is left open. */
export function ofZod(schema: z.ZodType): JsonSchema {
  try {
    return z.toJSONSchema(strictly(schema), {
      io: 'input',
      target: 'draft-7',
      unrepresentable: 'any',
    }) as JsonSchema
  } catch {
    // A schema of a plugin may be of a kind that cannot be read.
    return {}
  }
}
