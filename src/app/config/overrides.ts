import { type FieldPath, fieldName } from './field-path.ts'
import type { Env } from './interpolate.ts'
import type { Problem } from './problem.ts'

/** The variables that go over what config.yaml says. */
const VARIABLES: Readonly<Record<string, FieldPath>> = {
  BEADLE_DATABASE: ['database'],
  BEADLE_LISTEN: ['listen'],
  JMESSAGE_ENDPOINT: ['jmessage', 'endpoint'],
  JMESSAGE_APP_KEY: ['jmessage', 'appKey'],
  JMESSAGE_MASTER_SECRET: ['jmessage', 'masterSecret'],
}

/** What the environment says in place of config.yaml. */
export interface Overrides {
  /** The fields that are overridden. */
  readonly fields: ReadonlySet<string>
  /** The variable that a field comes from. */
  variableOf(field: string): string | undefined
  /** The value of the file, with the overridden fields in it. */
  applyTo(value: unknown): unknown
  /** The problem, laid at the door of the variable if that is where the value comes from. */
  blame(problem: Problem): Problem
}

/** Reads the variables that are set and not empty. */
export function readOverrides(env: Env): Overrides {
  const set = Object.entries(VARIABLES).filter(([name]) => env[name] !== undefined && env[name] !== '')
  const nameOf = new Map(Object.entries(VARIABLES).map(([name, path]) => [fieldName(path), name]))
  const fields = new Set(set.map(([, path]) => fieldName(path)))
  return {
    fields,
    variableOf: field => (fields.has(field) ? nameOf.get(field) : undefined),
    applyTo: value => set.reduce((whole, [name, path]) => withValue(whole, path, env[name]), value),
    blame(problem) {
      const name = nameOf.get(problem.field)
      if (name === undefined) return problem
      if (fields.has(problem.field))
        return { ...problem, file: 'environment', line: 0, column: 0, field: name }
      if (problem.message !== 'is required') return problem
      return { ...problem, hint: `${problem.hint}; or set the environment variable ${name}` }
    },
  }
}

function withValue(whole: unknown, [first, ...rest]: FieldPath, value: unknown): unknown {
  if (first === undefined) return value
  // What is no map is a problem of its own, and has to stay to be found.
  if (whole !== null && whole !== undefined && (typeof whole !== 'object' || Array.isArray(whole)))
    return whole
  const map = { ...whole } as Record<string, unknown>
  return { ...map, [first]: withValue(map[first], rest, value) }
}
