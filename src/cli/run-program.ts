import { type Command, CommanderError } from 'commander'
import { AppError } from '../base/errors.ts'
import { tellError } from './error-report.ts'

/**
 * Does what was typed. What goes wrong is told on standard error, for a person or, with `--json`, for a program, and is
 * in the exit code.
 *
 * @param args  what stands behind the name of the program
 */
export async function runProgram(program: Command, args: readonly string[]): Promise<void> {
  const end = args.indexOf('--')
  const json = (end < 0 ? args : args.slice(0, end)).includes('--json')
  let typed = program
  forEach(program, command => {
    command.exitOverride(error => {
      typed = command
      throw error
    })
    if (json) command.configureOutput({ writeErr() {} })
  })
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) tellError(error, json)
    // Where help was asked for, nothing is wrong.
    else if (error.exitCode === 0) return
    else if (json) tellError(usageError(error, typed), json)
    // It may be set already, as to what a signal makes of it.
    process.exitCode ||= 1
  }
}

function forEach(command: Command, act: (command: Command) => void): void {
  act(command)
  for (const sub of command.commands) forEach(sub, act)
}

/** What was typed wrong, as any other error. */
function usageError({ message }: CommanderError, command: Command): AppError {
  const [what = '', guess] = message.replace(/^error: /, '').split('\n')
  const meant = guess === undefined ? '' : `${guess.replace(/^\((.*)\)$/, '$1')} `
  return new AppError(what, {
    code: 'cli.usage',
    hint: `${meant}${nameOf(command)} --help shows what there is.`,
  })
}

const nameOf = (command: Command): string =>
  command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name()
