import { relative } from 'node:path'
import type { z } from 'zod'
import { valueAt } from '../explain-issue.ts'
import { type FieldPath, fieldName } from '../field-path.ts'
import type { Reference } from '../interpolate.ts'
import { MASK, withoutPassword } from '../shown-value.ts'
import type { YamlFile } from '../yaml-file.ts'
import { leavesOf } from './walk.ts'

/** A setting: what it is, and why. */
export interface ExplainedSetting {
  readonly field: string
  /** As it would be written, a secret as `••••`; `null`: nothing. */
  readonly value: unknown
  readonly from: 'default' | 'file' | 'environment'
  /** Where it is written: `bots/herald.yaml:31`. */
  readonly place?: string
  /** The variables of the environment that it was taken from. */
  readonly variables?: readonly string[]
  /** Those that are not set, so that the default in the file holds. */
  readonly unset?: readonly string[]
  /** The files that it was taken from. */
  readonly files?: readonly string[]
}

export interface ExplainOptions {
  /** The settings of what is at this path of the file. Default: all of it. */
  readonly at?: FieldPath
  /** In place of what the file says there. */
  readonly value?: unknown
  /** The variable of the environment that goes over a field of the file. */
  readonly variableOf?: (field: string) => string | undefined
  /** What holds for a field for which the schema knows no default. */
  readonly usual?: (field: string) => unknown
}

/** The settings of a file, each with what it is and where that comes from. */
export function explainSettings(
  file: YamlFile,
  schema: z.ZodType,
  { at = [], value = valueAt(file.value, at), variableOf, usual }: ExplainOptions = {},
): ExplainedSetting[] {
  return leavesOf(schema, value ?? {}, at).map(leaf => {
    const field = fieldName(leaf.path)
    const variable = variableOf?.(field)
    const shown = leaf.given ?? leaf.usual ?? usual?.(field) ?? null
    const about = { field, value: shownValue(shown, leaf.path, file) }
    if (variable !== undefined) return { ...about, from: 'environment', variables: [variable] }
    if (leaf.given === undefined) return { ...about, from: 'default' }
    const place = `${file.path}:${file.positionOf(leaf.path).line}`
    return { ...about, from: 'file', place, ...sources(file, leaf.path) }
  })
}

function sources(file: YamlFile, path: FieldPath): Partial<ExplainedSetting> {
  const found = file.references.filter(one => path.every((part, at) => String(one.path[at]) === String(part)))
  const references: readonly Reference[] = [...found.map(one => one.reference), ...file.referencesAt(path)]
  const variables = references.filter(one => one.kind === 'variable')
  const names = (isDefault: boolean) => [
    ...new Set(variables.filter(one => one.isDefault === isDefault).map(one => one.name)),
  ]
  const files = [...new Set(references.flatMap(one => (one.kind === 'file' ? [shownPath(one.path)] : [])))]
  return {
    ...(names(false).length > 0 ? { variables: names(false) } : {}),
    ...(names(true).length > 0 ? { unset: names(true) } : {}),
    ...(files.length > 0 ? { files } : {}),
  }
}

const shownPath = (path: string): string => {
  const here = relative('', path)
  return here.startsWith('..') ? path : here
}

/** An appKey names the app, and is in every client of it. */
const isHidden = (path: FieldPath, file: YamlFile): boolean => path.at(-1) !== 'appKey' && file.isSecret(path)

function shownValue(value: unknown, path: FieldPath, file: YamlFile): unknown {
  if (Array.isArray(value)) return value.map((item, at) => shownValue(item, [...path, at], file))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, shownValue(inner, [...path, key], file)]),
    )
  if (value === null || value === '' || typeof value === 'boolean') return value
  if (isHidden(path, file)) return MASK
  if (typeof value !== 'string') return value
  const secrets = [...file.secrets].sort((a, b) => b.length - a.length)
  return withoutPassword(secrets.reduce((text, secret) => text.replaceAll(secret, MASK), value))
}
