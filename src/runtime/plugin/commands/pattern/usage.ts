import type { Argument, CommandPattern, Option, Reading } from './command-pattern.ts'

/**
 * One line that shows how a command is called: `/mute <user> [for=10m] [reason...] [--silent]`.
 *
 * @param name  what calls it; by default as in the pattern
 */
export function usageOf(
  { name: own, args, options }: CommandPattern,
  prefix: string,
  name: string = own,
): string {
  return [`${prefix}${name}`, ...args.map(usageOfArgument), ...options.map(usageOfOption)].join(' ')
}

export function usageOfArgument({ name, required, ...reading }: Argument): string {
  const label = labelled(name, reading)
  return required ? `<${label}>` : `[${label}]`
}

export const usageOfOption = (option: Option): string => `[${shownOption(option)}]`

/** `--reason <text...>`. */
export const shownOption = ({ names: [name], value }: Option): string =>
  value ? `--${name} <${labelled(value.label, value)}>` : `--${name}`

function labelled(name: string, { type, choices, default: fallback }: Reading): string {
  const what = type === 'text' ? `${name}...` : choices ? `${name}:${choices.join('|')}` : name
  return fallback ? `${what}=${fallback.text}` : what
}
