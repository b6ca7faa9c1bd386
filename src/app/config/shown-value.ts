import { type FieldPath, isSecretField } from './field-path.ts'
import { type Part, parseReferences } from './parse-references.ts'

/** What stands in place of a secret, as long for each. */
export const MASK = '••••'

/** A value as a file gives it, with the secrets in it hidden; a reference to one is none, but for its default. */
export function withoutSecrets(value: unknown, path: FieldPath = []): unknown {
  if (Array.isArray(value)) return value.map((item, index) => withoutSecrets(item, [...path, index]))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner, [...path, key])]),
    )
  if (typeof value === 'string') return isSecretField(path) ? maskText(value) : withoutPassword(value)
  return isSecretField(path) && typeof value === 'number' ? MASK : value
}

/** A text without the password of a URL in it. */
export const withoutPassword = (text: string): string =>
  text.replace(/(:\/\/[^/\s:@]*):[^/\s@]*@/g, `$1:${MASK}@`)

function maskText(text: string): string {
  if (text === '') return text
  const parts = parseReferences(text)
  return parts.every(part => typeof part === 'string') ? MASK : parts.map(masked).join('')
}

/** A default may be the secret itself, and what stands around references is a part of it. */
function masked(part: Part): string {
  if (typeof part === 'string') return MASK
  if (part.kind === 'broken') return ''
  if (part.kind === 'file') return `\${file:${part.path}}`
  const { name, fallback } = part
  return fallback === undefined ? `\${${name}}` : `\${${name}:-${fallback.map(masked).join('')}}`
}
