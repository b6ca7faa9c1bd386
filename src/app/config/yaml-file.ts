import { dirname } from 'node:path'
import { type Alias, isScalar, type Node, Scalar } from 'yaml'
import { type FieldPath, fieldName, isSecretField } from './field-path.ts'
import { type Env, interpolate, type Reference } from './interpolate.ts'
import type { Problem } from './problem.ts'
import { isMissing, MAX_FILE_BYTES, type ReadText, readFailure, readText } from './read-text.ts'
import { parseYaml, resolvePlain } from './yaml-syntax.ts'
import { indexTree, isBlank, MAX_ALIASES, type TreeVisitor, type YamlTree } from './yaml-tree.ts'

/** A place in a file, both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A YAML file that was read, with every `${…}` replaced. */
export interface YamlFile {
  /** As it was given. */
  readonly path: string
  /** Plain values; undefined when the file is {@link broken}. */
  readonly value: unknown
  /** The file could not be read or is not YAML: there is no value. */
  readonly broken: boolean
  readonly problems: readonly Problem[]
  /** Where a value is; for one that is not there, the key of the nearest parent that is. */
  positionOf(path: FieldPath): Position
  /** Where the key of a value is. */
  keyPositionOf(path: FieldPath): Position
  /** How a number, `true` or `false` was written, if it was not quoted: for schemas that want a text. */
  textAt(path: FieldPath): string | undefined
  /** Whether the value must not be shown, by the names that lead to it or by where it comes from. */
  isSecret(path: FieldPath): boolean
  /** What came from files, and from variables whose names look secret: it is not to be shown anywhere. */
  readonly secrets: readonly string[]
  /** What a value takes from elsewhere. */
  referencesAt(path: FieldPath): readonly Reference[]
  /** All of it, with where it stands. */
  readonly references: readonly { readonly path: FieldPath; readonly reference: Reference }[]
}

export interface ReadYamlOptions {
  readonly env: Env
  readonly readFile?: ReadText
  /** Fields that something else overrides: their `${…}` stay as they are, and make no problem. */
  readonly overridden?: ReadonlySet<string>
  /** What to do when there is no such file. */
  readonly hintIfMissing?: string
}

const START: Position = { line: 1, column: 1 }

/** Reads a YAML file of at most 1 MiB. Never throws: what is wrong is in `problems`. */
export function readYaml(path: string, options: ReadYamlOptions): YamlFile {
  const { env, readFile = readText, overridden, hintIfMissing } = options
  const broken = (problems: readonly Omit<Problem, 'file' | 'field'>[]): YamlFile => ({
    path,
    value: undefined,
    broken: true,
    problems: problems.map(problem => ({ file: path, field: '', ...problem })),
    positionOf: () => START,
    keyPositionOf: () => START,
    textAt: () => undefined,
    isSecret: isSecretField,
    secrets: [],
    referencesAt: () => [],
    references: [],
  })

  let text: string
  try {
    text = readFile(path)
    if (Buffer.byteLength(text) > MAX_FILE_BYTES) throw new RangeError('is longer than 1 MiB')
  } catch (thrown) {
    const hint = isMissing(thrown) ? hintIfMissing : undefined
    return broken([{ line: 0, column: 0, message: readFailure(thrown), hint }])
  }
  const { document, complaints, place } = parseYaml(text)
  if (!document) return broken(complaints)

  const problems: Problem[] = []
  const texts = new Map<Node, string>()
  const secretNodes = new Set<Node>()
  const secrets: string[] = []
  const references: { path: FieldPath; reference: Reference; node: Node }[] = []
  const placeOf = (node: Node | undefined): Position => place(node?.range?.[0] ?? 0)
  const report = (node: Node, at: FieldPath, message: string, hint?: string) =>
    problems.push({ file: path, ...placeOf(node), field: fieldName(at), message, hint })

  const visitor: TreeVisitor = {
    scalar(node, at) {
      if (node.type === Scalar.PLAIN && isWord(node.value)) texts.set(node, node.source ?? String(node.value))
      if (typeof node.value !== 'string' || !node.value.includes('${')) return
      if (overridden?.has(fieldName(at))) return
      const result = interpolate(node.value, { env, readFile, folder: dirname(path) })
      for (const { message, hint } of result.complaints) report(node, at, message, hint)
      if (result.secret) secretNodes.add(node)
      secrets.push(...result.secrets)
      references.push(...result.references.map(reference => ({ path: at, reference, node })))
      node.value = result.whole && node.type === Scalar.PLAIN ? resolvePlain(result.text) : result.text
      if (isWord(node.value)) texts.set(node, result.text.trim())
    },
    duplicate(key, at, earlier) {
      report(key, at, `is given on line ${placeOf(earlier).line} already`, 'keep one of them')
    },
    badAlias(node: Alias, at, reason) {
      report(node, at, ALIAS_MESSAGES[reason], 'put the value in quotes if the * belongs to it')
    },
  }
  const tree = indexTree(document, visitor)
  // Only an alias can make this fail, and most of those were found above.
  let value: unknown
  if (!problems.some(({ message }) => Object.values(ALIAS_MESSAGES).includes(message))) {
    try {
      value = document.toJS({ maxAliasCount: MAX_ALIASES })
    } catch {
      problems.push({ file: path, ...START, field: '', message: ALIAS_MESSAGES['too many'] })
    }
  }
  return {
    path,
    value,
    broken: value === undefined,
    problems,
    ...positions(tree, placeOf),
    textAt: at => texts.get(foundAt(tree, at) as Node),
    isSecret: at => isSecretField(at) || secretNodes.has(foundAt(tree, at) as Node),
    secrets,
    references: references.map(({ path, reference }) => ({ path, reference })),
    referencesAt(at) {
      const found = foundAt(tree, at)
      return references.flatMap(({ node, reference }) => (node === found ? [reference] : []))
    },
  }
}

const ALIAS_MESSAGES = {
  unknown: 'starts with *, but no anchor (&) of that name comes before it',
  'inside itself': 'refers to something that it is a part of',
  'too many': `uses anchors (&name, *name) more than ${MAX_ALIASES} times`,
}

/** Whether YAML took a plain word for something else than a text. */
const isWord = (value: unknown): boolean => typeof value === 'number' || typeof value === 'boolean'

function foundAt(tree: YamlTree, path: FieldPath): Node | null {
  const { value, rest } = tree.find(path)
  return rest === 0 && isScalar(value) ? value : null
}

function positions(
  tree: YamlTree,
  placeOf: (node: Node | undefined) => Position,
): Pick<YamlFile, 'positionOf' | 'keyPositionOf'> {
  const keyPositionOf = (path: FieldPath): Position => {
    const { entry } = tree.find(path)
    return entry ? placeOf(entry.key) : START
  }
  return {
    keyPositionOf,
    positionOf(path) {
      const { value, rest } = tree.find(path)
      return rest > 0 || isBlank(value) ? keyPositionOf(path) : placeOf(value ?? undefined)
    },
  }
}
