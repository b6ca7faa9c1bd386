import { AppError } from '../../../base/errors.ts'
import { clip, type FieldPath } from '../field-path.ts'

/** Deeper files are not read. */
const DEEPEST = 64
const LONGEST = 2000
const PART = /\.?([\p{L}\p{N}_-]+)|\[(\d{1,6})\]|\[("(?:[^"\\]|\\.)*")\]/uy

/**
 * Reads a field as people and messages write it: `plugins.announce.hooks.deploy.to.groups[0]`, `plugins["odd key"].x`.
 *
 * @throws AppError `config.field`
 */
export function parseField(text: string): FieldPath {
  const path: (string | number)[] = []
  if (text.length > LONGEST) throw refusal(text)
  for (PART.lastIndex = 0; PART.lastIndex < text.length; ) {
    const at = PART.lastIndex
    const part = PART.exec(text)
    // The first part has no dot before it, and every other key has one.
    const isKey = part?.[1] !== undefined
    if (!part || (isKey && text.startsWith('.', at) !== at > 0)) throw refusal(text)
    if (isKey) path.push(part[1]!)
    else path.push(part[2] === undefined ? unquoted(part[3]!, text) : Number(part[2]))
  }
  if (path.length === 0 || path.length > DEEPEST) throw refusal(text)
  return path
}

function unquoted(quoted: string, text: string): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    throw refusal(text)
  }
}

const refusal = (text: string): AppError =>
  new AppError(`'${clip(text)}' is no field`, {
    code: 'config.field',
    hint: 'A field is written like server.listen, plugins.announce.hooks or plugins.notices.groups[0].',
  })
