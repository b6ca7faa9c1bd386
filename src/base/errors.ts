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

/** Anything thrown, as an Error. */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown))
