import { ConfigError, type Problem } from '../app/config/index.ts'
import { AppError, asError } from '../base/errors.ts'
import { explain } from './explain.ts'
import { withoutSecrets } from './load-configured.ts'

/** What a program is told of an error; what is not known of it is left out. */
export interface ErrorReport {
  /** Stable word, such as `cli.usage`; `internal` for what was not foreseen. */
  readonly code: string
  readonly message: string
  /** What to do about it. */
  readonly hint?: string | undefined
  /** Whether doing it again can help. */
  readonly retry?: string | undefined
  /** Of an answer of JMessage. */
  readonly endpoint?: unknown
  readonly status?: unknown
  readonly jmCode?: unknown
  /** Of a configuration: each thing that has to be changed, with its file and field. */
  readonly problems?: readonly Omit<Problem, 'cause'>[]
}

/** Writes on standard error what went wrong: as text, or as one line of JSON. */
export function tellError(thrown: unknown, json: boolean): void {
  const text = json
    ? JSON.stringify({ error: reportOf(thrown) }, (_, value) =>
        typeof value === 'string' ? withoutSecrets(value) : value,
      )
    : withoutSecrets(explain(thrown))
  process.stderr.write(`${text}\n`)
}

function reportOf(thrown: unknown): ErrorReport {
  if (thrown instanceof ConfigError) {
    const problems = thrown.problems.map(({ cause: _, ...problem }) => problem)
    return { code: thrown.code, message: thrown.message.split('\n')[0]!, retry: thrown.retry, problems }
  }
  const error = asError(thrown)
  const { message } = error
  if (!(error instanceof AppError)) return { code: 'internal', message, hint: hintOf(error) }
  const { code, hint, retry } = error
  const { endpoint, status, jmCode } = error as Partial<ErrorReport>
  return { code, message, hint, retry, endpoint, status, jmCode }
}

/** Errors that plugins throw may have one, too. */
function hintOf(error: Error): string | undefined {
  const { hint } = error as { hint?: unknown }
  return typeof hint === 'string' ? hint : undefined
}
