import type { z } from 'zod'
import { closest } from '../../base/closest.ts'
import { clip, type FieldPath } from './field-path.ts'
import { knownKeys } from './schema-keys.ts'

type Issue = z.core.$ZodIssue

/** What a schema has against a value, in words. */
export interface Finding {
  readonly path: FieldPath
  readonly message: string
  readonly hint?: string
  /** The key is wrong, not its value. */
  readonly onKey?: boolean
  /** The value helps to understand the message. */
  readonly showValue?: boolean
}

/** Says what is wrong, and where; an unknown key each is a finding of its own. */
export function explainIssue(issue: Issue, schema: z.core.$ZodType, root: unknown): Finding[] {
  const path = pathOf(issue)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key => unknownKey(path, key, knownKeys(schema, path)))
  if (issue.code === 'invalid_key') {
    const [inner] = issue.issues
    return [{ path, onKey: true, message: `the name ${inner ? mustBe(inner) : 'is not valid'}` }]
  }
  if (valueAt(root, path) === undefined && MISSING.has(issue.code))
    return [{ path, message: 'is required', hint: mustBe(issue) }]
  if (issue.code === 'invalid_union') {
    const branch = bestBranch(issue)
    const within = branch?.map(inner => ({ ...inner, path: [...issue.path, ...inner.path] }) as Issue)
    if (within) return within.flatMap(inner => explainIssue(inner, schema, root))
  }
  return [{ path, message: mustBe(issue), hint: hintFor(issue, valueAt(root, path)), showValue: true }]
}

/** The value that a path leads to. */
export function valueAt(root: unknown, path: FieldPath): unknown {
  let value = root
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string | number, unknown>)[part]
  }
  return value
}

/** The path of an issue, as paths of files are. */
export const pathOf = (issue: Issue): (string | number)[] =>
  issue.path.map(part => (typeof part === 'number' ? part : String(part)))

const MISSING = new Set(['invalid_type', 'invalid_value', 'invalid_union'])

function unknownKey(path: FieldPath, key: string, known: readonly string[]): Finding {
  // One kind of a thing has it, and the one that was chosen has not.
  if (known.includes(key)) {
    const hint = 'it goes with another choice than the one beside it'
    return { path: [...path, key], onKey: true, message: 'is not known here', hint }
  }
  const guess = closest(key, known)
  const list = known.length > 0 ? `known here: ${known.join(', ')}` : undefined
  return {
    path: [...path, key],
    onKey: true,
    message: 'is not a known key',
    hint: guess === undefined ? list : `did you mean "${guess}"?`,
  }
}

/**
 * The branch of a union that the value was meant for: the one whose kind it is of, and which has the least against it.
 * None when the value is of no branch's kind.
 */
function bestBranch(issue: Extract<Issue, { code: 'invalid_union' }>): readonly Issue[] | undefined {
  const isOtherKind = ({ code, path }: Issue) => path.length === 0 && MISSING.has(code)
  const weight = (branch: readonly Issue[]) =>
    branch.reduce((sum, { code, path }) => sum + (code === 'invalid_value' && path.length === 1 ? 100 : 1), 0)
  const [best] = issue.errors
    .filter(branch => branch.length > 0 && !branch.some(isOtherKind))
    .sort((a, b) => weight(a) - weight(b))
  // The schema's own words describe the value better than one branch of it, unless that looked inside.
  return best && (best.some(({ path }) => path.length > 0) || !ownWords(issue)) ? best : undefined
}

function hintFor(issue: Issue, value: unknown): string | undefined {
  if (issue.code === 'custom' && typeof issue.params?.hint === 'string') return issue.params.hint
  if (typeof value !== 'string') return undefined
  if (issue.code === 'invalid_type' && /^(true|false|[-+]?\d+(\.\d+)?)$/.test(value))
    return 'write it without quotes'
  const guess = closest(
    value,
    choices(issue).filter(choice => typeof choice === 'string'),
  )
  return guess === undefined ? undefined : `did you mean "${guess}"?`
}

/** The rest of a sentence that starts with the field: `must be …`. */
function mustBe(issue: Issue): string {
  const own = ownWords(issue)
  if (own !== undefined) return own
  switch (issue.code) {
    case 'too_small':
      return sized(
        issue.origin,
        Number(issue.minimum),
        issue.exact ? 'exactly' : issue.inclusive ? 'at least' : 'more than',
      )
    case 'too_big':
      return sized(
        issue.origin,
        Number(issue.maximum),
        issue.exact ? 'exactly' : issue.inclusive ? 'at most' : 'less than',
      )
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_format':
      return `must ${formatted(issue)}`
    case 'invalid_type':
    case 'invalid_value':
    case 'invalid_union': {
      const kinds = [...new Set(alternatives(issue))]
      return kinds.length > 0 ? `must be ${orList(kinds)}` : 'is not valid'
    }
    default:
      return 'is not valid'
  }
}

/** What the author of the schema wrote, if it is not zod's own message. */
const ownWords = ({ message }: Issue): string | undefined =>
  message === '' || /^(Invalid|Too small|Too big|Unrecognized)\b/.test(message) ? undefined : message

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'an integer',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
  null: 'empty',
}

function alternatives(issue: Issue): string[] {
  if (issue.code === 'invalid_type') return [KINDS[issue.expected] ?? `a ${issue.expected}`]
  if (issue.code === 'invalid_union' && issue.errors.length > 0)
    return issue.errors.flatMap(branch => branch.slice(0, 1)).flatMap(alternatives)
  const listed = choices(issue).map(choice =>
    typeof choice === 'string' ? JSON.stringify(choice) : String(choice),
  )
  return listed.length > 0 ? listed : [mustBeSomething(issue)]
}

const mustBeSomething = (issue: Issue): string =>
  (ownWords(issue) ?? 'something else').replace(/^must be /, '')

function choices(issue: Issue): readonly unknown[] {
  if (issue.code === 'invalid_value') return issue.values
  if (issue.code !== 'invalid_union') return []
  // One that may be left out is no choice to write.
  if ('options' in issue && issue.options) return issue.options.filter(option => option !== undefined)
  return issue.errors.flatMap(branch =>
    branch.flatMap(inner => (inner.path.length === 0 ? choices(inner) : [])),
  )
}

function sized(origin: string, size: number, how: string): string {
  if (origin === 'string') return `must have ${how} ${size} character${size === 1 ? '' : 's'}`
  if (origin === 'array' || origin === 'set')
    return `must have ${how} ${size} entr${size === 1 ? 'y' : 'ies'}`
  return `must be ${how} ${size}`
}

function formatted(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  if (issue.format === 'regex') return `match ${clip(issue.pattern ?? 'its pattern')}`
  if (issue.format === 'url') return 'be a URL'
  return `be a valid ${issue.format.replaceAll('_', ' ')}`
}

const orList = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`
