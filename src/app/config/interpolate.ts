import { resolve } from 'node:path'
import { clip, looksSecret } from './field-path.ts'
import { type Part, parseReferences } from './parse-references.ts'
import { type ReadText, readFailure } from './read-text.ts'

/** The environment variables, as `process.env` has them. */
export type Env = Readonly<Record<string, string | undefined>>

export interface InterpolateOptions {
  readonly env: Env
  readonly readFile: ReadText
  /** Relative paths of `${file:…}` start here. */
  readonly folder: string
}

/** Something that a text takes from elsewhere. */
export type Reference =
  /** A variable of the environment; `isDefault`: it is not set, or empty, and the default stands for it. */
  | { readonly kind: 'variable'; readonly name: string; readonly isDefault: boolean }
  | { readonly kind: 'file'; readonly path: string }

export interface Interpolated {
  readonly text: string
  /** The text was nothing but one reference. */
  readonly whole: boolean
  /** It comes from a file or a variable whose name looks secret: not to be shown. */
  readonly secret: boolean
  /** What came from there, unless it is too short to be looked for. */
  readonly secrets: readonly string[]
  readonly references: readonly Reference[]
  readonly complaints: readonly { readonly message: string; readonly hint: string }[]
}

/** Shorter ones are a part of anything. */
const SHORTEST_SECRET = 4

/**
 * Replaces `${NAME}`, `${NAME:-default}` and `${file:/path}` in a text; `$${` stands for a plain `${`.
 *
 * The default also replaces an empty variable, as in a shell, and may hold references itself. What comes in is not looked
 * at again.
 */
export function interpolate(text: string, { env, readFile, folder }: InterpolateOptions): Interpolated {
  const complaints = new Map<string, { message: string; hint: string }>()
  const complain = (message: string, hint: string) => complaints.set(message, { message, hint })
  const secrets: string[] = []
  const references: Reference[] = []
  let secret = false
  const hidden = (value: string): string => {
    secret = true
    secrets.push(value)
    return value
  }

  const fromFile = (named: string): string => {
    const path = named.trim()
    references.push({ kind: 'file', path: resolve(folder, path) })
    try {
      return hidden(readFile(resolve(folder, path)).trim())
    } catch (thrown) {
      const message = `needs the file ${clip(path)}, which ${readFailure(thrown)}`
      complain(message, 'the path is relative to the folder of this file')
      return ''
    }
  }

  const fromVariable = (name: string, fallback: readonly Part[] | undefined): string => {
    const given = env[name]
    const isDefault = fallback !== undefined && (given === undefined || given === '')
    references.push({ kind: 'variable', name, isDefault })
    const value = isDefault ? fallback.map(textOf).join('') : given
    if (value !== undefined) return looksSecret(name) ? hidden(value) : value
    const message = `needs the environment variable ${clip(name)}, which is not set`
    complain(message, `set ${clip(name)}, or write a default: \${${clip(name)}:-…}`)
    return ''
  }

  const textOf = (part: Part): string => {
    if (typeof part === 'string') return part
    if (part.kind === 'file') return fromFile(part.path)
    if (part.kind === 'variable') return fromVariable(part.name, part.fallback)
    complain(
      `has a \${ that does not start \${NAME}, \${NAME:-default} or \${file:/path}`,
      'write $${ for a plain ${',
    )
    return ''
  }
  const parts = parseReferences(text)
  return {
    text: parts.map(textOf).join(''),
    whole: parts.length === 1 && typeof parts[0] !== 'string',
    secret,
    secrets: secrets.filter(value => value.length >= SHORTEST_SECRET),
    references,
    complaints: [...complaints.values()],
  }
}
