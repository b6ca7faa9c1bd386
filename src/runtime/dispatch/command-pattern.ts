import { AppError } from '../../base/errors.ts'
import type { ArgsOf } from './args-of.ts'
import { type ArgumentTypeName, type ArgumentValue, argumentTypes, isArgumentType } from './argument-types.ts'

export type { ArgsOf } from './args-of.ts'

/** One argument of a command. */
export interface Argument {
  readonly name: string
  readonly type: ArgumentTypeName
  readonly required: boolean
  /** As written in the pattern, and as the handler gets it. */
  readonly default?: { readonly text: string; readonly value: ArgumentValue }
}

/** A pattern, taken apart and found to be right. */
export interface CommandPattern<Pattern extends string = string> {
  readonly pattern: Pattern
  readonly name: string
  readonly args: readonly Argument[]
}

/** What {@link parseArgs} made of an input; `message` and `usage` are fit to show in the chat. */
export type ParsedArgs<Pattern extends string = string> =
  | { readonly ok: true; readonly args: ArgsOf<Pattern> }
  | { readonly ok: false; readonly message: string; readonly usage: string }

const ARGUMENT = /^(\p{L}[\p{L}\p{N}_-]*)(?:(\.\.\.)|:([^=]*))?(?:=(.*))?$/u

/**
 * Takes a command's pattern apart: `name <required> [optional] <arg:type> [arg:type=default] <text...>`.
 *
 * Types are string (if none is given), int, number, flag, user, duration and text; `<name...>` is short for
 * `<name:text>`, the rest of the message, and stands last. Defaults are read when the pattern is.
 *
 * @throws AppError `command.pattern` that says what is wrong with the pattern
 */
export function parsePattern<const Pattern extends string>(pattern: Pattern): CommandPattern<Pattern> {
  const [, name, rest] = /^\s*([^\s<>[\]]+)(\s[\s\S]*|)$/.exec(pattern) ?? []
  if (name === undefined || rest === undefined) fail(pattern, 'it has to start with the name of the command')
  const args: Argument[] = []
  for (const [whole, required, optional] of rest.matchAll(/<([^<>[\]]*)>|\[([^<>[\]]*)\]|\S[^\s<[]*/g)) {
    const spec = required ?? optional
    if (spec === undefined) fail(pattern, `'${whole}' is neither <required> nor [optional]`)
    const arg = parseArgument(pattern, spec, required !== undefined)
    const last = args.at(-1)
    if (args.some(other => other.name === arg.name)) fail(pattern, `'${arg.name}' is there twice`)
    if (last?.type === 'text')
      fail(pattern, `'${last.name}' takes the rest of the message, so it has to be last`)
    if (arg.required && last?.required === false)
      fail(pattern, `'${arg.name}' is required but follows '${last.name}', which is optional`)
    args.push(arg)
  }
  return { pattern, name, args }
}

function parseArgument(pattern: string, spec: string, required: boolean): Argument {
  const [, name, rest, typeName, text] = ARGUMENT.exec(spec) ?? []
  if (name === undefined) fail(pattern, `'${spec}' is no argument`)
  const type = rest ? 'text' : (typeName ?? 'string')
  if (!isArgumentType(type))
    fail(
      pattern,
      `'${name}' has the unknown type '${type}'; there are ${Object.keys(argumentTypes).join(', ')}`,
    )
  if (text === undefined) return { name, type, required }
  if (required) fail(pattern, `'${name}' is required and has a default; write [${spec}]`)
  const value = argumentTypes[type].read(text)
  if (value === undefined)
    fail(pattern, `the default of '${name}' must be ${argumentTypes[type].expects}, got '${text}'`)
  return { name, type, required, default: { text, value } }
}

function fail(pattern: string, problem: string): never {
  throw new AppError(`The command pattern '${pattern}' is wrong: ${problem}`, {
    code: 'command.pattern',
    hint: "A pattern looks like 'mute <user:user> [for:duration=10m] [reason...]'",
  })
}

/**
 * Reads what follows a command's name in a message. Never throws, whatever the input.
 *
 * Words are divided by white space; "two words" or “two words” is one argument. Text arguments take the rest of
 * the message as it stands, quotes and line breaks included. An optional argument that is absent and has no
 * default is absent from `args` too.
 *
 * @param prefix  what calls commands in this chat, shown in the usage line
 */
export function parseArgs<Pattern extends string>(
  parsed: CommandPattern<Pattern>,
  input: string,
  prefix = '',
): ParsedArgs<Pattern> {
  const refuse = (message: string) => ({ ok: false, message, usage: usageOf(parsed, prefix) }) as const
  const args: Record<string, ArgumentValue> = {}
  let left = input.trim()
  for (const { name, type, required, default: fallback } of parsed.args) {
    if (left === '') {
      if (required) return refuse(`${name} is missing`)
      if (fallback) args[name] = fallback.value
      continue
    }
    const [word, after] = type === 'text' ? [left, ''] : firstWord(left)
    const value = argumentTypes[type].read(word)
    if (value === undefined)
      return refuse(`${name} must be ${argumentTypes[type].expects}, got '${excerpt(word)}'`)
    args[name] = value
    left = after
  }
  if (left !== '') return refuse(`I don't know what to do with '${excerpt(left)}'`)
  // The names and types of `args` are those that ArgsOf reads from the same pattern.
  return { ok: true, args: args as ArgsOf<Pattern> }
}

/** One line that shows how a command is called: `/mute <user> [for=10m] [reason...]`. */
export function usageOf(parsed: CommandPattern, prefix: string): string {
  const shown = parsed.args.map(({ name, type, required, default: fallback }) => {
    const label = `${name}${type === 'text' ? '...' : ''}${fallback ? `=${fallback.text}` : ''}`
    return required ? `<${label}>` : `[${label}]`
  })
  return [`${prefix}${parsed.name}`, ...shown].join(' ')
}

const QUOTED = /^(?:"([^"]*)"|“([^”]*)”|”([^”]*)”)(?=\s|$)/
const WORD = /^\S+/

/** The first word of a text that starts with one, and what follows it. A quote that is not closed is a letter. */
function firstWord(text: string): [word: string, after: string] {
  const quoted = QUOTED.exec(text)
  const word = quoted ? (quoted[1] ?? quoted[2] ?? quoted[3] ?? '') : (WORD.exec(text)?.[0] ?? text)
  return [word, text.slice(quoted ? quoted[0].length : word.length).trimStart()]
}

const LONGEST_EXCERPT = 40

/** The user's own words in an answer: on one line, and short. */
function excerpt(text: string): string {
  const letters = [...text.slice(0, 4 * LONGEST_EXCERPT).replace(/[\s\p{Cc}]+/gu, ' ')]
  return letters.length > LONGEST_EXCERPT
    ? `${letters.slice(0, LONGEST_EXCERPT - 1).join('')}…`
    : letters.join('')
}
