import { AppError } from '../../../../base/errors.ts'
import {
  type ArgumentTypeName,
  type ArgumentValue,
  argumentTypes,
  isArgumentType,
  isTimely,
} from './argument-types.ts'
import { folded } from './command-word.ts'
import { expected, readValue } from './read-value.ts'

/** What is read: an argument, or the value of an option. */
export interface Reading {
  readonly type: ArgumentTypeName | 'choice'
  /** What can be chosen, where `type` is `choice`. */
  readonly choices?: readonly string[]
  /** As written in the pattern, and as the handler gets it; no value where that depends on the message. */
  readonly default?: { readonly text: string; readonly value?: ArgumentValue }
}

/** One argument of a command. */
export interface Argument extends Reading {
  readonly name: string
  readonly required: boolean
}

/** One option of a command. */
export interface Option {
  /** What stands behind `--`. The first is shown. */
  readonly names: readonly [string, ...string[]]
  /** What stands behind `-`. */
  readonly short?: string
  /** In `args`. */
  readonly key: string
  /** Its value; none for a flag. `label` is what the pattern calls it. */
  readonly value?: Reading & { readonly label: string }
}

/** A pattern, taken apart and found to be right. */
export interface CommandPattern<Pattern extends string = string> {
  readonly pattern: Pattern
  /** The words that call it, with one space between them. */
  readonly name: string
  readonly args: readonly Argument[]
  readonly options: readonly Option[]
}

/** By it, defaults are tried that depend on when the message is sent. */
const ANY_MOMENT = { now: Date.UTC(2026, 0, 1), timezone: 'UTC' }
const LONGEST_NAME = 100
const NAME = /^(\p{L}[\p{L}\p{N}_-]*)(\.\.\.)?(?::([^=]*))?(?:=(.*))?$/su
const OPTION = /^--(\p{L}[\p{L}\p{N}]*(?:-[\p{L}\p{N}]+)*)$/u
const SHORT = /^-(\p{L}),$/u
const CHOICE = /^[\p{L}\p{N}_-]{1,40}$/u
const PIECE = /<([^<>[\]]*)>|\[([^<>[\]]*)\]|\S[^\s<[]*/g

/**
 * Takes a command's pattern apart: `name sub-name <required> [optional] [with:type=default] <rest...> --option <value> --flag`.
 *
 * Types are string (if none is given), text, int, number, flag, user, group, duration, time, date, url, and a choice such
 * as `on|off|auto`. An argument without a type that is called like one is of that type. `<name...>` is short for
 * `<name:text>`, the rest of the message, and is the last argument. Options stand at the end. Defaults are read when the
 * pattern is.
 *
 * @throws AppError `command.pattern` that says what is wrong with the pattern
 */
export function parsePattern<const Pattern extends string>(pattern: Pattern): CommandPattern<Pattern> {
  const end = pattern.search(/(?:^|\s)[<[-]/)
  const words = (end === -1 ? pattern : pattern.slice(0, end)).trim().split(/\s+/)
  const name = words.join(' ')
  if (name === '' || /[<>[\]]/.test(name)) fail(pattern, 'it has to start with the name of the command')
  if (name.length > LONGEST_NAME) fail(pattern, `its name has more than ${LONGEST_NAME} letters`)
  return { pattern, name, ...new Pieces(pattern).read(end === -1 ? '' : pattern.slice(end)) }
}

function fail(pattern: string, problem: string): never {
  throw new AppError(`The command pattern '${pattern}' is wrong: ${problem}`, {
    code: 'command.pattern',
    hint: "A pattern looks like 'mute <user> [for:duration=10m] --reason <text...> --silent'",
  })
}

/** Reads what stands behind the name. */
class Pieces {
  readonly #pattern: string
  readonly #args: Argument[] = []
  readonly #options: Option[] = []
  #short: string | undefined
  /** The option that may be followed by what its value is. */
  #open: Option | undefined

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  read(text: string): Pick<CommandPattern, 'args' | 'options'> {
    for (const [whole, required, optional] of text.matchAll(PIECE)) {
      if (this.#short !== undefined && !OPTION.test(whole)) break
      const spec = required ?? optional
      if (spec === undefined) this.#word(whole)
      else if (this.#open) this.#value(this.#open, spec, optional !== undefined)
      else this.#argument(spec, required !== undefined)
    }
    if (this.#short !== undefined) this.#fail(`'-${this.#short},' is followed by no --name`)
    return { args: this.#args, options: this.#options }
  }

  #word(word: string): void {
    const [, short] = SHORT.exec(word) ?? []
    const [, name] = OPTION.exec(word) ?? []
    if (short !== undefined) this.#short = short
    else if (name !== undefined) this.#option(name)
    else if (word.startsWith('-')) this.#fail(`'${word}' is no option; write --name, or -n, --name`)
    else this.#fail(`'${word}' is neither <required> nor [optional]`)
  }

  #option(name: string): void {
    const key = name.replace(/-(.)/gu, (_, letter: string) => letter.toUpperCase())
    const short = this.#short
    this.#demandFree(key)
    const isTaken = (one: Option) =>
      one.names.some(other => folded(other) === folded(name)) || (short !== undefined && one.short === short)
    if (this.#options.some(isTaken)) this.#fail(`'--${name}' or its short name is there twice`)
    this.#short = undefined
    this.#open = { names: [name], key, ...(short === undefined ? {} : { short }) }
    this.#options.push(this.#open)
  }

  #value(option: Option, spec: string, isOptional: boolean): void {
    if (isOptional) this.#fail(`arguments come before options, and the value of an option is <${spec}>`)
    const { name, ...reading } = this.#reading(spec)
    this.#options[this.#options.length - 1] = { ...option, value: { ...reading, label: name } }
    this.#open = undefined
  }

  #argument(spec: string, required: boolean): void {
    if (this.#options.length > 0) this.#fail(`'${spec}' follows an option; arguments come before options`)
    const { name, ...reading } = this.#reading(spec)
    if (required && reading.default) this.#fail(`'${name}' is required and has a default; write [${spec}]`)
    const last = this.#args.at(-1)
    this.#demandFree(name)
    if (last?.type === 'text')
      this.#fail(`'${last.name}' takes the rest of the message, so it has to be last`)
    if (required && last?.required === false)
      this.#fail(`'${name}' is required but follows '${last.name}', which is optional`)
    this.#args.push({ name, required, ...reading })
  }

  #reading(spec: string): Reading & { readonly name: string } {
    const [, name, rest, given, text] = NAME.exec(spec) ?? []
    if (name === undefined || (rest !== undefined && given !== undefined))
      this.#fail(`'${spec}' is no argument`)
    const typeName = rest ? 'text' : (given ?? (isArgumentType(name) ? name : 'string'))
    const type = typeName.includes('|') ? this.#choice(name, typeName) : { type: this.#type(name, typeName) }
    return text === undefined
      ? { name, ...type }
      : { name, ...type, default: this.#default(name, type, text) }
  }

  #type(name: string, type: string): ArgumentTypeName {
    if (isArgumentType(type)) return type
    const known = Object.keys(argumentTypes).join(', ')
    return this.#fail(
      `'${name}' has the unknown type '${type}'; there are ${known}, and choices such as on|off`,
    )
  }

  #choice(name: string, type: string): Reading {
    const choices = type.split('|')
    if (!choices.every(one => CHOICE.test(one)))
      this.#fail(`'${name}' has the choice '${type}'; each has to be 1 to 40 letters, digits, _ or -`)
    if (new Set(choices.map(folded)).size < choices.length)
      this.#fail(`'${name}' has a choice that is there twice: '${type}'`)
    return { type: 'choice', choices }
  }

  #default(name: string, reading: Reading, text: string): NonNullable<Reading['default']> {
    const value = readValue(reading, text, ANY_MOMENT)
    if (value === undefined)
      this.#fail(`the default of '${name}' must be ${expected(reading)}, got '${text}'`)
    return isTimely(reading.type) ? { text } : { text, value }
  }

  #demandFree(key: string): void {
    if (this.#args.some(({ name }) => name === key) || this.#options.some(one => one.key === key))
      this.#fail(`'${key}' is there twice`)
  }

  #fail(problem: string): never {
    return fail(this.#pattern, problem)
  }
}
