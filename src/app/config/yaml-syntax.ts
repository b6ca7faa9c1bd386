import { Composer, type CST, type Document, type ErrorCode, isScalar, LineCounter, Parser } from 'yaml'

/** Deeper nesting is no configuration; and composing it would exhaust the stack. */
const DEEPEST = 64
/** One mistake makes many errors: only the first ones help. */
const MOST_ERRORS = 5

const OPTIONS = { prettyErrors: false, stringKeys: true, uniqueKeys: false, logLevel: 'error' } as const

export interface SyntaxComplaint {
  readonly line: number
  readonly column: number
  readonly message: string
  readonly hint?: string
}

export interface ParsedText {
  /** Absent when there are complaints. */
  readonly document?: Document
  readonly complaints: readonly SyntaxComplaint[]
  /** The place of an offset, both from 1. */
  place(offset: number): { line: number; column: number }
}

const QUOTE = 'put the value in quotes if the character belongs to it'

/** In our words, as those of the parser may quote a part of the file, and that may be a secret. */
const MESSAGES: Partial<Record<ErrorCode, readonly [message: string, hint?: string]>> = {
  ALIAS_PROPS: ['an alias (*name) cannot have an anchor or a tag', QUOTE],
  BAD_ALIAS: ['an alias (*) or anchor (&) is not written right', QUOTE],
  BAD_DIRECTIVE: ['a line that starts with % is not understood', 'put the value in quotes'],
  BAD_DQ_ESCAPE: ['a backslash in "…" starts no known escape', "write \\\\, or use '…'"],
  BAD_INDENT: ['the indentation is not right, or a bracket is not closed'],
  BAD_SCALAR_START: ['a value cannot start with this character', 'put the value in quotes'],
  BLOCK_AS_IMPLICIT_KEY: ['a second "key:" on one line', 'put a value that contains a colon in quotes'],
  BLOCK_IN_FLOW: ['a list or map in lines cannot be inside [ ] or { }'],
  MISSING_CHAR: ['a quote, bracket, comma or colon is missing'],
  MULTILINE_IMPLICIT_KEY: ['a key has to be on one line, followed by a colon', 'is a colon missing above?'],
  MULTIPLE_DOCS: ['a second document starts here', 'take the --- away'],
  NON_STRING_KEY: ['a key has to be a plain text'],
  TAB_AS_INDENT: ['a tab is used as indentation', 'indent with spaces'],
  TAG_RESOLVE_FAILED: ['a value that starts with ! is not understood', QUOTE],
  UNEXPECTED_TOKEN: ['something is not expected here', 'check the indentation, quotes and brackets'],
}

/** Parses YAML text; never throws. */
export function parseYaml(text: string): ParsedText {
  const lines = new LineCounter()
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  const deep = tooDeep(tokens)
  if (deep !== undefined)
    return { place, complaints: [{ ...place(deep), message: `is nested deeper than ${DEEPEST} levels` }] }

  const [document, second] = [...new Composer(OPTIONS).compose(tokens, true, text.length)] as Document[]
  const errors = [...document!.errors, ...document!.warnings].map(({ code, pos }) => ({ code, at: pos[0] }))
  if (second) errors.push({ code: 'MULTIPLE_DOCS', at: second.range?.[0] ?? 0 })

  const complaints = new Map<number, SyntaxComplaint>()
  for (const { code, at } of errors.sort((a, b) => a.at - b.at).slice(0, 1000)) {
    const { line, column } = place(at)
    if (complaints.has(line) || complaints.size === MOST_ERRORS) continue
    const [message, hint] = MESSAGES[code] ?? ['is not valid YAML']
    const reference = /[[{][^"']*\$\{/.test(lineOf(text, at))
    complaints.set(line, {
      line,
      column,
      message,
      hint: reference ? `inside [ ] and { } write "\${…}" in quotes` : hint,
    })
  }
  return complaints.size > 0
    ? { place, complaints: [...complaints.values()] }
    : { place, complaints: [], document }
}

/** What YAML takes a plain scalar of this text for: a number, true, false, null, or else the text itself. */
export function resolvePlain(text: string): unknown {
  const { document } = parseYaml(text)
  if (!document) return text
  const node = document.contents
  if (node === null) return null
  const isPlain = isScalar(node) && node.type === 'PLAIN' && node.source === text.trim()
  return isPlain && typeof node.value !== 'string' ? node.value : text
}

function lineOf(text: string, at: number): string {
  const end = text.indexOf('\n', at)
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, end < 0 ? text.length : end).slice(0, 1000)
}

/** The offset of the first token that is nested too deeply. Level by level, as recursion is what must not happen. */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  let level: readonly CST.Token[] = tokens
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return level[0]!.offset
    const next: CST.Token[] = []
    for (const token of level) {
      if (token.type === 'document' && token.value) next.push(token.value)
      if (!('items' in token)) continue
      for (const { key, value } of token.items) {
        if (key) next.push(key)
        if (value) next.push(value)
      }
    }
    level = next
  }
  return undefined
}
