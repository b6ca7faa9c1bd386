import { ConfigError, formatProblem } from '../app/config/index.ts'
import { AppError, asError } from '../base/errors.ts'

/** What a person who typed a command is told of an error: what happened, and what to do. */
export function explain(thrown: unknown): string {
  if (thrown instanceof ConfigError) {
    const count = thrown.problems.length
    return `${thrown.problems.map(formatProblem).join('\n')}\n\n${count} ${count === 1 ? 'problem' : 'problems'} found.`
  }
  const error = asError(thrown)
  const hint = (error as { hint?: unknown }).hint
  if (typeof hint === 'string') return `beadle: ${error.message}\n        ${hint}`
  if (error instanceof AppError) return `beadle: ${error.message}`
  return `beadle: ${error.stack ?? error.message}`
}
