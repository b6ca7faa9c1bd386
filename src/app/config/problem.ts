import { AppError } from '../../base/errors.ts'

/** One thing in the configuration that a person has to change. */
export interface Problem {
  /** The file as it was named, or `environment`. */
  readonly file: string
  /** From 1; 0 when no line is to blame. */
  readonly line: number
  /** From 1; 0 when no line is to blame. */
  readonly column: number
  /** The field, such as `server.listen`, or the name of the environment variable; empty for the file as a whole. */
  readonly field: string
  /** What is wrong, as the rest of a sentence that starts with the field. Holds no secret. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
  /** The error that it came of, if it came of one. */
  readonly cause?: Error
}

/** Longer lists help nobody; the rest is counted. */
const MOST_SHOWN = 50

/** The configuration cannot be used; `problems` holds every reason, sorted by file and line. */
export class ConfigError extends AppError {
  override readonly name = 'ConfigError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    const sorted = sortProblems(problems)
    super(summary(sorted), { code: 'config.invalid' })
    this.problems = sorted
  }
}

function summary(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
  const lines = problems.slice(0, MOST_SHOWN).map(formatProblem)
  if (problems.length > MOST_SHOWN) lines.push(`… and ${problems.length - MOST_SHOWN} more`)
  return [`the configuration has ${count}`, ...lines].join('\n')
}

/** A problem as a person reads it: file, place, field, what is wrong, and a second line with what to do. */
export function formatProblem({ file, line, column, field, message, hint }: Problem): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file
  const subject = field === '' ? '' : `${field}: `
  return `${place}  ${subject}${message}${hint === undefined ? '' : `\n  hint: ${hint}`}`
}

/** The problems in the order of files and lines; those of one place stay as they were. */
export const sortProblems = (problems: readonly Problem[]): Problem[] =>
  [...problems].sort((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
