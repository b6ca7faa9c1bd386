import { AppError } from '../../../base/errors.ts'
import type { Language } from '../../texts/language.ts'
import { localised, namesIn, ofLanguage } from '../../texts/localised.ts'
import { type CommandPolicy, policyOf } from './command-policy.ts'
import type { CommandHandler, CommandOptions, CommandRules } from './commanding.ts'
import { type CommandPattern, type Option, parsePattern } from './pattern/command-pattern.ts'
import type { Found } from './pattern/command-tree.ts'
import { usageOf } from './pattern/usage.ts'

/** A command that a plugin added. */
export interface Command {
  readonly pattern: CommandPattern
  /** With what the framework reads besides. */
  readonly reads: CommandPattern
  readonly options: CommandOptions
  readonly policy: CommandPolicy
  readonly handler: CommandHandler<never>
  /** Its other names, whole. */
  readonly otherNames: readonly string[]
}

/** A text that calls a command, or the beginning of the names of several. */
export type Call = Found<Command>

const MOST_NAMES = 50
const NAME = /^[^\s<>[\]-][^\s<>[\]]*(?: [^\s<>[\]]+)*$/
const LONGEST_NAME = 100

/** With it, a command is confirmed beforehand. */
export const YES: Option = { names: ['yes', '确认'], key: 'yes' }

/**
 * A command as a plugin declares it.
 *
 * @throws AppError `command.pattern`, `command.options`
 */
export function commandOf(
  declared: { pattern: string | CommandPattern; options: CommandOptions; handler: CommandHandler<never> },
  rules: CommandRules,
): Command {
  const { options, handler } = declared
  const pattern = typeof declared.pattern === 'string' ? parsePattern(declared.pattern) : declared.pattern
  const { name } = pattern
  const { confirm = false, aliases = [], names = {} } = options
  const others = [...aliases, ...Object.values(names).flatMap(namesIn)]
  const odd = others.find(other => !NAME.test(other) || other.length > LONGEST_NAME)
  if (odd !== undefined) wrong(name, `'${odd}' cannot be a name`)
  if (others.length > MOST_NAMES) wrong(name, `it has more than ${MOST_NAMES} other names`)
  if (confirm && pattern.options.some(({ key }) => key === YES.key))
    wrong(name, 'the option --yes is there already when it is confirmed')
  const reads = confirm ? { ...pattern, options: [...pattern.options, YES] } : pattern
  const policy = policyOf(name, options, rules)
  const otherNames = [...new Set(others.map(other => wholeName(name, other)))]
  return { pattern, reads, options, policy, handler, otherNames }
}

/** Another name stands for as many of the last words of a name as it has: `send` for `notice fire` is `notice send`. */
function wholeName(name: string, other: string): string {
  const words = name.split(' ')
  const instead = other.split(' ')
  return [...words.slice(0, Math.max(0, words.length - instead.length)), ...instead].join(' ')
}

function wrong(name: string, problem: string): never {
  throw new AppError(`the options of the command '${name}' are wrong: ${problem}`, {
    code: 'command.options',
  })
}

/** What a command is called in a language. */
export function nameOf({ pattern: { name }, options: { names } }: Command, language: Language): string {
  const [own] = names ? namesIn(ofLanguage(names, language)) : []
  return own === undefined ? name : wholeName(name, own)
}

/** How it is called, with what it does behind: one line. */
export function lineOf(command: Command, prefix: string, language: Language): string {
  const usage = usageOf(command.pattern, prefix, nameOf(command, language))
  const description = localised(command.options.description, language)
  return description ? `${usage} – ${description}` : usage
}

/** What of its options can be told to another thread. */
export function plainOptions({ confirm, ...options }: CommandOptions): CommandOptions {
  return { ...options, ...(confirm ? { confirm: true } : {}) }
}
