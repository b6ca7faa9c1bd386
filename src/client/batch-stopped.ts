import { AppError } from '../base/errors.ts'

/** What became of the items of a batch. */
export interface BatchState<T, R> {
  readonly results: readonly R[]
  readonly done: readonly T[]
  readonly refused: readonly T[]
  readonly unknown: readonly T[]
  readonly untried: readonly T[]
}

/**
 * A batch of several calls ended before its end, see `cause`. The items are in getters, so that logs, which write
 * down the properties of errors, hold none of them.
 */
export class BatchStopped<T = unknown, R = unknown> extends AppError implements BatchState<T, R> {
  override readonly name = 'BatchStopped'
  readonly #state: BatchState<T, R>

  constructor(endpoint: string, cause: Error, state: BatchState<T, R>) {
    const { done, refused, unknown, untried } = state
    const counts = `${done.length} done, ${refused.length} refused, ${unknown.length} unknown, ${untried.length} not tried`
    const retry = cause instanceof AppError ? cause.retry : 'never'
    super(`${endpoint} in a batch: ${counts}: ${cause.message}`, {
      code: 'batch.stopped',
      retry: unknown.length > 0 ? 'unsure' : retry,
      hint:
        unknown.length > 0
          ? 'Look whether the unknown items took effect; then pass those that did not, and the untried ones, again.'
          : 'Once the cause is mended, pass the items that are not done again.',
      cause,
    })
    this.#state = state
  }

  /** What the method would have answered, as far as it had come. */
  get results(): readonly R[] {
    return this.#state.results
  }

  /** Items whose call took effect, or was answered. */
  get done(): readonly T[] {
    return this.#state.done
  }

  /** Items whose call was refused. */
  get refused(): readonly T[] {
    return this.#state.refused
  }

  /** Items of the call that got no answer: it may have taken effect. */
  get unknown(): readonly T[] {
    return this.#state.unknown
  }

  /** Items of no call so far; of items that are no list, those that were taken from it. */
  get untried(): readonly T[] {
    return this.#state.untried
  }
}
