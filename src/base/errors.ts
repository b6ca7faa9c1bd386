/** Whether doing it again can help: `never`, `later`, or `unsure` when it may have taken effect already. */
export type Retry = 'never' | 'later' | 'unsure'

export interface AppErrorOptions {
  /** Stable word for programs, such as `webhook.rejected`. */
  readonly code: string
  /** What the reader can do about it. */
  readonly hint?: string
  readonly retry?: Retry
  readonly cause?: unknown
}

/** An error that was foreseen. Its message says what happened and holds no secret. */
export class AppError extends Error {
  override readonly name: string = 'AppError'
  readonly code: string
  readonly hint: string | undefined
  readonly retry: Retry

  constructor(message: string, { code, hint, retry = 'never', cause }: AppErrorOptions) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.hint = hint
    this.retry = retry
  }
}

const isText = (value: unknown): boolean => typeof value === 'string'

/** Anything thrown, as an Error whose message and stack are texts. */
export function asError(thrown: unknown): Error {
  try {
    // Plugins may throw what only looks like an error.
    if (!(thrown instanceof Error)) return new Error(String(thrown))
    if (isText(thrown.message) && isText(thrown.stack ?? '')) return thrown
    return new Error(String(thrown.message), { cause: thrown })
  } catch {
    return new Error('something was thrown that has no text')
  }
}
