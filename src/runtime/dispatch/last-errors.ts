/** An error of a plugin. */
export interface NotedError {
  /** When it happened, the last time: epoch ms. */
  readonly at: number
  /** The event that was handled; none when it happened beside the handlers. */
  readonly event: string | undefined
  readonly message: string
  readonly stack: string
  /** How often it happened in a row. */
  readonly times: number
}

/** So many are remembered, and so much of each. */
const MOST = 20
const MESSAGE_CHARS = 500
const STACK_CHARS = 2000

/** The last errors of a plugin, the newest last. */
export class LastErrors {
  readonly #errors: NotedError[] = []
  #count = 0

  /** All there were, also those that are not remembered. */
  get count(): number {
    return this.#count
  }

  get list(): readonly NotedError[] {
    return [...this.#errors]
  }

  note(error: Error, at: number, event?: string): void {
    this.#count++
    const message = error.message.slice(0, MESSAGE_CHARS)
    const stack = (error.stack ?? String(error)).slice(0, STACK_CHARS)
    const last = this.#errors.at(-1)
    // One that comes again and again must not drive all others out.
    const isSame = last?.message === message && last.stack === stack
    if (isSame) this.#errors.pop()
    this.#errors.push({ at, event, message, stack, times: isSame ? last.times + 1 : 1 })
    if (this.#errors.length > MOST) this.#errors.shift()
  }
}
