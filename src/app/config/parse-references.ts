/** A piece of a text in which things stand for others. */
export type Part = string | WrittenReference

export type WrittenReference =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'variable'; readonly name: string; readonly fallback: readonly Part[] | undefined }
  /** Something that begins like one. */
  | { readonly kind: 'broken' }

const OPEN = '${'
const ESCAPED = '$${'
const FILE = /file:([^{}]+)\}/y
const VARIABLE = /([A-Za-z_][A-Za-z0-9_]*)(:-|\})/y
/** Nobody reads deeper ones. */
const DEEPEST = 8

/** Takes a text apart into what it says itself and its references; in defaults there may be references again. */
export function parseReferences(text: string): Part[] {
  const parts: Part[] = []
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf(OPEN, at)
    if (next < 0) {
      parts.push(text.slice(at))
      break
    }
    const isEscaped = next > at && text[next - 1] === '$'
    parts.push(isEscaped ? text.slice(at, next - 1) + OPEN : text.slice(at, next))
    const found = isEscaped ? undefined : referenceAt(text, next + OPEN.length, 1)
    if (found) parts.push(found.reference)
    else if (!isEscaped) parts.push({ kind: 'broken' }, OPEN)
    at = found?.end ?? next + OPEN.length
  }
  return parts.filter(part => part !== '')
}

interface Found {
  readonly reference: WrittenReference
  /** Behind it. */
  readonly end: number
}

/** @param at  behind the opening bracket */
function referenceAt(text: string, at: number, depth: number): Found | undefined {
  FILE.lastIndex = at
  const file = FILE.exec(text)
  if (file) return { reference: { kind: 'file', path: file[1]! }, end: FILE.lastIndex }
  VARIABLE.lastIndex = at
  const variable = VARIABLE.exec(text)
  if (!variable || depth > DEEPEST) return undefined
  const [, name = '', mark] = variable
  const end = VARIABLE.lastIndex
  if (mark === '}') return { reference: { kind: 'variable', name, fallback: undefined }, end }
  const fallback = fallbackAt(text, end, depth)
  return fallback && { reference: { kind: 'variable', name, fallback: fallback.parts }, end: fallback.end }
}

const SPECIAL = /\$\$\{|\$\{|[{}]/g

/** What stands in front of the bracket that closes a default. */
function fallbackAt(
  text: string,
  from: number,
  depth: number,
): { readonly parts: Part[]; readonly end: number } | undefined {
  const parts: Part[] = []
  for (let at = from; ; ) {
    SPECIAL.lastIndex = at
    const special = SPECIAL.exec(text)
    if (!special || special[0] === '{') return undefined
    const { index } = special
    parts.push(text.slice(at, index))
    if (special[0] === '}') return { parts: parts.filter(part => part !== ''), end: index + 1 }
    at = index + special[0].length
    if (special[0] === ESCAPED) parts.push(OPEN)
    else {
      const inner = referenceAt(text, at, depth + 1)
      if (!inner) return undefined
      parts.push(inner.reference)
      at = inner.end
    }
  }
}
