import { z } from 'zod'
import { explainIssue, type Finding, valueAt } from './explain-issue.ts'
import { clip, type FieldPath, fieldName } from './field-path.ts'
import { asMeant } from './lenience.ts'
import type { Problem } from './problem.ts'
import { MASK } from './shown-value.ts'
import type { YamlFile } from './yaml-file.ts'

/** The typed value, or everything that is wrong with it. */
export type Validated<T> =
  | { readonly value: T; readonly problems?: undefined }
  | { readonly value?: undefined; readonly problems: readonly Problem[] }

/** Checks what a file says at a path (by default the whole file) against a schema. */
export function validate<S extends z.ZodType>(
  file: YamlFile,
  schema: S,
  at: FieldPath = [],
): Validated<z.output<S>> {
  const value = valueAt(file.value, at)
  return validateValue(file, schema, at.length === 0 ? (value ?? {}) : value, at)
}

/** As {@link validate}, for a value that was made from what the file says at `at`. */
export function validateValue<S extends z.ZodType>(
  file: YamlFile,
  schema: S,
  value: unknown,
  at: FieldPath = [],
): Validated<z.output<S>> {
  let current = value
  // Each change may let the schema look further; none is made twice, so the bound is only for schemas that are odd.
  for (let round = 0; ; round++) {
    const result = schema.safeParse(current)
    if (result.success) return { value: result.data }
    const { issues } = result.error
    const meant = round < 20 ? asMeant(current, issues, path => file.textAt([...at, ...path])) : undefined
    if (meant) current = meant.value
    else
      return {
        problems: describe(
          file,
          issues.flatMap(issue => explainIssue(issue, schema, current)),
          current,
          at,
        ),
      }
  }
}

/**
 * Checks the settings of a plugin against its schema, with places in the file that they come from.
 *
 * Keys that an ordinary `z.object` would drop without a word are problems here, as a slip of the pen is likelier.
 */
export function validatePluginSettings<S extends z.ZodType>(
  file: YamlFile,
  at: FieldPath,
  schema: S,
  settings: unknown,
): Validated<z.output<S>> {
  return validateValue(file, strictly(schema), settings ?? {}, at)
}

/** A schema that refuses the keys which it would drop. */
export const strictly = <S extends z.ZodType>(schema: S): S =>
  schema instanceof z.ZodObject && schema.def.catchall === undefined
    ? (schema.strict() as unknown as S)
    : schema

function describe(file: YamlFile, findings: readonly Finding[], root: unknown, at: FieldPath): Problem[] {
  // A field whose `${…}` failed has no value yet that could be judged.
  const reported = new Set(file.problems.map(problem => problem.field))
  return findings.flatMap(({ path, message, hint, onKey = false, showValue = false }) => {
    const whole = [...at, ...path]
    const field = fieldName(whole)
    if (reported.has(field)) return []
    const { line, column } = onKey ? file.keyPositionOf(whole) : file.positionOf(whole)
    const got = showValue && !file.isSecret(whole) ? ` (got ${shown(valueAt(root, path))})` : ''
    return [
      {
        file: file.path,
        line,
        column,
        field,
        message: hidden(message, file.secrets) + got,
        ...(hint === undefined ? {} : { hint }),
      },
    ]
  })
}

/** The words of a schema may repeat the value. */
const hidden = (message: string, secrets: readonly string[]): string =>
  [...secrets]
    .sort((a, b) => b.length - a.length)
    .reduce((text, secret) => text.replaceAll(secret, MASK), message)

/** A value for a message: short, and without the password of a URL. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(clip(value.replace(/\/\/[^/\s]*@/g, '//…@')))
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a map'
  return value === null || value === undefined ? 'nothing' : String(value)
}
