import { resolve } from 'node:path'
import { clip, looksSecret } from './field-path.ts'
import { type ReadText, readFailure } from './read-text.ts'

/** The environment variables, as `process.env` has them. */
export type Env = Readonly<Record<string, string | undefined>>

export interface InterpolateOptions {
  readonly env: Env
  readonly readFile: ReadText
  /** Relative paths of `${file:…}` start here. */
  readonly folder: string
}

export interface Interpolated {
  readonly text: string
  /** The text was nothing but one reference. */
  readonly whole: boolean
  /** It comes from a file or a variable whose name looks secret: not to be shown. */
  readonly secret: boolean
  readonly complaints: readonly { readonly message: string; readonly hint: string }[]
}

const REFERENCE = /\$\$\{|\$\{([^{}]*)\}|\$\{/g
const VARIABLE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s
const FILE = /^file:(.+)$/s

/**
 * Replaces `${NAME}`, `${NAME:-default}` and `${file:/path}` in a text; `$${` stands for a plain `${`.
 *
 * The default also replaces an empty variable, as in a shell. What comes in is not looked at again.
 */
export function interpolate(text: string, { env, readFile, folder }: InterpolateOptions): Interpolated {
  const complaints = new Map<string, { message: string; hint: string }>()
  const complain = (message: string, hint: string) => complaints.set(message, { message, hint })
  let secret = false

  const fromFile = (path: string): string => {
    secret = true
    try {
      return readFile(resolve(folder, path.trim())).trim()
    } catch (thrown) {
      const message = `needs the file ${clip(path.trim())}, which ${readFailure(thrown)}`
      complain(message, 'the path is relative to the folder of this file')
      return ''
    }
  }

  const fromVariable = (name: string, fallback: string | undefined): string => {
    if (looksSecret(name)) secret = true
    const value = env[name]
    if (fallback !== undefined) return value === undefined || value === '' ? fallback : value
    if (value !== undefined) return value
    const message = `needs the environment variable ${clip(name)}, which is not set`
    complain(message, `set ${clip(name)}, or write a default: \${${clip(name)}:-…}`)
    return ''
  }

  let first: string | undefined
  const replaced = text.replace(REFERENCE, (match: string, inside: string | undefined) => {
    if (match === '$${') return '${'
    first ??= match
    const file = FILE.exec(inside ?? '')
    if (file) return fromFile(file[1]!)
    const variable = VARIABLE.exec(inside ?? '')
    if (variable) return fromVariable(variable[1]!, variable[2])
    complain(
      `has a \${ that does not start \${NAME}, \${NAME:-default} or \${file:/path}`,
      'write $${ for a plain ${',
    )
    return match
  })
  return { text: replaced, whole: first === text, secret, complaints: [...complaints.values()] }
}
